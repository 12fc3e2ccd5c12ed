import type { FrameStatistics } from '../../../src-shared/frames/frame-statistics.ts'
import { type GreyWindow, wholeWindow } from '../../../src-shared/kernels/grey-map.ts'
import type { JpegParams } from '../../../src-shared/stream-params.ts'
import { AutoWindow } from './auto-window.ts'

/** The parameters of a stream with 8 bits per channel that say how pixel values become grey. */
export type WindowParams = Pick<JpegParams, 'windowMode' | 'windowLow' | 'windowHigh' | 'gamma'>

/** The window through which a stream's frames are shown. Belongs to one stream; times may be of any clock, in ms. */
export class DisplayWindow {
  readonly #auto = new AutoWindow()

  /** The window for the next frame: whole values, at least 1 apart. */
  next(
    statistics: FrameStatistics,
    options: { readonly params: WindowParams; readonly significantBits: number; readonly timeMs: number },
  ): GreyWindow {
    const { params, significantBits, timeMs } = options
    // Followed in every mode, so that a change to `auto` begins with the present image.
    const auto = this.#auto.next(statistics, { significantBits, timeMs })
    const { gamma } = params
    const { low, range } = wholeWindow(
      params.windowMode === 'auto'
        ? { ...auto, gamma }
        : params.windowMode === 'full'
          ? { low: 0, high: 2 ** significantBits - 1, gamma }
          : { low: params.windowLow, high: params.windowHigh, gamma },
    )
    return { low, high: low + range, gamma }
  }
}
