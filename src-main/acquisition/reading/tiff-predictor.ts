/** Predictors of TIFF: what was done to the samples of a strip or tile so that they compress better, undone in place. */
import type { TiffImage } from './tiff-image.ts'

type Shape = Pick<TiffImage, 'predictor' | 'planar' | 'samples' | 'bytes' | 'blockWidth'>

/** @param block little-endian samples (predictor 2), or as they are in the file (3); afterwards little endian. */
export function undoPredictor(block: Uint8Array<ArrayBuffer>, image: Shape): void {
  const perPixel = image.planar ? 1 : image.samples
  const rowSamples = image.blockWidth * perPixel
  if (image.predictor === 3) return undoFloatingPoint(block, { perPixel, rowSamples, bytes: image.bytes })
  const row = { length: rowSamples, lag: perPixel }
  if (image.bytes === 8) return sumUpLong(new BigUint64Array(block.buffer), row)
  sumUp(image.bytes === 1 ? block : wordsOf(block, image.bytes), row)
}

type Row = { readonly length: number; readonly lag: number }

function wordsOf({ buffer }: Uint8Array<ArrayBuffer>, bytes: number): Uint16Array | Uint32Array {
  return bytes === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer)
}

/** Horizontal differencing (TIFF 6.0, section 14): each sample is the difference to the one `lag` before it. */
function sumUp(samples: Uint8Array | Uint16Array | Uint32Array, { length, lag }: Row): void {
  for (let row = 0; row < samples.length; row += length)
    for (let i = row + lag; i < row + length; i++) samples[i] = (samples[i] ?? 0) + (samples[i - lag] ?? 0)
}

function sumUpLong(samples: BigUint64Array, { length, lag }: Row): void {
  for (let row = 0; row < samples.length; row += length)
    for (let i = row + lag; i < row + length; i++) samples[i] = (samples[i] ?? 0n) + (samples[i - lag] ?? 0n)
}

/**
 * Floating-point predictor (Adobe's TIFF Technical Note 3): of each row first the most significant bytes of all samples,
 * then the next ones …, and of these bytes the differences.
 */
function undoFloatingPoint(
  block: Uint8Array,
  {
    perPixel,
    rowSamples,
    bytes,
  }: { readonly perPixel: number; readonly rowSamples: number; readonly bytes: number },
): void {
  const rowBytes = rowSamples * bytes
  sumUp(block, { length: rowBytes, lag: perPixel })
  const row = new Uint8Array(rowBytes)
  for (let start = 0; start < block.length; start += rowBytes) {
    row.set(block.subarray(start, start + rowBytes))
    for (let byte = 0; byte < bytes; byte++)
      for (let i = 0; i < rowSamples; i++)
        block[start + i * bytes + bytes - 1 - byte] = row[byte * rowSamples + i] ?? 0
  }
}
