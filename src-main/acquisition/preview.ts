import { pixelLayout } from '../../src-shared/frames/pixel-format.ts'
import { debayeredPixel } from '../../src-shared/kernels/debayer.ts'
import { pngFile } from './png-writer.ts'
import type { TakenFrame } from './take-frame.ts'

/** Samples that the window of a preview is taken from. */
const windowSamples = 20_000

/**
 * A small picture with 8 bits per channel: pixels left out until neither side is longer than `maxSize`, black and white
 * at 0.1 and 99.9 % of the values (8-bit images keep theirs). Bayer images are shown in colour.
 */
export async function previewPng(
  { pixels, info }: TakenFrame,
  { maxSize }: { readonly maxSize: number },
): Promise<{ readonly png: Buffer; readonly width: number; readonly height: number }> {
  const { bytesPerSample, pattern, ...layout } = pixelLayout(info.pixelFormat)
  const channels = pattern === undefined ? layout.channels : 3
  const step = Math.max(1, Math.ceil(Math.max(info.width, info.height) / maxSize))
  const width = Math.ceil(info.width / step)
  const height = Math.ceil(info.height / step)
  const samples = bytesPerSample === 1 ? pixels : new Uint16Array(pixels.buffer, 0, pixels.length / 2)
  const { low, high } = bytesPerSample === 1 ? { low: 0, high: 255 } : windowOf(samples)
  const scale = 255 / Math.max(1, high - low)
  const grey = new Uint8Array(width * height * channels)
  let at = 0
  for (let y = 0; y < info.height; y += step) {
    for (let x = 0; x < info.width; x += step) {
      const first = (y * info.width + x) * channels
      const values =
        pattern === undefined
          ? samples.subarray(first, first + channels)
          : debayeredPixel({ pixels: samples, width: info.width, height: info.height, pattern }, x, y)
      for (const value of values) {
        grey[at] = Math.min(255, Math.max(0, (value - low) * scale))
        at += 1
      }
    }
  }
  const png = await pngFile({ width, height, channels, bitsPerSample: 8, pixels: grey })
  return { png, width, height }
}

function windowOf(samples: ArrayLike<number>): { readonly low: number; readonly high: number } {
  const step = Math.max(1, Math.floor(samples.length / windowSamples))
  const some = new Uint16Array(Math.ceil(samples.length / step))
  for (let index = 0; index < some.length; index += 1) some[index] = samples[index * step] ?? 0
  some.sort()
  const at = (share: number) => some[Math.round((some.length - 1) * share)] ?? 0
  return { low: at(0.001), high: at(0.999) }
}
