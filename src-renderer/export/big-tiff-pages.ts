/**
 * BigTIFF (version 43) of many images of one kind: little endian, uncompressed, one strip per image, each image's
 * directory (IFD) before its pixels, all at the same distance. The description of the first image follows the last one.
 *
 * ```
 * header (16 bytes: II, 43, 8, 0, offset of the first IFD)
 * IFD 0 | pixels 0 | padding | IFD 1 | pixels 1 | … | description
 * ```
 */

/** What the pages of a file are, all of them alike. */
export type TiffPage = {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** 32: real numbers, IEEE 754. */
  readonly bitsPerSample: 8 | 16 | 32
  readonly pixelSizeUm: number | undefined
}

const headerBytes = 16
const entryBytes = 20
/** In the first page's directory, which names the description; the others have room for as many. */
const entries = 14
const directoryBytes = align(8 + entries * entryBytes + 8)
const short = 3
const ascii = 2
const rational = 5
const long8 = 16
/** Denominator of the resolution. */
const resolutionUnit = 1000

type Entry = readonly [tag: number, type: number, ...values: number[]]

export class BigTiffPages {
  readonly #page: TiffPage
  readonly pixelBytes: number

  constructor(page: TiffPage) {
    this.#page = page
    this.pixelBytes = (page.width * page.height * page.channels * page.bitsPerSample) / 8
  }

  header(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(headerBytes)
    const view = new DataView(bytes.buffer)
    view.setUint16(0, 0x4949, true)
    view.setUint16(2, 43, true)
    view.setUint16(4, 8, true)
    view.setBigUint64(8, BigInt(headerBytes), true)
    return bytes
  }

  /** Bytes of zeros after the pixels of a page. */
  get padding(): number {
    return align(this.pixelBytes) - this.pixelBytes
  }

  /** Where page `number` begins; the description, where so many pages are before it. */
  at(number: number): number {
    return headerBytes + number * (directoryBytes + align(this.pixelBytes))
  }

  /**
   * The directory of page `number`, which its pixels follow.
   * @param ends.last no page follows
   * @param ends.description the text at the file's end, which the first page alone names
   */
  directory(
    number: number,
    { last, description }: { readonly last: boolean; readonly description?: Description },
  ): Uint8Array<ArrayBuffer> {
    const { width, height, channels, bitsPerSample, pixelSizeUm } = this.#page
    const at = this.at(number)
    // Pixels per centimetre, or of no unit.
    const perCm = pixelSizeUm === undefined ? undefined : (10_000 / pixelSizeUm) * resolutionUnit
    const resolution =
      perCm === undefined ? [1, 1] : [Math.min(0xffffffff, Math.round(perCm)), resolutionUnit]
    const table: readonly Entry[] = [
      [256, long8, width],
      [257, long8, height],
      [258, short, ...Array.from({ length: channels }, () => bitsPerSample)],
      [259, short, 1],
      [262, short, channels === 3 ? 2 : 1],
      ...(description === undefined ? [] : [[270, ascii, description.bytes, description.at] as const]),
      [273, long8, at + directoryBytes],
      [277, short, channels],
      [278, long8, height],
      [279, long8, this.pixelBytes],
      [282, rational, ...resolution],
      [283, rational, ...resolution],
      [296, short, perCm === undefined ? 1 : 3],
      // Unsigned, or IEEE 754.
      [339, short, ...Array.from({ length: channels }, () => (bitsPerSample === 32 ? 3 : 1))],
    ]
    const bytes = new Uint8Array(directoryBytes)
    const view = new DataView(bytes.buffer)
    view.setBigUint64(0, BigInt(table.length), true)
    for (const [i, entry] of table.entries()) writeEntry(view, 8 + i * entryBytes, entry)
    view.setBigUint64(8 + table.length * entryBytes, BigInt(last ? 0 : this.at(number + 1)), true)
    return bytes
  }
}

/** Where the description is, and its bytes with the closing zero. */
export type Description = { readonly at: number; readonly bytes: number }

/** Values stand within their entry, but text, of which length and place do. */
function writeEntry(view: DataView, at: number, [tag, type, ...values]: Entry): void {
  view.setUint16(at, tag, true)
  view.setUint16(at + 2, type, true)
  const [first = 0, second = 0] = values
  const count = type === rational ? 1 : type === ascii ? first : values.length
  view.setBigUint64(at + 4, BigInt(count), true)
  const place = at + 12
  if (type === ascii) view.setBigUint64(place, BigInt(second), true)
  else if (type === long8) view.setBigUint64(place, BigInt(first), true)
  else if (type === rational) {
    view.setUint32(place, first, true)
    view.setUint32(place + 4, second, true)
  } else for (const [i, value] of values.entries()) view.setUint16(place + 2 * i, value, true)
}

function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16
}
