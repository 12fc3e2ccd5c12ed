/** MJPEG over HTTP, which needs no ffmpeg. */
import { afterEach, describe, expect, test } from 'vitest'
import ffmpeg from '../../../drivers/ffmpeg/index.ts'
import { MemorySink } from '../../../drivers/sdk/conformance/memory-sink.ts'
import { conformanceChecks } from '../../../drivers/sdk/conformance/run-conformance.ts'
import type { CameraDevice, Device } from '../../../drivers/sdk/driver.ts'
import { jpegBytes, type MjpegCamera, startMjpegCamera } from '../../fixtures/mjpeg-camera.ts'

let camera: MjpegCamera | undefined
let chatter: NodeJS.Timeout | undefined
afterEach(() => {
  clearInterval(chatter)
  return camera?.close()
})

const isCamera = (device: Device): device is CameraDevice => device.description.kind === 'camera'

describe('conformance', () => {
  for (const [index, { name }] of conformanceChecks(ffmpeg, { address: '', options: {} }).entries()) {
    test(name, async ({ skip }) => {
      camera = await startMjpegCamera()
      const result = await conformanceChecks(ffmpeg, { address: camera.url, options: {} })[index]?.run()
      if (result?.outcome === 'skipped') skip(result.reason)
    })
  }
})

test.each<[string, (from: MjpegCamera) => void, string]>([
  ['another size', (from) => from.image(jpegBytes(24, 8, 1)), 'changed its image size from 16 × 8 to 24 × 8'],
  ['the end', (from) => from.drop(), 'it ended'],
  ['silence', () => undefined, 'no image came for 4 s'],
  [
    'anything but images',
    (from) => {
      chatter = setInterval(() => from.noise(Buffer.from('still here')), 20)
    },
    'no image came for 4 s',
  ],
])('%s loses the camera', async (what, happen, message) => {
  camera = await startMjpegCamera({ periodMs: 0 })
  const { image } = camera
  const own = setInterval(() => image(jpegBytes(16, 8, 100)), 5)
  const connection = await ffmpeg.open(camera.url, { timeoutS: what === 'the end' ? 15 : 4 })
  const device = connection.devices.find(isCamera)
  const lost = new Promise<Error>((resolve) => connection.onLost?.(resolve))
  const sink = new MemorySink({ maxFrameBytes: 1000 })
  await device?.start(sink)
  await sink.waitForFrames(2, 60_000)
  clearInterval(own)
  happen(camera)
  expect((await lost).message, what).toContain(message)
  await connection.close()
})

test.each([
  [{ status: 401 }, 'answers 401'],
  [{ type: 'video/mp4' }, 'no stream of JPEG images'],
])('%o is refused, and the password not told', async (options, message) => {
  camera = await startMjpegCamera(options)
  const opening = ffmpeg.open(camera.url.replace('//', '//me:secret@'), {})
  const error: unknown = await opening.catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'DEVICE_UNAVAILABLE', message: expect.stringContaining(message) })
  expect(String(error)).not.toContain('secret')
})
