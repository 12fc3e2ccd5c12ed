/**
 * Images of the Netpbm formats PGM (P5) and PPM (P6) one after the other, as ffmpeg writes them to a pipe: each begins
 * with its size, so that a change of it is noticed, which raw video would hide.
 */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { imageBytes } from '../../../src-shared/frames/pixel-format.ts'
import type { FrameShape } from '../frame-source.ts'

/** What the images of the stream are given to: see `FrameReceiver`. */
export type PnmHandler = {
  begin(shape: FrameShape): Uint8Array | undefined
  complete(): void
}

/** Longest header: `P6\n65535 65535\n65535\n`. */
const maxHeaderBytes = 32
const maxSide = 65_535
const headerPattern = /^(P[56])\s(\d{1,5})\s(\d{1,5})\s(255|65535)\s/

/** Reads a stream of PNM images as it comes, in pieces of any length. */
export class PnmStream {
  readonly #handler: PnmHandler
  readonly #camera: string
  readonly #header = Buffer.alloc(maxHeaderBytes)
  #headerLength = 0
  #frame:
    | { readonly target: Uint8Array | undefined; readonly bytes: number; readonly deep: boolean }
    | undefined
  #written = 0

  /** @param camera its name in errors */
  constructor(handler: PnmHandler, camera: string) {
    this.#handler = handler
    this.#camera = camera
  }

  /**
   * Takes the next bytes.
   * @throws CoverslipError DEVICE_FAILED when these are no such images; nothing can follow then.
   */
  write(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      const frame = this.#frame
      if (frame === undefined) {
        this.#takeHeader(bytes[at++] ?? 0)
        continue
      }
      const piece = bytes.subarray(at, at + frame.bytes - this.#written)
      frame.target?.set(piece, this.#written)
      this.#written += piece.length
      at += piece.length
      if (this.#written === frame.bytes) this.#complete()
    }
  }

  #takeHeader(byte: number): void {
    this.#header[this.#headerLength++] = byte
    // Shorter than the shortest header, or within a number.
    if (this.#headerLength < 11 || byte > 0x20) {
      if (this.#headerLength === maxHeaderBytes) throw this.#unknown()
      return
    }
    const match = headerPattern.exec(this.#header.toString('latin1', 0, this.#headerLength))
    if (match === null) {
      if (this.#headerLength === maxHeaderBytes) throw this.#unknown()
      return
    }
    const [, magic, width, height, most] = match
    this.#begin({ magic, width: Number(width), height: Number(height), deep: most === '65535' })
  }

  #begin(header: { magic: string | undefined; width: number; height: number; deep: boolean }): void {
    const { magic, width, height, deep } = header
    if (width < 1 || width > maxSide || height < 1 || height > maxSide || (magic === 'P6' && deep))
      throw this.#unknown()
    const pixelFormat = magic === 'P6' ? 'RGB8' : deep ? 'Mono16' : 'Mono8'
    const bytes = imageBytes(pixelFormat, width, height)
    this.#headerLength = 0
    this.#written = 0
    this.#frame = { target: this.#handler.begin({ width, height, pixelFormat }), bytes, deep }
  }

  #complete(): void {
    const target = this.#frame?.target
    const isDeep = this.#frame?.deep === true
    this.#frame = undefined
    if (target === undefined) return
    // PGM is big endian.
    if (isDeep) Buffer.from(target.buffer, target.byteOffset, target.length).swap16()
    this.#handler.complete()
  }

  #unknown(): CoverslipError {
    const start = JSON.stringify(this.#header.toString('latin1', 0, this.#headerLength))
    return new CoverslipError(
      'DEVICE_FAILED',
      `No video from ${this.#camera}: ffmpeg sent something that is no image: ${start}`,
      { hint: 'Check that the option "ffmpeg" names the ffmpeg program.' },
    )
  }
}
