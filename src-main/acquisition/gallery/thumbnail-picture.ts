/** The small picture of a dataset: its middle plane, channels in their colours. */
import { planeLayout } from '../../../src-shared/frames/plane-format.ts'
import type { ImageDataset } from '../../../src-shared/gallery.ts'
import { debayeredPixel } from '../../../src-shared/kernels/debayer.ts'
import { pngFile } from '../png-writer.ts'
import type { DatasetReader, ImagePlane } from '../reading/dataset-reader.ts'
import { planeSamples } from '../reading/plane-samples.ts'

/** Channels beyond these are left out: of a picture this small nothing would be seen of them. */
const mostChannels = 6
/** Colours of channels that name none. */
const colors = ['#00ff00', '#ff00ff', '#00ffff', '#ff0000', '#ffff00', '#0000ff']

/** Small images, three bytes per pixel. */
type Picture = { readonly width: number; readonly height: number; readonly rgb: Uint8Array }

/** @returns a PNG file no side of which is longer than `maxSize`; undefined when no plane of it is there. */
export async function thumbnailPng(reader: DatasetReader, maxSize: number): Promise<Buffer | undefined> {
  const dataset = await reader.describe()
  const level = Math.max(
    0,
    dataset.levels.findLastIndex(({ width, height }) => Math.max(width, height) >= maxSize),
  )
  const { z = 1, c = 1 } = dataset.sizes
  const at = { z: Math.floor(z / 2) }
  let picture: Picture | undefined
  for (let channel = 0; channel < Math.min(c, mostChannels); channel++) {
    const plane = await planeOf(reader, { ...at, c: channel }, level)
    if (plane === undefined) continue
    const small = colored(smallRgb(plane, maxSize), c === 1 ? undefined : colorOf(dataset, channel))
    picture = picture === undefined ? small : added(picture, small)
  }
  if (picture === undefined) return undefined
  const { width, height, rgb } = picture
  return pngFile({ width, height, channels: 3, bitsPerSample: 8, pixels: rgb })
}

/** Of stacks whose middle is not there (yet), the first plane. */
async function planeOf(
  reader: DatasetReader,
  index: { readonly z: number; readonly c: number },
  level: number,
): Promise<ImagePlane | undefined> {
  const plane = await reader.readPlane(index, level)
  // Smaller copies are made at the end.
  return (
    plane ??
    (await reader.readPlane({ ...index, z: 0 }, level)) ??
    (await reader.readPlane({ c: index.c }, 0))
  )
}

function colorOf({ channels }: ImageDataset, channel: number): string {
  return channels[channel]?.color ?? colors[channel % colors.length] ?? '#ffffff'
}

/** Pixels left out until it is small; black and white at 0.5 and 99.8 % of the values (of up to 8 bits those that there may be). */
function smallRgb(plane: ImagePlane, maxSize: number): Picture {
  const { width, height, pixelFormat, pixels } = plane
  const maxValue = pixelFormat === 'Float32' ? undefined : 2 ** plane.significantBits - 1
  const { bytesPerSample, channels, pattern } = planeLayout(pixelFormat)
  const samples = planeSamples({ pixels, pixelFormat })
  const step = Math.max(1, Math.ceil(Math.max(width, height) / maxSize))
  const small = { width: Math.ceil(width / step), height: Math.ceil(height / step) }
  const values = new Float32Array(small.width * small.height * 3)
  for (let y = 0, to = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step, to += 3) {
      const at = (y * width + x) * channels
      const [r = 0, g = r, b = r] =
        pattern === undefined
          ? samples.subarray(at, at + channels)
          : debayeredPixel({ pixels: samples, width, height, pattern }, x, y)
      values.set([r, g, b], to)
    }
  }
  const { low, high } = bytesPerSample === 1 ? { low: 0, high: maxValue ?? 255 } : windowOf(values, maxValue)
  const scale = 255 / (high - low)
  const clamped = Uint8ClampedArray.from(values, (value) => (value - low) * scale)
  return { ...small, rgb: new Uint8Array(clamped.buffer) }
}

/**
 * Black and white, `high` above `low`. Of real numbers (`maxValue` undefined) those that are finite count. Where nearly all
 * values are the same, the others decide; where all are, how much of the range they take up: what is saturated is white.
 */
function windowOf(
  values: Float32Array,
  maxValue: number | undefined,
): { readonly low: number; readonly high: number } {
  const sorted = values.filter(Number.isFinite).sort()
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? 0
  for (const [dark, bright] of [
    [0.005, 0.998],
    [0, 1],
  ] as const) {
    const window = { low: at(dark), high: at(bright) }
    if (window.high > window.low) return window
  }
  return maxValue === undefined ? aroundValue(at(0)) : { low: 0, high: maxValue }
}

/** Grey is the value itself. */
function aroundValue(value: number): { readonly low: number; readonly high: number } {
  const reach = Math.abs(value) || 1
  return { low: value - reach, high: value + reach }
}

/** In the tint `#rrggbb`; undefined: as it is. */
function colored(picture: Picture, color: string | undefined): Picture {
  const tint = color === undefined ? undefined : /^#[\da-f]{6}$/i.exec(color)?.[0]
  if (tint === undefined) return picture
  const factors = [1, 3, 5].map((at) => Number.parseInt(tint.slice(at, at + 2), 16) / 255)
  return { ...picture, rgb: picture.rgb.map((value, i) => value * (factors[i % 3] ?? 1)) }
}

function added(a: Picture, b: Picture): Picture {
  return { ...a, rgb: Uint8Array.from(a.rgb, (value, i) => Math.min(255, value + (b.rgb[i] ?? 0))) }
}
