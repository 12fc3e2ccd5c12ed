/** The header of a FITS image (FITS Standard 4.0, §4): what is needed to read its pixels. */
import { CoverslipError } from '../../../src-shared/errors.ts'

const blockBytes = 2880
const cardBytes = 80
/** Longest header that is read, blocks of 36 cards each. */
const maxBlocks = 100

const bayerPatterns = ['RGGB', 'GRBG', 'GBRG', 'BGGR'] as const
/** Colours of the filters before the pixels: of the first two of the first row, then of the second. */
export type BayerPattern = (typeof bayerPatterns)[number]

/** How the pixels of an image lie in a FITS file. */
export type FitsImage = {
  /** Bits of an integer sample as it is stored: 8 without sign, 16 and 32 with one, big endian. */
  readonly bits: 8 | 16 | 32
  readonly width: number
  readonly height: number
  /** 1 for grey and mosaics; 3 for colour: a whole image each of red, green, blue. */
  readonly planes: 1 | 3
  /** A sample means `bzero + bscale * stored`. */
  readonly bscale: number
  readonly bzero: number
  readonly bayer: BayerPattern | undefined
  /** Where the samples begin, bytes; a multiple of 2880. */
  readonly dataOffset: number
  readonly dataBytes: number
}

/** @throws CoverslipError DEVICE_FAILED when this is no FITS image, is cut off, or holds what is not supported. */
export function readFitsHeader(file: Uint8Array): FitsImage {
  const { cards, dataOffset } = readCards(file)
  const number = (keyword: string, otherwise?: number) => {
    const value = Number(cards.get(keyword) ?? otherwise ?? Number.NaN)
    if (Number.isFinite(value)) return value
    throw fitsError(`its header has no valid ${keyword}`)
  }
  const bits = number('BITPIX')
  if (bits !== 8 && bits !== 16 && bits !== 32)
    throw fitsError(`its samples are of the kind BITPIX = ${bits}; 8, 16 and 32 (integers) are supported`)
  const axes = number('NAXIS')
  const planes = axes === 3 ? number('NAXIS3') : 1
  if ((axes !== 2 && axes !== 3) || (planes !== 1 && planes !== 3))
    throw fitsError(`it has ${axes} axes${axes === 3 ? ` and ${planes} planes` : ''}, which is no image`)
  const width = number('NAXIS1')
  const height = number('NAXIS2')
  if (!isSide(width) || !isSide(height)) throw fitsError(`its size is ${width} × ${height}`)
  const dataBytes = (width * height * planes * bits) / 8
  if (dataOffset + dataBytes > file.length) {
    throw fitsError(
      `${width} × ${height} pixels are announced, but it is cut off after ${file.length - dataOffset} of ${dataBytes} bytes`,
    )
  }
  return {
    bits,
    width,
    height,
    planes,
    bscale: number('BSCALE', 1),
    bzero: number('BZERO', 0),
    bayer: bayerPattern(cards.get('BAYERPAT'), number('XBAYROFF', 0), number('YBAYROFF', 0)),
    dataOffset,
    dataBytes,
  }
}

/** DEVICE_FAILED: the camera has sent a FITS file that is none. */
export function fitsError(reason: string): CoverslipError {
  return new CoverslipError('DEVICE_FAILED', `The camera sent an image that cannot be read: ${reason}`, {
    hint: 'In the camera’s INDI settings, choose FITS as the transfer format and turn compression off.',
  })
}

/** Keywords with their values, quotes and comments removed; and where the header's last block ends. */
function readCards(file: Uint8Array): { cards: ReadonlyMap<string, string>; dataOffset: number } {
  const cards = new Map<string, string>()
  const end = Math.min(file.length, maxBlocks * blockBytes)
  for (let at = 0; at + cardBytes <= end; at += cardBytes) {
    const card = String.fromCharCode(...file.subarray(at, at + cardBytes))
    const keyword = card.slice(0, 8).trimEnd()
    if (at === 0 && keyword !== 'SIMPLE') break
    if (keyword === 'END') return { cards, dataOffset: Math.ceil((at + cardBytes) / blockBytes) * blockBytes }
    if (card.slice(8, 10) === '= ') cards.set(keyword, valueOf(card.slice(10)))
  }
  throw fitsError('it is no FITS file, or its header has no end')
}

function valueOf(text: string): string {
  const quoted = /^\s*'((?:[^']|'')*)'/.exec(text)?.[1]
  if (quoted !== undefined) return quoted.replaceAll("''", "'").trimEnd()
  // FITS allows D for the exponent, as Fortran does.
  return (text.split('/')[0] ?? '').trim().replace(/^([+-]?[\d.]+)[dD]([+-]?\d+)$/, '$1e$2')
}

function isSide(pixels: number): boolean {
  return Number.isInteger(pixels) && pixels > 0 && pixels <= 65_535
}

/** The pattern as it begins at the image's first pixel: offsets shift it. */
function bayerPattern(name: string | undefined, offsetX: number, offsetY: number): BayerPattern | undefined {
  const [a = '', b = '', c = '', d = ''] = name?.trim().toUpperCase() ?? ''
  const [top, bottom] = offsetX % 2 === 0 ? [a + b, c + d] : [b + a, d + c]
  const shifted = offsetY % 2 === 0 ? top + bottom : bottom + top
  return bayerPatterns.find((pattern) => pattern === shifted)
}
