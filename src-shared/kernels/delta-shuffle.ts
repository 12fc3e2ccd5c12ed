/**
 * The delta-shuffle filter undone in plain JavaScript, for browsers whose Content-Security-Policy forbids
 * WebAssembly; same result as the kernel in assembly/delta-shuffle.ts, where the format is described.
 *
 * @param planes low bytes of all pixels, then their high bytes: at least `2 * pixels.length` bytes.
 * @param pixels receives the image.
 * @param lag distance, in pixels, to the pixel each one was subtracted from.
 */
export function unfilterDeltaShuffle(planes: Uint8Array, pixels: Uint16Array, lag: number): void {
  const count = pixels.length
  const highs = planes.subarray(count, 2 * count)
  const start = Math.min(lag, count)
  for (let i = 0; i < start; i++) {
    const z = (planes[i] ?? 0) | ((highs[i] ?? 0) << 8)
    pixels[i] = (z >>> 1) ^ -(z & 1)
  }
  for (let i = start; i < count; i++) {
    const z = (planes[i] ?? 0) | ((highs[i] ?? 0) << 8)
    pixels[i] = ((z >>> 1) ^ -(z & 1)) + (pixels[i - lag] ?? 0)
  }
}
