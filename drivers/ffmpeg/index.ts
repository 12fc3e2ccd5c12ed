/**
 * USB cameras and network cameras. Everything but MJPEG over HTTP goes through the ffmpeg program, which has to be
 * installed; MJPEG is read by this driver itself.
 */
import type { Driver } from '../sdk/driver.ts'
import { localCameras } from './devices/local-cameras.ts'
import { diagnoseVideo } from './diagnose-video.ts'
import { openVideo } from './open-video.ts'

const driver: Driver = {
  manifest: {
    id: 'ffmpeg',
    name: 'USB and network cameras',
    description: 'Webcams and USB microscopes, RTSP cameras (both through ffmpeg), and MJPEG over HTTP.',
    demo: false,
    permissions: ['network', 'programs'],
    addressHint: 'rtsp://host/path, http://host/stream, v4l2:/dev/video0, dshow:NAME or avfoundation:NAME',
  },
  discover: ({ signal }) => localCameras(signal),
  diagnose: diagnoseVideo,
  open: openVideo,
}

export default driver
