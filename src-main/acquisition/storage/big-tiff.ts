/**
 * BigTIFF (version 43) of many images of one kind, as it grows: little endian, uncompressed, one strip per image, each
 * image's directory (IFD) right before its pixels. A directory names the next one only once that is complete, so that the
 * file can be read at any moment, whatever ends the writing.
 *
 * ```
 * header (16 bytes: II, 43, 8, 0, offset of the first IFD)
 * IFD 0 | values | pixels 0 | IFD 1 | values | pixels 1 | … | description of the first image, once it is complete
 * ```
 */

/** What all images of a file have in common. */
export type BigTiffImage = {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly bitsPerSample: 8 | 16
  /** µm; absent: not calibrated. */
  readonly pixelSizeUm?: number | undefined
  /** Directories and pixels begin at multiples of so many bytes, at least 16. */
  readonly alignment: number
}

/** Length of a file's header; the first directory follows. */
export const bigTiffHeaderBytes = 16
const entryBytes = 20
/** Within an entry. */
const countOffset = 4
const valueOffset = 12
const fieldType = { ascii: 2, short: 3, rational: 5, long8: 16 } as const
const descriptionTag = 270
const stripOffsetsTag = 273

type Entry =
  | { readonly tag: number; readonly type: 'short' | 'long8'; readonly values: readonly number[] }
  | { readonly tag: number; readonly type: 'rational'; readonly values: readonly [number, number] }
  | { readonly tag: number; readonly type: 'ascii'; readonly values: Uint8Array }

/** `II`, 43, 8 (bytes of an offset), 0, and where the first directory is: right behind. */
export function bigTiffHeader(): Buffer {
  const header = Buffer.alloc(bigTiffHeaderBytes)
  header.write('II', 0, 'latin1')
  header.writeUInt16LE(43, 2)
  header.writeUInt16LE(8, 4)
  header.writeBigUInt64LE(BigInt(bigTiffHeaderBytes), 8)
  return header
}

/** One image's directory with the values that belong to it, and where things are in the file. */
export type Directory = {
  /** To be written at `at`, followed by the pixels. */
  readonly bytes: Buffer
  /** Where its pixels begin. */
  readonly pixelsAt: number
  /** Where the offset (8 bytes) of the next directory is to be written. */
  readonly nextAt: number
  /** The first image only: where the count and the offset (8 bytes each) of its description are. */
  readonly descriptionAt: number | undefined
}

/** Bytes of zeros between the pixels of an image, which end at `offset`, and the next directory. */
export function paddingAfter(offset: number, { alignment }: Pick<BigTiffImage, 'alignment'>): number {
  return Math.ceil(offset / alignment) * alignment - offset
}

/**
 * The directory of an image at offset `at`.
 * @param description text of the first image (UTF-8); it can be replaced later by a longer one.
 */
export function bigTiffDirectory(
  image: BigTiffImage,
  { at, description }: { readonly at: number; readonly description?: string },
): Directory {
  const { width, height, channels, bitsPerSample } = image
  const pixelBytes = pixelBytesOf(image)
  const perUm = image.pixelSizeUm === undefined ? undefined : 1 / image.pixelSizeUm
  const resolution: readonly [number, number] =
    perUm === undefined ? [1, 1] : [Math.min(0xffffffff, Math.round(perUm * 10_000 * 1000)), 1000]
  const entriesFor = (pixelsAt: number): readonly Entry[] => [
    { tag: 256, type: 'long8', values: [width] },
    { tag: 257, type: 'long8', values: [height] },
    { tag: 258, type: 'short', values: Array.from({ length: channels }, () => bitsPerSample) },
    { tag: 259, type: 'short', values: [1] },
    { tag: 262, type: 'short', values: [channels === 3 ? 2 : 1] },
    ...(description === undefined
      ? []
      : [{ tag: descriptionTag, type: 'ascii', values: Buffer.from(`${description}\0`) } as const]),
    { tag: stripOffsetsTag, type: 'long8', values: [pixelsAt] },
    { tag: 277, type: 'short', values: [channels] },
    { tag: 278, type: 'long8', values: [height] },
    { tag: 279, type: 'long8', values: [pixelBytes] },
    { tag: 282, type: 'rational', values: resolution },
    { tag: 283, type: 'rational', values: resolution },
    // Per centimetre, or of no unit.
    { tag: 296, type: 'short', values: [perUm === undefined ? 1 : 3] },
  ]
  const count = entriesFor(0).length
  const valuesAt = at + 8 + count * entryBytes + 8
  const valueBytes = entriesFor(0).reduce((sum, entry) => sum + outsideBytes(entry), 0)
  const valuesEnd = valuesAt + valueBytes
  const pixelsAt = valuesEnd + paddingAfter(valuesEnd, image)
  const bytes = Buffer.alloc(pixelsAt - at)
  bytes.writeBigUInt64LE(BigInt(count), 0)
  let outside = valuesAt
  let descriptionAt: number | undefined
  for (const [i, entry] of entriesFor(pixelsAt).entries()) {
    const place = 8 + i * entryBytes
    if (entry.tag === descriptionTag) descriptionAt = at + place + countOffset
    const stored = storedOf(entry)
    bytes.writeUInt16LE(entry.tag, place)
    bytes.writeUInt16LE(fieldType[entry.type], place + 2)
    bytes.writeBigUInt64LE(BigInt(entry.type === 'rational' ? 1 : entry.values.length), place + countOffset)
    if (stored.length <= 8) stored.copy(bytes, place + valueOffset)
    else {
      bytes.writeBigUInt64LE(BigInt(outside), place + valueOffset)
      stored.copy(bytes, outside - at)
      outside += outsideBytes(entry)
    }
  }
  return { bytes, pixelsAt, nextAt: at + 8 + count * entryBytes, descriptionAt }
}

