/** Side of one block of the bar code, pixels. */
const barcodeBlockPixels = 16
const barcodeBits = 32

/**
 * Draws a number into the top 16 rows of an image, so that a test can read back which frame it sees: 32 blocks of
 * 16 x 16 pixels from the left edge, bit 0 first; a bit of 1 is the largest pixel value, a bit of 0 is 0.
 * Narrower images hold the blocks that fit. `pixels` has `channels` samples per pixel.
 */
export function drawBarcode(
  pixels: Uint8Array | Uint16Array,
  image: { width: number; height: number; channels: number; maxValue: number },
  value: number,
): void {
  const rows = Math.min(barcodeBlockPixels, image.height)
  const bits = Math.min(barcodeBits, Math.floor(image.width / barcodeBlockPixels))
  const blockSamples = barcodeBlockPixels * image.channels
  for (let row = 0; row < rows; row += 1) {
    const start = row * image.width * image.channels
    for (let bit = 0; bit < bits; bit += 1) {
      const sample = ((value >>> bit) & 1) === 1 ? image.maxValue : 0
      pixels.fill(sample, start + bit * blockSamples, start + (bit + 1) * blockSamples)
    }
  }
}
