/** Image file directories of TIFF 6.0 and BigTIFF, of either byte order: where things are, without the pixels. */
import type { RandomAccessFile } from './random-access-file.ts'
import { unreadable } from './unreadable.ts'

/** What the first bytes of a file say. */
export type TiffForm = {
  readonly bigTiff: boolean
  readonly littleEndian: boolean
  /** Where the first directory is. */
  readonly firstAt: number
}

/** One field of a directory (TIFF 6.0, section 2; BigTIFF). */
export type TiffEntry = {
  /** Field type of TIFF 6.0, section 2. */
  readonly type: number
  readonly count: number
  /** The value itself, or the offset of the values where they take more room. */
  readonly value: Buffer
}

export type TiffDirectory = {
  /** Where it is in the file. */
  readonly at: number
  /** Where the next one is; 0: this is the last. */
  readonly next: number
  /** By tag. */
  readonly entries: ReadonlyMap<number, TiffEntry>
}

/** Bytes of one value, by field type. */
const valueBytes: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
}
/** More entries than any real directory has. */
const mostEntries = 1000
/** Most directories take less. */
const usualBytes = 512

/** @returns undefined when `start`, the first 16 bytes of a file, are not those of a TIFF. */
export function tiffForm(start: Buffer): TiffForm | undefined {
  if (start.length < 8) return undefined
  const order = start.toString('latin1', 0, 2)
  if (order !== 'II' && order !== 'MM') return undefined
  const littleEndian = order === 'II'
  const version = littleEndian ? start.readUInt16LE(2) : start.readUInt16BE(2)
  if (version === 42) {
    const firstAt = littleEndian ? start.readUInt32LE(4) : start.readUInt32BE(4)
    return { bigTiff: false, littleEndian, firstAt }
  }
  if (version !== 43 || start.length < 16) return undefined
  const firstAt = Number(littleEndian ? start.readBigUInt64LE(8) : start.readBigUInt64BE(8))
  return { bigTiff: true, littleEndian, firstAt }
}

/** Reads the directories and values of one file. */
export class TiffDirectories {
  readonly file: RandomAccessFile
  readonly form: TiffForm
  readonly #usual = Buffer.alloc(usualBytes)

  constructor(file: RandomAccessFile, form: TiffForm) {
    this.file = file
    this.form = form
  }

  /** The directory at `at`; undefined when the file ends before it does. @throws CoverslipError UNREADABLE_IMAGE */
  read(at: number): TiffDirectory | undefined {
    const { bigTiff } = this.form
    const [countBytes, entryBytes, offsetBytes] = bigTiff ? [8, 20, 8] : [2, 12, 4]
    let bytes = this.#usual.subarray(0, this.file.readFewInto(this.#usual, at))
    if (bytes.length < countBytes) return undefined
    const count = this.unsigned(bytes, 0, countBytes)
    if (count === 0 || count > mostEntries)
      throw unreadable(this.file.path, `at byte ${at} there is no list of an image’s properties`)
    const whole = countBytes + count * entryBytes + offsetBytes
    if (bytes.length < whole) {
      const more = Buffer.alloc(whole)
      bytes = more.subarray(0, this.file.readFewInto(more, at))
      if (bytes.length < whole) return undefined
    }
    const entries = new Map<number, TiffEntry>()
    for (let i = 0; i < count; i++) {
      const place = countBytes + i * entryBytes
      entries.set(this.unsigned(bytes, place, 2), {
        type: this.unsigned(bytes, place + 2, 2),
        count: this.unsigned(bytes, place + 4, offsetBytes),
        value: Buffer.from(bytes.subarray(place + 4 + offsetBytes, place + 4 + 2 * offsetBytes)),
      })
    }
    return { at, next: this.unsigned(bytes, whole - offsetBytes, offsetBytes), entries }
  }

  /**
   * The numbers of an entry: whole, floating or rational ones.
   * @param most values that are read.
   * @throws CoverslipError UNREADABLE_IMAGE when they lie beyond the end of the file, or are not numbers.
   */
  async numbers(entry: TiffEntry | undefined, most: number): Promise<readonly number[]> {
    if (entry === undefined) return []
    const size = valueBytes[entry.type]
    if (size === undefined) throw unreadable(this.file.path, `a property has the unknown type ${entry.type}`)
    if (entry.count > most) throw unreadable(this.file.path, `a property has ${entry.count} values`)
    const bytes = await this.#bytesOf(entry, size * entry.count)
    return Array.from({ length: entry.count }, (_, i) => this.#number(bytes, i * size, entry.type))
  }

  /** The first `most` bytes of an entry's text, up to its closing NUL; empty when it was cut off. */
  async text(entry: TiffEntry | undefined, most: number): Promise<string> {
    if (entry === undefined || valueBytes[entry.type] !== 1) return ''
    const place = this.textPlace(entry)
    const bytes =
      place === undefined
        ? entry.value.subarray(0, entry.count)
        : await this.file.read(place.at, Math.min(place.length, most))
    if (place !== undefined && bytes.length < Math.min(place.length, most)) return ''
    const end = bytes.indexOf(0)
    return bytes.toString('utf8', 0, end === -1 ? bytes.length : end)
  }

  /** Where an entry's text is, unless it lies in the entry itself. */
  textPlace(entry: TiffEntry): { readonly at: number; readonly length: number } | undefined {
    if (entry.count <= entry.value.length) return undefined
    return { at: this.unsigned(entry.value, 0, entry.value.length), length: entry.count }
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes; beyond 2^53 it is not exact, and no place in any file. */
  unsigned(bytes: Buffer, at: number, size: number): number {
    const { littleEndian } = this.form
    if (size === 8) return Number(littleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
    return littleEndian ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size)
  }

  async #bytesOf(entry: TiffEntry, length: number): Promise<Buffer> {
    if (length <= entry.value.length) return entry.value
    const bytes = await this.file.read(this.unsigned(entry.value, 0, entry.value.length), length)
    if (bytes.length === length) return bytes
    throw unreadable(this.file.path, 'it is cut off: properties of an image lie beyond its end')
  }

  #number(bytes: Buffer, at: number, type: number): number {
    const { littleEndian } = this.form
    switch (type) {
      case 5:
        return this.unsigned(bytes, at, 4) / this.unsigned(bytes, at + 4, 4)
      case 6:
        return bytes.readInt8(at)
      case 8:
        return littleEndian ? bytes.readInt16LE(at) : bytes.readInt16BE(at)
      case 9:
        return littleEndian ? bytes.readInt32LE(at) : bytes.readInt32BE(at)
      case 10:
        return littleEndian
          ? bytes.readInt32LE(at) / bytes.readInt32LE(at + 4)
          : bytes.readInt32BE(at) / bytes.readInt32BE(at + 4)
      case 11:
        return littleEndian ? bytes.readFloatLE(at) : bytes.readFloatBE(at)
      case 12:
        return littleEndian ? bytes.readDoubleLE(at) : bytes.readDoubleBE(at)
      case 17:
        return Number(littleEndian ? bytes.readBigInt64LE(at) : bytes.readBigInt64BE(at))
      default:
        return this.unsigned(bytes, at, valueBytes[type] ?? 1)
    }
  }
}
