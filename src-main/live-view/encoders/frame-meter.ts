import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import type { ImageShape, Kernels } from '../../../src-shared/kernels/kernels.ts'
import type { MeasuredFrame } from '../../../src-shared/kernels/statistics.ts'

/** Nobody reads a histogram more often, and measuring costs as much as a seventh of a JPEG: ms. */
const everyMs = 30

type Last = { readonly measured: MeasuredFrame; readonly image: ImageShape; readonly info: FrameInfo }

/** Statistics and histogram of a stream's frames, measured anew when the last ones are 30 ms old. */
export class FrameMeter {
  #last: Last | undefined

  /** The statistics of `image`, which lies in `kernels`, or of one like it up to 30 ms before. */
  measure(kernels: Kernels, image: ImageShape, info: FrameInfo): MeasuredFrame {
    const last = this.#last
    if (last !== undefined && isFresh(last, image, info)) return last.measured
    const measured = kernels.measure(image, { significantBits: info.significantBits })
    this.#last = { measured, image, info }
    return measured
  }
}

function isFresh({ image: before, info: lastInfo }: Last, image: ImageShape, info: FrameInfo): boolean {
  const ageMs = Number(info.timestampNs - lastInfo.timestampNs) / 1e6
  // Frames of one moment are not a stream; a lower number is a camera that was started anew.
  if (ageMs <= 0 || ageMs >= everyMs || info.sequence <= lastInfo.sequence) return false
  return (
    image.width === before.width &&
    image.height === before.height &&
    image.layout === before.layout &&
    info.significantBits === lastInfo.significantBits
  )
}
