/** How the bytes of a block become the pixels of a frame. */
import { type PixelLayout, imageBytes, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { packedImageBytes, pixelUnpacking } from '../pixels/pixel-unpackings.ts'
import type { PixelUnpacking } from '../pixels/pixel-unpacking.ts'
import type { ImageGeometry } from '../protocol/gvsp-leader.ts'

/** How the bytes of an image lie in the stream, and in the slot. */
export type ImageLayout = {
  readonly geometry: ImageGeometry
  readonly unpacking: PixelUnpacking
  readonly ring: PixelLayout
  readonly pixels: number
  /** Bytes of one line as sent, without and with its padding; equal when lines follow each other without gaps. */
  readonly lineBytes: number
  readonly lineStride: number
  /** Bytes of the image as sent, with its padding. */
  readonly sentBytes: number
  /** Bytes of the image in the slot. */
  readonly slotBytes: number
}

/**
 * The layout of images of a geometry.
 * @throws CoverslipError INVALID_INPUT for a pixel format that is not known; DEVICE_FAILED for an image without pixels,
 *   larger than `mostBytes` in the slot, or padded in the middle of a byte.
 */
export function imageLayout(geometry: ImageGeometry, mostBytes: number): ImageLayout {
  const { width, height, paddingX, paddingY } = geometry
  const unpacking = pixelUnpacking(geometry.pixelCode)
  const pixels = width * height
  const slotBytes = imageBytes(unpacking.ringFormat, width, height)
  if (pixels === 0 || slotBytes > mostBytes) {
    throw new CoverslipError(
      'DEVICE_FAILED',
      `The camera announces an image of ${width} × ${height} ${unpacking.name}, at most ${mostBytes} bytes were agreed upon`,
      {
        hint: 'Reconnect the camera; if this happens again, its firmware is faulty or somebody else sends to this port.',
      },
    )
  }
  const lineBits = width * unpacking.bitsPerPixel
  if (paddingX > 0 && lineBits % 8 !== 0) {
    throw new CoverslipError('DEVICE_FAILED', 'The camera pads lines that do not end with a byte', {
      hint: 'Choose another width or pixel format.',
    })
  }
  const lineBytes = lineBits / 8
  const lineStride = lineBytes + paddingX
  return {
    geometry,
    unpacking,
    ring: pixelLayout(unpacking.ringFormat),
    pixels,
    lineBytes,
    lineStride,
    sentBytes: (paddingX > 0 ? lineStride * height : packedImageBytes(unpacking, pixels)) + paddingY,
    slotBytes,
  }
}

/** Whether bytes that were placed by one layout lie where the other wants them. */
export function sameLayout(a: ImageLayout, b: ImageLayout): boolean {
  return (
    a.unpacking === b.unpacking &&
    a.geometry.width === b.geometry.width &&
    a.geometry.height === b.geometry.height &&
    a.lineStride === b.lineStride
  )
}

/** Puts bytes `start` to `end` of `packet`, which are the image's from `offset` on, where they belong in `target`. */
export function placeRun(
  { unpacking, pixels, lineBytes, lineStride }: ImageLayout,
  packet: Uint8Array,
  start: number,
  end: number,
  offset: number,
  target: Uint8Array,
): void {
  if (lineStride === lineBytes) return unpacking.unpack(packet, start, end, offset, target, pixels)
  for (let at = start; at < end; ) {
    const line = Math.floor((offset + at - start) / lineStride)
    const inLine = offset + at - start - line * lineStride
    const next = Math.min(end, at + lineStride - inLine)
    const pixelEnd = Math.min(next, at + lineBytes - inLine)
    if (pixelEnd > at) unpacking.unpack(packet, at, pixelEnd, line * lineBytes + inLine, target, pixels)
    at = next
  }
}
