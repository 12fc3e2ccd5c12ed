/** What a recording will take, and whether there is room for it. */
import type { RecordingRequest } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { RecordingEstimate } from '../../../src-shared/acquisition/acquisition-status.ts'
import { type DeviceState, standardProperty } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { imageBytes, pixelFormatSchema } from '../../../src-shared/frames/pixel-format.ts'
import { framesPublished, type FrameRingMemory } from '../../frames/frame-ring.ts'
import { LiveFrameReader } from '../../frames/live-frame-reader.ts'
import { storedShare } from '../storage/check-storage.ts'
import { exposureMsOf } from '../take-frame.ts'
import { dataSize } from '../data-size.ts'

/** A recording ends before the disk is so full that nothing else works. */
export const keepFreeBytes = 512 * 2 ** 20

/** A camera that is recorded, and the memory that its frames come in. */
export type RecordedCamera = { readonly camera: DeviceState; readonly ring: FrameRingMemory }

type FrameSize = Pick<FrameInfo, 'pixelFormat' | 'width' | 'height'>

/** As the last one was while the camera runs; else as it is set, which some count before binning. */
export function frameSizeOf({
  camera: { properties, acquiring },
  ring,
}: RecordedCamera): FrameSize | undefined {
  if (acquiring === true) {
    const last = new LiveFrameReader(ring, { firstFrame: Math.max(0, framesPublished(ring) - 1) }).look()
    if (last !== undefined) return last.info
  }
  const number = (name: string) => {
    const value = properties.find((property) => property.name === name)?.value
    return typeof value === 'number' ? value : undefined
  }
  const format = pixelFormatSchema.safeParse(
    properties.find(({ name }) => name === standardProperty.pixelFormat)?.value,
  )
  const [width, height] = [number(standardProperty.roiWidth), number(standardProperty.roiHeight)]
  if (!format.success || width === undefined || height === undefined) return undefined
  return { pixelFormat: format.data, width, height }
}

/** Of one frame; the largest there can be where that is not known. */
export function frameBytesOf(recorded: RecordedCamera): number {
  const { description } = recorded.camera
  if (description.kind !== 'camera') return 0
  const size = frameSizeOf(recorded)
  if (size === undefined) return description.maxFrameBytes
  return Math.min(description.maxFrameBytes, imageBytes(size.pixelFormat, size.width, size.height))
}

/** The rate that a camera is set to, or what its exposure allows, frames per second. */
export function frameRateOf(camera: DeviceState): number {
  const { health } = camera
  if (health !== undefined && health.framesPerSecond > 0) return health.framesPerSecond
  const set = camera.properties.find(({ name }) => name === standardProperty.frameRate)?.value
  const byExposure = 1000 / Math.max(1, exposureMsOf(camera))
  return typeof set === 'number' && set > 0 ? Math.min(set, byExposure) : byExposure
}

type Room = {
  /** On the data folder's disk. */
  readonly freeBytes: number
  /** Reserved before the start, and how much of it is for frames of before the beginning. */
  readonly memoryBytes: number
  readonly heldBytes: number
}

/** What `request` would take. */
export function estimateRecording(
  request: RecordingRequest,
  cameras: readonly RecordedCamera[],
  { freeBytes, memoryBytes, heldBytes }: Room,
): RecordingEstimate {
  const sum = (of: (camera: RecordedCamera) => number) => cameras.reduce((all, one) => all + of(one), 0)
  const framesPerSecond = sum(({ camera }) => frameRateOf(camera))
  // Files may be smaller than what the cameras deliver.
  const share = storedShare(request.storage)
  const bytesPerSecond = sum((one) => frameRateOf(one.camera) * frameBytesOf(one))
  const { until } = request
  const slowest = Math.min(...cameras.map(({ camera }) => frameRateOf(camera)))
  const durationS =
    until.kind === 'seconds' ? until.seconds : until.kind === 'frames' ? until.frames / slowest : undefined
  const frames =
    until.kind === 'frames'
      ? until.frames * cameras.length
      : durationS === undefined
        ? undefined
        : Math.ceil(durationS * framesPerSecond)
  const bytes =
    until.kind === 'frames'
      ? sum((one) => until.frames * frameBytesOf(one)) + heldBytes
      : durationS === undefined
        ? undefined
        : durationS * bytesPerSecond + heldBytes
  const warnings: string[] = []
  if (
    bytes === undefined &&
    bytesPerSecond > 0 &&
    (freeBytes - keepFreeBytes) / (share * bytesPerSecond) < 60
  )
    warnings.push('The disk has room for less than a minute')
  const { begin, preRecordS } = request
  if (begin.kind === 'now' && preRecordS * bytesPerSecond > heldBytes * 1.01)
    warnings.push(
      `Of the time before the start, ${(heldBytes / bytesPerSecond).toFixed(1)} s are in memory: let it begin later to keep more`,
    )
  return {
    ...(frames === undefined ? {} : { frames }),
    ...(durationS === undefined ? {} : { durationS }),
    ...(bytes === undefined ? {} : { bytes: share * bytes }),
    framesPerSecond,
    bytesPerSecond: share * bytesPerSecond,
    freeDiskBytes: freeBytes,
    memoryBytes,
    warnings,
  }
}

/** @throws CoverslipError DATA_FOLDER when the disk has no room for it */
export function requireRoom({ bytes = 0, freeDiskBytes }: RecordingEstimate): void {
  if (freeDiskBytes - keepFreeBytes >= bytes) return
  throw new CoverslipError(
    'DATA_FOLDER',
    `The recording needs ${dataSize(bytes)}, and the disk has ${dataSize(freeDiskBytes)} left`,
    {
      hint: `Record less, or free some space: ${dataSize(keepFreeBytes)} stay free in any case.`,
      data: { bytes, freeDiskBytes },
    },
  )
}
