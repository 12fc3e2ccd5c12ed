import { CoverslipError } from '../../../src-shared/errors.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { NumberedFrameReader } from '../../frames/numbered-frame-reader.ts'
import { type ImageRegion, type Sharpness, SharpnessMeter } from './sharpness.ts'

/** The sharpness of frames of any camera where they lie in its ring. */
export class FrameSharpness {
  readonly #devices: DeviceRegistry
  readonly #meter = new SharpnessMeter()

  constructor(devices: DeviceRegistry) {
    this.#devices = devices
  }

  /**
   * Of frame number `sequence` of its present run.
   * @throws CoverslipError DEVICE_FAILED when it is not in the ring any more; OUT_OF_RANGE of the region.
   */
  of(cameraId: string, sequence: number, region?: ImageRegion): Sharpness {
    const reader = new NumberedFrameReader(this.#devices.ring(cameraId))
    let sharpness: Sharpness | undefined
    const info = reader.take(sequence, (pixels, { pixelFormat, width, height }) => {
      sharpness = this.#meter.measure({ pixels, pixelFormat, width, height }, region)
    })
    if (info !== undefined && sharpness !== undefined) return sharpness
    throw new CoverslipError('DEVICE_FAILED', `Frame ${sequence} was overwritten before it was looked at`, {
      hint: 'Lower the frame rate of the camera, or choose a smaller region of interest.',
    })
  }
}
