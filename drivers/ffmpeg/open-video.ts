import { standardProperty } from '../../src-shared/devices.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Connection } from '../sdk/driver.ts'
import { findFfmpeg } from '../sdk/ffmpeg-program.ts'
import { modeLabel } from './devices/capture-modes.ts'
import { captureModes } from './devices/local-cameras.ts'
import { listV4l2 } from './devices/v4l2-devices.ts'
import type { FrameShape, FrameSource, VideoFormat } from './frame-source.ts'
import { MjpegSource } from './mjpeg/mjpeg-source.ts'
import { type CaptureMode, nativeFormat } from './program/ffmpeg-arguments.ts'
import { programAdvice } from './program/ffmpeg-failure.ts'
import { FfmpegSource } from './program/ffmpeg-source.ts'
import { parseVideoAddress, type VideoAddress } from './video-address.ts'
import { VideoCamera, type VideoProperty } from './video-camera.ts'
import { parseVideoOptions } from './video-options.ts'

/** Largest image that is believed, pixels. */
const maxPixels = 256e6
const automatic = 'automatic'

/** What the first frame of a source tells. */
type Probed = { readonly shape: FrameShape; readonly native: VideoFormat }

/**
 * Opens a camera: takes one frame to learn its size, and lets it rest until frames are wanted.
 * @throws CoverslipError INVALID_INPUT for a wrong address or option; DEVICE_UNAVAILABLE when no video comes, or ffmpeg
 *   is not there.
 */
export async function openVideo(
  address: string,
  given: Readonly<Record<string, unknown>>,
): Promise<Connection> {
  const options = parseVideoOptions(given)
  const where = parseVideoAddress(address)
  const lost = new Emitter<CoverslipError>()
  const opened =
    where.kind === 'http' && options.through === 'mjpeg'
      ? await openMjpeg(new MjpegSource(where, options))
      : await openFfmpeg(
          where,
          new FfmpegSource(await findFfmpeg(options.ffmpeg, { hint: programAdvice() }), where, options),
        )
  const { source, probed, modes } = opened
  const { shape, native } = probed
  const largest = modes.reduce(
    (most, { width, height }) => Math.max(most, width * height),
    shape.width * shape.height,
  )
  const sensor = modes.find(({ width, height }) => width * height === largest) ?? shape
  if (largest > maxPixels) {
    throw new CoverslipError(
      'DEVICE_FAILED',
      `${where.shown} says that its images have ${sensor.width} × ${sensor.height} pixels`,
      {
        hint: 'That is more than any camera has: check the address.',
      },
    )
  }
  const serialNumber =
    where.kind === 'v4l2'
      ? (await listV4l2()).find(({ device }) => device === where.device)?.serialNumber
      : undefined
  const camera = new VideoCamera({
    description: {
      kind: 'camera',
      id: 'camera',
      name: where.shown,
      model: 'url' in where ? 'Network camera' : 'Camera of this computer',
      ...(serialNumber === undefined ? {} : { serialNumber }),
      sensorWidth: sensor.width,
      sensorHeight: sensor.height,
      maxFrameBytes: largest * 3,
    },
    source,
    formats: native === 'Mono16' ? ['Mono8', 'Mono16', 'RGB8'] : ['Mono8', 'RGB8'],
    pixelFormat: native,
    properties: () =>
      source instanceof FfmpegSource && !('url' in where) ? captureProperties(source, modes) : [],
    lost: (error) => lost.emit(error),
  })
  return { devices: [camera], onLost: (listener) => lost.on(listener), close: () => camera.stop() }
}

type OpenedVideo = {
  readonly source: FrameSource
  readonly probed: Probed
  readonly modes: readonly CaptureMode[]
}

async function openMjpeg(source: MjpegSource): Promise<OpenedVideo> {
  const shape = await firstFrame(source, 'native')
  return { source, probed: { shape, native: shape.pixelFormat }, modes: [] }
}

async function openFfmpeg(where: VideoAddress, source: FfmpegSource): Promise<OpenedVideo> {
  let native: VideoFormat | undefined
  const shape = await firstFrame(source, 'native', () => {
    native = nativeFormat(source.messages)
  })
  const modes = 'url' in where ? [] : await captureModes(where, source.program)
  return { source, probed: { shape, native: native ?? 'RGB8' }, modes }
}

/** Runs `source` until its first frame begins. */
async function firstFrame(
  source: FrameSource,
  format: 'native',
  begun: () => void = () => undefined,
): Promise<FrameShape> {
  try {
    return await new Promise<FrameShape>((resolve, reject) => {
      const receiver = {
        begin: (shape: FrameShape) => {
          begun()
          resolve(shape)
          return undefined
        },
        complete: () => undefined,
        // Another may follow; one that never comes is noticed by the source.
        damaged: () => undefined,
        ended: reject,
      }
      source.start(receiver, format)
    })
  } finally {
    await source.stop()
  }
}

/** Size, encoding and rate that a camera of this computer is run with. */
function captureProperties(source: FfmpegSource, modes: readonly CaptureMode[]): readonly VideoProperty[] {
  const { mode, frameRate } = source.capture
  return [
    {
      descriptor: {
        name: 'captureMode',
        title: 'Size and encoding',
        category: 'Format',
        description: 'Automatic: as the camera likes.',
        type: 'option',
        value: mode === undefined ? automatic : modeLabel(mode),
        options: [automatic, ...modes.map(modeLabel)],
      },
      set: (value) => {
        source.capture = { ...source.capture, mode: modes.find((known) => modeLabel(known) === value) }
      },
    },
    {
      descriptor: {
        name: standardProperty.frameRate,
        title: 'Frame rate',
        category: 'Format',
        description: 'What the camera is asked for; 0: as it likes.',
        type: 'number',
        unit: 'frames/s',
        value: frameRate ?? 0,
        min: 0,
        max: mode?.maxRate ?? 1000,
      },
      set: (value) => {
        source.capture = { ...source.capture, frameRate: Number(value) > 0 ? Number(value) : undefined }
      },
    },
  ]
}
