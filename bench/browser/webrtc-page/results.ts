/** The camera's frame number as black and white squares along the upper edge of the image, lowest bit first. */
export const markBits = 12
/** Side of a square as part of the image's width. */
export const markShare = 1 / 32

/** What the page has measured. */
export type WebrtcResults = {
  readonly error?: string
  /** From sending the offer to having the answer, ms. */
  readonly signallingMs: readonly number[]
  /** Frames on the screen: number read from the image, when it was to be displayed (Unix time, ms). */
  readonly seen: readonly (readonly [number: number, atMs: number])[]
  /** Camera frame number and end of exposure (Unix time, ms) of each note. */
  readonly notes: readonly (readonly [sequence: number, capturedAtMs: number])[]
  /** Frames whose note, found by capture time, has another number than the image. */
  readonly mismatched: number
  readonly matched: number
  /** `captureTime` minus when the frame with the number read was handed to the encoder. */
  readonly captureErrorsMs: readonly number[]
  /** Of inbound-rtp at the end. */
  readonly frameWidth?: number
  readonly framesDropped?: number
  readonly kbps?: number
  readonly jitterBufferMs?: number
  readonly decodeMs?: number
}
