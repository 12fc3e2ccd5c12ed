/**
 * Video frames on the pipe from a stream worker to its peer process. Per frame: a header of four UInt32 (little
 * endian: width, height, 1 for colour or 0 for grey, bytes of the note), the note (UTF-8 JSON), and the planes: Y, and
 * for colour U and V. The process answers each with one byte when the encoders have it.
 */
export const frameHeaderBytes = 16

/** Sides that VP8, VP9 and AV1 encoders of libwebrtc take. */
const maxSide = 16_383
const maxNoteBytes = 10_000

/** What precedes a frame on the pipe; sides in pixels. */
export type FrameHeader = {
  readonly width: number
  readonly height: number
  readonly colour: boolean
  readonly noteBytes: number
}

/** The header of a frame, 16 bytes; see above. */
export function encodeFrameHeader({ width, height, colour, noteBytes }: FrameHeader): Buffer {
  const header = Buffer.alloc(frameHeaderBytes)
  header.writeUInt32LE(width, 0)
  header.writeUInt32LE(height, 4)
  header.writeUInt32LE(colour ? 1 : 0, 8)
  header.writeUInt32LE(noteBytes, 12)
  return header
}

/** @throws RangeError for what cannot be a header. */
export function decodeFrameHeader(bytes: Uint8Array): FrameHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, frameHeaderBytes)
  const width = view.getUint32(0, true)
  const height = view.getUint32(4, true)
  const colour = view.getUint32(8, true)
  const noteBytes = view.getUint32(12, true)
  const sidesFit = [width, height].every((side) => side >= 2 && side <= maxSide && side % 2 === 0)
  if (!sidesFit || colour > 1 || noteBytes > maxNoteBytes)
    throw new RangeError('Not the header of a video frame')
  return { width, height, colour: colour === 1, noteBytes }
}

/**
 * Puts frames together from the pieces in which they arrive. Reads go directly to where they belong: give `target` to
 * the reader as its buffer, and call `filled` with the number of bytes it put there.
 */
export class FrameAssembler {
  readonly #complete: (frame: AssembledFrame) => void
  #part: 'header' | 'note' | 'planes' = 'header'
  #filled = 0
  #header: FrameHeader = { width: 0, height: 0, colour: false, noteBytes: 0 }
  readonly #headerBytes = new Uint8Array(frameHeaderBytes)
  #note = new Uint8Array(0)
  #planes = new Uint8ClampedArray(0)
  /** Of what the chrominance planes hold grey's 128 now. */
  #greyFor = ''

  /** `complete` is called with each frame; its memory is used again after that. */
  constructor(complete: (frame: AssembledFrame) => void) {
    this.#complete = complete
  }

  /** Where the next bytes belong; never empty. */
  get target(): Uint8Array<ArrayBuffer> {
    return this.#whole.subarray(this.#filled)
  }

  /** @throws RangeError when the bytes are no frames. */
  filled(bytes: number): void {
    this.#filled += bytes
    if (this.#filled < this.#whole.length) return
    this.#filled = 0
    if (this.#part === 'header') return this.#begin(decodeFrameHeader(this.#headerBytes))
    if (this.#part === 'note') {
      this.#part = 'planes'
      return
    }
    this.#part = 'header'
    const { width, height } = this.#header
    this.#complete({ width, height, data: this.#planes, note: Buffer.from(this.#note).toString('utf8') })
  }

  get #whole(): Uint8Array<ArrayBuffer> {
    if (this.#part === 'header') return this.#headerBytes
    if (this.#part === 'note') return this.#note
    const { width, height, colour } = this.#header
    return new Uint8Array(this.#planes.buffer, 0, colour ? this.#planes.length : width * height)
  }

  #begin(header: FrameHeader): void {
    this.#header = header
    const { width, height, colour, noteBytes } = header
    if (this.#note.length !== noteBytes) this.#note = new Uint8Array(noteBytes)
    const pixels = width * height
    if (this.#planes.length !== pixels * 1.5) {
      this.#planes = new Uint8ClampedArray(pixels * 1.5)
      this.#greyFor = ''
    }
    const grey = `${width}x${height}`
    if (colour) this.#greyFor = ''
    else if (this.#greyFor !== grey) {
      this.#planes.fill(128, pixels)
      this.#greyFor = grey
    }
    this.#part = noteBytes === 0 ? 'planes' : 'note'
  }
}

/** A whole frame from the pipe; its memory holds only until the call that it is given to returns. */
export type AssembledFrame = {
  readonly width: number
  readonly height: number
  /** I420, all planes. */
  readonly data: Uint8ClampedArray<ArrayBuffer>
  readonly note: string
}
