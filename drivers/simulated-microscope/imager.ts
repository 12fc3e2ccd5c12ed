import type { PropertyDescriptorInput, PropertyValue } from '../../src-shared/devices.ts'
import type { FrameInfo } from '../../src-shared/frames/frame-info.ts'
import type { ExposureTiming } from './exposure-clock.ts'

/** What an imager tells of a frame; the camera adds number, time and exposure. */
export type FrameDetails = Omit<FrameInfo, 'sequence' | 'timestampNs' | 'hostTimeNs' | 'exposureMs'>

/** What differs from camera to camera: settings, and how pixels come about. */
export interface Imager {
  readonly maxFrameBytes: number
  properties(): readonly PropertyDescriptorInput[]
  /** Sets one of `properties`, to a value that suits it. */
  set(name: string, value: PropertyValue): void
  timing(): ExposureTiming
  /** Works on what the next frame will show until `deadlineMs` (`performance.now`); true when it is complete. */
  prepare(deadlineMs: number): boolean
  /** Writes one frame, of what has been prepared so far, to the beginning of `pixels`. */
  capture(pixels: Uint8Array<ArrayBufferLike>, exposureMs: number): FrameDetails
}
