/** What the benchmark page finds out. */
export type DisplayResults = {
  readonly decoded?: {
    readonly fps: number
    readonly latencyMs: number
    readonly latencyP95Ms: number
    readonly megabytesPerSecond: number
  }
  readonly drawn?: {
    readonly receivedFps: number
    readonly shownFps: number
    readonly latencyMs: number
    readonly latencyP95Ms: number
    readonly decodeMs: number
    readonly drawMs: number
    readonly missed: number
    readonly dropped: number
  }
  /** Seen in the canvas: number of the frame (its last four bits) and Unix time, ms. */
  readonly seen?: readonly (readonly [index: number, atMs: number])[]
  readonly error?: string
}

/** Frames carry the last four bits of their number as squares of this many image pixels in the top left corner. */
export const markPx = 128
/** Bits of the frame's number that are drawn into it. */
export const markBits = 4
