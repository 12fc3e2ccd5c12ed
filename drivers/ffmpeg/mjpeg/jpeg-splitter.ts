/**
 * JPEG images out of a stream that has them one after the other, with anything in between: the parts of a
 * `multipart/x-mixed-replace` response, whatever its boundary, or bare images. Each is followed marker by marker
 * (ITU-T T.81, annex B), so that a thumbnail inside one is not taken for its end.
 */

/** One JPEG file of the stream. */
export type JpegImage = {
  /** The whole file; valid during the call only. */
  readonly file: Uint8Array
  readonly width: number
  readonly height: number
  /** 1: grey; 3: colour. */
  readonly components: number
  /** When its first byte arrived, on the clock of `write`. */
  readonly beganNs: bigint
}

/** Takes what a `JpegSplitter` finds. */
export type JpegHandler = {
  image(image: JpegImage): void
  /** An image that began is none; the search for the next goes on behind it. */
  damaged(problem: string): void
}

const marker = { start: 0xd8, end: 0xd9, scan: 0xda, stuffed: 0x00 } as const
const isRestart = (code: number) => code >= 0xd0 && code <= 0xd7
/** Start of frame, with the size: all but DHT, JPG and DAC, which lie in the same range. */
const isFrame = (code: number) =>
  code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc
/** Bytes of a frame header that are looked at: precision, height, width, number of components. */
const frameHeaderBytes = 6

type State =
  /** Looking for FF D8. */
  | 'search'
  /** FF of a marker is due. */
  | 'marker'
  /** The code after FF. */
  | 'code'
  | 'lengthHigh'
  | 'lengthLow'
  /** Within a segment. */
  | 'segment'
  /** Within compressed data. */
  | 'scan'
  /** After FF in compressed data. */
  | 'scanCode'
  /** Behind the last byte. */
  | 'ended'
  /** Behind the start of another image, where this one should have gone on. */
  | 'restart'

/** Cuts a stream into JPEG files. */
export class JpegSplitter {
  readonly #handler: JpegHandler
  readonly #maxBytes: number
  #file = new Uint8Array(64 * 1024)
  #length = 0
  #state: State = 'search'
  #lastByte = 0
  #code = 0
  /** Bytes of the segment still to come. */
  #left = 0
  readonly #frameHeader = new Uint8Array(frameHeaderBytes)
  #frameHeaderLength = 0
  #beganNs = 0n

  constructor(handler: JpegHandler, maxBytes: number) {
    this.#handler = handler
    this.#maxBytes = maxBytes
  }

  /** Takes the next bytes, which arrived at `nowNs`. */
  write(bytes: Uint8Array, nowNs: bigint): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#is('search')) {
        at = this.#search(bytes, at, nowNs)
        continue
      }
      const from = at
      at = this.#follow(bytes, from)
      if (this.#is('restart')) {
        this.#handler.damaged('it ends too early')
        this.#begin(nowNs)
      } else if (!this.#is('search') && this.#keep(bytes.subarray(from, at)) && this.#is('ended')) {
        this.#finish()
      }
    }
  }

  #is(state: State): boolean {
    return this.#state === state
  }

  #search(bytes: Uint8Array, from: number, nowNs: bigint): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0
      if (this.#lastByte === 0xff && byte === marker.start) {
        this.#begin(nowNs)
        return at + 1
      }
      this.#lastByte = byte
    }
    return bytes.length
  }

  #begin(nowNs: bigint): void {
    this.#file[0] = 0xff
    this.#file[1] = marker.start
    this.#length = 2
    this.#frameHeaderLength = 0
    this.#code = 0
    this.#beganNs = nowNs
    this.#state = 'marker'
    this.#lastByte = 0
  }

  /** Goes on through an image, to its end or that of `bytes`. @returns where it stopped */
  #follow(bytes: Uint8Array, from: number): number {
    let at = from
    while (at < bytes.length) {
      if (this.#state === 'scan') {
        const found = bytes.indexOf(0xff, at)
        if (found === -1) return bytes.length
        at = found
      }
      if (this.#state === 'segment') {
        const end = Math.min(bytes.length, at + this.#left)
        this.#readFrameHeader(bytes, at, end)
        this.#left -= end - at
        at = end
        if (this.#left === 0) this.#state = this.#code === marker.scan ? 'scan' : 'marker'
        continue
      }
      this.#step(bytes[at++] ?? 0)
      if (this.#is('search') || this.#is('ended') || this.#is('restart')) return at
    }
    return at
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'marker':
        this.#state = byte === 0xff ? 'code' : this.#damage('its markers are not where they should be')
        return
      case 'code':
        // FF may be repeated before a marker.
        if (byte !== 0xff) this.#state = this.#afterCode(byte)
        return
      case 'lengthHigh':
        this.#left = byte << 8
        this.#state = 'lengthLow'
        return
      case 'lengthLow':
        this.#left = (this.#left | byte) - 2
        if (this.#left < 0) this.#state = this.#damage('a segment has no length')
        else if (this.#left > 0) this.#state = 'segment'
        else this.#state = this.#code === marker.scan ? 'scan' : 'marker'
        return
      case 'scan':
        if (byte === 0xff) this.#state = 'scanCode'
        return
      case 'scanCode':
        if (byte === marker.stuffed || isRestart(byte)) this.#state = 'scan'
        else if (byte !== 0xff) this.#state = this.#afterCode(byte)
        return
      case 'search':
      case 'segment':
      case 'ended':
      case 'restart':
    }
  }

  #afterCode(code: number): State {
    if (code === marker.end) return 'ended'
    if (code === marker.start) return 'restart'
    if (code === marker.stuffed || isRestart(code)) return this.#damage('a marker is missing')
    this.#code = code
    return 'lengthHigh'
  }

  #damage(problem: string): State {
    this.#handler.damaged(problem)
    return 'search'
  }

  #readFrameHeader(bytes: Uint8Array, from: number, end: number): void {
    if (!isFrame(this.#code)) return
    for (let at = from; at < end && this.#frameHeaderLength < frameHeaderBytes; at++)
      this.#frameHeader[this.#frameHeaderLength++] = bytes[at] ?? 0
  }

  /** Adds a piece to the image; false when that makes it too long. */
  #keep(piece: Uint8Array): boolean {
    const length = this.#length + piece.length
    if (length > this.#maxBytes) {
      this.#state = this.#damage(`it is longer than ${this.#maxBytes} bytes`)
      return false
    }
    if (length > this.#file.length) {
      const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(length, 2 * this.#file.length)))
      grown.set(this.#file.subarray(0, this.#length))
      this.#file = grown
    }
    this.#file.set(piece, this.#length)
    this.#length = length
    return true
  }

  #finish(): void {
    const file = this.#file.subarray(0, this.#length)
    this.#state = 'search'
    const [, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, components = 0] = this.#frameHeader
    const [width, height] = [(widthHigh << 8) | widthLow, (heightHigh << 8) | heightLow]
    const isWhole = this.#frameHeaderLength === frameHeaderBytes && width > 0 && height > 0
    if (!isWhole) return this.#handler.damaged('it does not say its size')
    this.#handler.image({ file, width, height, components, beganNs: this.#beganNs })
  }
}
