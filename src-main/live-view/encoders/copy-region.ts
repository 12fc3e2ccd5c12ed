import type { Region } from '../../../src-shared/kernels/crop.ts'

/**
 * Copies a region of an image, or every `rowStep`-th row of it, to the beginning of `target`, without row padding.
 * By Buffer.copy: out of shared memory it is twice as fast as TypedArray.set, which copies word by word there.
 *
 * @returns the number of rows copied.
 */
export function copyRegion(
  source: Uint8Array,
  target: Uint8Array<ArrayBuffer>,
  options: {
    readonly width: number
    readonly bytesPerPixel: number
    readonly region: Region
    readonly rowStep: number
  },
): number {
  const { width, bytesPerPixel, region, rowStep } = options
  const from = Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  const sourceRowBytes = width * bytesPerPixel
  const rowBytes = region.width * bytesPerPixel
  const first = region.y * sourceRowBytes + region.x * bytesPerPixel
  if (rowStep === 1 && rowBytes === sourceRowBytes) {
    from.copy(target, 0, first, first + region.height * rowBytes)
    return region.height
  }
  let rows = 0
  for (let y = 0; y < region.height; y += rowStep) {
    const start = first + y * sourceRowBytes
    from.copy(target, rows * rowBytes, start, start + rowBytes)
    rows += 1
  }
  return rows
}