/**
 * Makes the directories of a file's further images, which have no description: they are alike but for where their pixels
 * begin, and all their values stand within their entries.
 */
export function furtherDirectories(image: BigTiffImage): (at: number) => Directory {
  const template = bigTiffDirectory(image, { at: 0 })
  const offsetAt = entryAt(template.bytes, stripOffsetsTag, 0)
  if (offsetAt === undefined) throw new RangeError('A directory that does not say where its pixels are')
  return (at) => {
    const bytes = Buffer.from(template.bytes)
    const pixelsAt = at + template.pixelsAt
    bytes.writeBigUInt64LE(BigInt(pixelsAt), offsetAt + valueOffset)
    return { bytes, pixelsAt, nextAt: at + template.nextAt, descriptionAt: undefined }
  }
}

/** Where the images of a file are: they follow from where the pixels of the first one begin. */
export class ImagePlaces {
  readonly #pixelBytes: number
  readonly #pixelsAt: number
  readonly #firstNextAt: number
  /** Where the second image would be, and how far it is from each to the next. */
  readonly #second: number
  readonly #distance: number
  readonly #further: Directory

  constructor(image: BigTiffImage, { pixelsAt, nextAt }: Pick<DescriptionPlace, 'pixelsAt' | 'nextAt'>) {
    this.#pixelBytes = pixelBytesOf(image)
    this.#pixelsAt = pixelsAt
    this.#firstNextAt = nextAt
    this.#further = furtherDirectories(image)(0)
    const first = pixelsAt + this.#pixelBytes
    this.#second = first + paddingAfter(first, image)
    const each = this.#further.pixelsAt + this.#pixelBytes
    this.#distance = each + paddingAfter(each, image)
  }

  /** How many images are whole in a file of `size` bytes. */
  wholeIn(size: number): number {
    if (this.endOf(0) > size) return 0
    return Math.max(1, 2 + Math.floor((size - this.endOf(1)) / this.#distance))
  }

  /** Where the directory of image `number`, from 1 on, begins. */
  directoryAt(number: number): number {
    return this.#second + (number - 1) * this.#distance
  }

  /** Where image `number` says where the next one is. */
  nextAt(number: number): number {
    return number === 0 ? this.#firstNextAt : this.directoryAt(number) + this.#further.nextAt
  }

  /** Where the pixels of image `number` end. */
  endOf(number: number): number {
    const pixelsAt = number === 0 ? this.#pixelsAt : this.directoryAt(number) + this.#further.pixelsAt
    return pixelsAt + this.#pixelBytes
  }
}

const pixelBytesOf = ({ width, height, channels, bitsPerSample }: BigTiffImage): number =>
  (width * height * channels * bitsPerSample) / 8

/** Values that do not fit into their entry lie behind the entries, at even places. */
function outsideBytes(entry: Entry): number {
  const { length } = storedOf(entry)
  return length <= 8 ? 0 : Math.ceil(length / 8) * 8
}

function storedOf(entry: Entry): Buffer {
  if (entry.type === 'ascii') return Buffer.from(entry.values)
  if (entry.type === 'rational') {
    const stored = Buffer.alloc(8)
    stored.writeUInt32LE(entry.values[0], 0)
    stored.writeUInt32LE(entry.values[1], 4)
    return stored
  }
  const size = entry.type === 'short' ? 2 : 8
  const stored = Buffer.alloc(entry.values.length * size)
  for (const [i, value] of entry.values.entries()) {
    if (size === 2) stored.writeUInt16LE(value, i * 2)
    else stored.writeBigUInt64LE(BigInt(value), i * 8)
  }
  return stored
}

/** A 64-bit number as it stands in the file. */
export function fileOffset(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

/** What `Directory.descriptionAt` gets when the description has been written to `at`: count and offset. */
export function descriptionPointer(textBytes: number, at: number): Buffer {
  return Buffer.concat([fileOffset(textBytes), fileOffset(at)])
}

/** The description of a file that is there. */
export type DescriptionPlace = {
  /** Where its count and its offset (8 bytes each) are. */
  readonly at: number
  /** Where its text ends: before `pixelsAt` it is the one that the file began with. */
  readonly end: number
  /** Where the pixels of the first image begin. */
  readonly pixelsAt: number
  /** Where the first image says where the next one is. */
  readonly nextAt: number
}

/**
 * @param start the file's beginning, with its first directory.
 * @returns undefined when that has no description, or no pixels.
 */
export function descriptionPlace(start: Buffer, directoryAt: number): DescriptionPlace | undefined {
  const entry = entryAt(start, descriptionTag, directoryAt)
  const strip = entryAt(start, stripOffsetsTag, directoryAt)
  if (entry === undefined || strip === undefined) return undefined
  const at = entry + countOffset
  const end = Number(start.readBigUInt64LE(at)) + Number(start.readBigUInt64LE(entry + valueOffset))
  const pixelsAt = Number(start.readBigUInt64LE(strip + valueOffset))
  const entries = Number(start.readBigUInt64LE(directoryAt))
  return { at, end, pixelsAt, nextAt: directoryAt + 8 + entries * entryBytes }
}

/** Where the entry of `tag` begins in the directory at `directoryAt`. */
function entryAt(bytes: Buffer, tag: number, directoryAt: number): number | undefined {
  if (bytes.length < directoryAt + 8) return undefined
  const count = Number(bytes.readBigUInt64LE(directoryAt))
  for (let i = 0; i < count; i++) {
    const at = directoryAt + 8 + i * entryBytes
    if (at + entryBytes > bytes.length) return undefined
    if (bytes.readUInt16LE(at) === tag) return at
  }
  return undefined
}
