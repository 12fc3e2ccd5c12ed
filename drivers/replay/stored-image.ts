/** An image as its file holds it, and the conversion to the bytes of a camera frame. */
import type { PixelFormat } from '../../src-shared/frames/pixel-format.ts'
import { replayError } from './replay-error.ts'

/** What the header of an image says, without its pixels having been read. */
export type StoredImage = {
  readonly file: string
  /** Page of a TIFF stack, from 0; undefined when the file holds one image only. */
  readonly page: number | undefined
  readonly width: number
  readonly height: number
  readonly bits: 8 | 16
  /** Interleaved samples per pixel: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly samples: 1 | 2 | 3 | 4
}

/** The pixels of an image: rows from the top, samples interleaved, in the host's byte order. */
export type Samples = Uint8Array | Uint16Array

/** How messages name the image. */
export function imageName(image: Pick<StoredImage, 'file' | 'page'>): string {
  return image.page === undefined ? `"${image.file}"` : `"${image.file}", page ${image.page + 1}`
}

/** How messages describe what the image holds: `8-bit colour`. */
export function describeSamples(image: StoredImage): string {
  return `${image.bits}-bit ${image.samples < 3 ? 'grey' : 'colour'}`
}

/** True when all pixels of a colour image are opaque greys (red = green = blue, alpha full). */
export function isGrey(image: StoredImage, samples: Samples): boolean {
  const { samples: step } = image
  if (step < 3) return true
  const opaque = 2 ** image.bits - 1
  for (let i = 0; i < samples.length; i += step) {
    if (samples[i] !== samples[i + 1] || samples[i] !== samples[i + 2]) return false
    if (step === 4 && samples[i + 3] !== opaque) return false
  }
  return true
}

/**
 * The bytes of a frame of `format`, little endian: values unchanged, alpha dropped, colour images that hold greys only
 * taken as grey. May be a view of `samples`.
 * @throws CoverslipError REPLAY_SOURCE when a grey format is asked of an image with colours.
 */
export function frameBytes(image: StoredImage, samples: Samples, format: PixelFormat): Uint8Array {
  if (format === 'RGB8') return image.samples === 4 ? pick(samples, 4, 3) : bytesOf(samples)
  if (!isGrey(image, samples)) {
    throw replayError(
      `${imageName(image)} has colours, but the images before it were grey`,
      'Set the option "keepColor" to play all images in colour, or remove this one.',
    )
  }
  return image.samples === 1 ? bytesOf(samples) : pick(samples, image.samples, 1)
}

function pick(samples: Samples, step: number, keep: number): Uint8Array {
  const length = (samples.length / step) * keep
  const picked = samples instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length)
  let to = 0
  for (let from = 0; from < samples.length; from += step) {
    for (let sample = 0; sample < keep; sample++) picked[to++] = samples[from + sample] ?? 0
  }
  return bytesOf(picked)
}

/** Every platform that Node and Electron run on is little endian, as frames are. */
function bytesOf(samples: Samples): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
}
