/** The description that ImageJ writes into the first image of a TIFF file: lines `key=value`. */
import type { ImageDataset } from '../../../src-shared/gallery.ts'

export type ImagejDescription = {
  /** Planes that it claims. */
  readonly images: number
  readonly sizes: ImageDataset['sizes']
  /** Whether resolutions are pixels per µm. */
  readonly inMicrometres: boolean
  readonly zStepUm: number | undefined
  readonly timeStepS: number | undefined
  /** All its lines. */
  readonly lines: Readonly<Record<string, string>>
}

const micrometres = new Set(['micron', 'microns', 'um', 'µm', '\\u00B5m', 'μm'])

/** @returns undefined when it is not one of ImageJ's. */
export function imagejDescription(text: string): ImagejDescription | undefined {
  if (!text.startsWith('ImageJ=')) return undefined
  const lines = Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf('=')
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    }),
  )
  const count = (key: string) => {
    const value = Number(lines[key] ?? 1)
    return Number.isInteger(value) && value > 0 && value < 1e9 ? value : 1
  }
  const positive = (key: string) => {
    const value = Number(lines[key])
    return Number.isFinite(value) && value > 0 ? value : undefined
  }
  const images = count('images')
  const [c, z, t] = [count('channels'), count('slices'), count('frames')]
  // A plain stack names none of them.
  const named = c * z * t > 1 ? { t, c, z } : { t: images }
  const sizes = Object.fromEntries(Object.entries(named).filter(([, length]) => length > 1))
  const inMicrometres = micrometres.has(lines['unit'] ?? '')
  return {
    images,
    sizes,
    inMicrometres,
    zStepUm: inMicrometres ? positive('spacing') : undefined,
    timeStepS: positive('finterval'),
    lines,
  }
}
