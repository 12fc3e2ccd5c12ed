/** How the pixel formats of GigE Vision come to lie in a FrameRing slot. */
import type { PixelFormat } from '../../../src-shared/frames/pixel-format.ts'

/**
 * Unpacks a run of an image's bytes into the slot, in place: nothing is allocated. Runs come in any order and size, at
 * any byte of the image, also in the middle of a pixel, and more than once: the bits that a byte holds are written
 * where they belong, those of its neighbours stay. Bytes beyond the image are ignored.
 * @param source the packet; its bytes `start` to `end` (exclusive) are the image's bytes from `offset` on.
 * @param target the slot: the image's pixels in `ringFormat` from its first byte on.
 * @param pixels width x height of the image.
 */
export type UnpackRun = (
  source: Uint8Array,
  start: number,
  end: number,
  offset: number,
  target: Uint8Array,
  pixels: number,
) => void

/** One pixel format as a camera sends it. */
export type PixelUnpacking = {
  /** Its 32-bit code in PFNC: what the image leader and the PixelFormat register hold. */
  readonly code: number
  /** Its name in PFNC or, for the formats of GigE Vision alone (`Mono12Packed`), there. */
  readonly name: string
  readonly bitsPerPixel: number
  /** How the pixels lie in the slot. */
  readonly ringFormat: PixelFormat
  readonly unpack: UnpackRun
  /**
   * Called once when all runs of an image are in, where a pixel depends on bytes of its neighbours (YUV): what
   * `unpack` wrote is then made into pixels, in place.
   */
  readonly finish: ((target: Uint8Array, pixels: number) => void) | undefined
}
