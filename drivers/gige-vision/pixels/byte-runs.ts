/** Unpackers for formats whose bytes each go to one place in the slot: as they are, or in another order. */
import type { UnpackRun } from './pixel-unpacking.ts'

/** Bytes lie in the slot as they are sent: 8-bit samples, and deeper ones in 16-bit little endian. */
export function copiedRun(bytesPerPixel: number): UnpackRun {
  return (source, start, end, offset, target, pixels) => {
    const last = Math.min(end, start + pixels * bytesPerPixel - offset)
    // Buffer's copy needs no view of the run, unlike TypedArray.set, and is ten times as fast as a loop.
    if (last > start) Buffer.prototype.copy.call(source, target, offset, start, last)
  }
}

/** Signed 8-bit samples as unsigned ones: -128 becomes 0, so that the order of grey values stays. */
export const signedRun: UnpackRun = (source, start, end, offset, target, pixels) => {
  const last = Math.min(end, start + pixels - offset)
  for (let from = start, to = offset; from < last; from++, to++) target[to] = (source[from] ?? 0) ^ 0x80
}

/**
 * Interleaved colours in another order than R, G, B.
 * @param places for each byte of a pixel, its place in R, G, B; undefined where it is not kept (alpha).
 */
export function reorderedRun(places: readonly (0 | 1 | 2 | undefined)[]): UnpackRun {
  const size = places.length
  const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((place) => places.findIndex((to) => to === place))
  const putByte = (byte: number, position: number, target: Uint8Array) => {
    const place = places[position % size]
    if (place !== undefined) target[Math.floor(position / size) * 3 + place] = byte
  }
  return (source, start, end, offset, target, pixels) => {
    const last = Math.min(end, start + pixels * size - offset)
    let from = start
    for (; from < last && (offset + from - start) % size !== 0; from++) {
      putByte(source[from] ?? 0, offset + from - start, target)
    }
    for (let to = ((offset + from - start) / size) * 3; from + size <= last; from += size, to += 3) {
      target[to] = source[from + red] ?? 0
      target[to + 1] = source[from + green] ?? 0
      target[to + 2] = source[from + blue] ?? 0
    }
    for (; from < last; from++) putByte(source[from] ?? 0, offset + from - start, target)
  }
}

/** A plane of R, one of G, one of B. */
export const planarRun: UnpackRun = (source, start, end, offset, target, pixels) => {
  const last = Math.min(end, start + 3 * pixels - offset)
  let from = start
  while (from < last) {
    const position = offset + from - start
    const plane = Math.floor(position / pixels)
    const planeEnd = Math.min(last, from + (plane + 1) * pixels - position)
    for (let to = (position - plane * pixels) * 3 + plane; from < planeEnd; from++, to += 3) {
      target[to] = source[from] ?? 0
    }
  }
}
