/**
 * ZIP files that are written from their beginning to their end (PKWARE's APPNOTE 6.3.10). Entries are stored, not
 * compressed; checksum and size follow the content of each. ZIP64 where 32 bits do not hold a size or a place, or 16 bits
 * the number of entries.
 *
 * ```
 * for each entry: local header (30 bytes), name, [ZIP64 sizes: 20 bytes] | content | descriptor (16 or 24 bytes)
 * for each entry: central record (46 bytes), name, [ZIP64 sizes and place: up to 28 bytes]
 * [ZIP64 end record and its locator: 76 bytes] | end record (22 bytes)
 * ```
 */

/** A file of the archive. */
export type StoredEntry = {
  /** With `/` between folders. */
  readonly name: string
  /** Of its content. */
  readonly bytes: number
}

/** Checksum of ZIP (CRC-32 of ISO 3309) over `bytes`, going on from `before`, that of what was before them. */
export type Crc32 = (bytes: Uint8Array, before: number) => number

/** 32 and 16 bits that say: look at the ZIP64 record. */
const elsewhere32 = 0xffffffff
const elsewhere16 = 0xffff
/** Versions of the format that are needed to read it: 2.0, and 4.5 with ZIP64. */
const version = (zip64: boolean) => (zip64 ? 45 : 20)
/** Made by Unix: attributes are those of a file that its owner may write, and all may read. */
const madeBy = (3 << 8) | 45
const fileAttributes = 0o100644 * 2 ** 16
/** Sizes and checksum come after the content; names are UTF-8. */
const flags = 0x0808
const localBytes = 30
const centralBytes = 46
const endBytes = 22
const end64Bytes = 76

/** Length of the whole file. */
export function storedZipBytes(entries: Iterable<StoredEntry>): number {
  let [at, directory, count] = [0, 0, 0]
  for (const { name, bytes } of entries) {
    const nameBytes = utf8.encode(name).length
    directory += centralBytes + nameBytes + extraBytes({ bytes, at })
    at += localBytes + nameBytes + (isLong(bytes) ? 20 : 0) + bytes + descriptorBytes(bytes)
    count += 1
  }
  return at + directory + (needsEnd64({ at, directory, count }) ? end64Bytes : 0) + endBytes
}

const utf8 = new TextEncoder()
const isLong = (size: number): boolean => size >= elsewhere32
const descriptorBytes = (bytes: number): number => (isLong(bytes) ? 24 : 16)

type Directory = { readonly at: number; readonly directory: number; readonly count: number }
const needsEnd64 = ({ at, directory, count }: Directory): boolean =>
  isLong(at) || isLong(directory) || count >= elsewhere16

/** Of an entry of `bytes` that begins at `at`. */
function extraBytes({ bytes, at }: { readonly bytes: number; readonly at: number }): number {
  const values = (isLong(bytes) ? 2 : 0) + (isLong(at) ? 1 : 0)
  return values === 0 ? 0 : 4 + 8 * values
}

type OpenEntry = StoredEntry & {
  readonly nameBytes: Uint8Array
  readonly at: number
  /** As MS-DOS had it. */
  readonly time: number
  readonly date: number
}

/** Makes what stands around the contents: for each entry `begin`, `take` and `end`, and `finish` after the last. */
export class StoredZip {
  readonly #crc32: Crc32
  readonly #records = new Records()
  #at = 0
  #count = 0
  #entry: OpenEntry | undefined
  #crc = 0
  #taken = 0

  constructor(crc32: Crc32) {
    this.#crc32 = crc32
  }

  /** @returns what comes before the content */
  begin({ name, bytes, changedAt }: StoredEntry & { readonly changedAt: Date }): Uint8Array<ArrayBuffer> {
    const nameBytes = utf8.encode(name)
    const entry = { name, bytes, nameBytes, at: this.#at, ...dosTime(changedAt) }
    const zip64 = isLong(bytes)
    const header = new Uint8Array(localBytes + nameBytes.length + (zip64 ? 20 : 0))
    const view = new DataView(header.buffer)
    view.setUint32(0, 0x04034b50, true)
    view.setUint16(4, version(zip64), true)
    view.setUint16(6, flags, true)
    view.setUint16(10, entry.time, true)
    view.setUint16(12, entry.date, true)
    if (zip64) {
      view.setUint32(18, elsewhere32, true)
      view.setUint32(22, elsewhere32, true)
    }
    view.setUint16(26, nameBytes.length, true)
    header.set(nameBytes, localBytes)
    if (zip64) {
      // Sizes of 0: they come after the content.
      view.setUint16(28, 20, true)
      view.setUint16(localBytes + nameBytes.length, 1, true)
      view.setUint16(localBytes + nameBytes.length + 2, 16, true)
    }
    this.#entry = entry
    this.#crc = 0
    this.#taken = 0
    this.#at += header.length + bytes + descriptorBytes(bytes)
    return header
  }

  /** Takes note of the next piece of the content. */
  take(piece: Uint8Array): void {
    this.#crc = this.#crc32(piece, this.#crc)
    this.#taken += piece.length
  }

  /** @returns what comes after the content. @throws RangeError when that was not as long as it was said to be */
  end(): Uint8Array<ArrayBuffer> {
    const entry = this.#entry
    if (entry === undefined) throw new RangeError('A ZIP entry that was not begun')
    const { name, bytes } = entry
    if (this.#taken !== bytes) throw new RangeError(`${name} has ${this.#taken} bytes, not ${bytes}`)
    const descriptor = new Uint8Array(descriptorBytes(bytes))
    const view = new DataView(descriptor.buffer)
    view.setUint32(0, 0x08074b50, true)
    view.setUint32(4, this.#crc, true)
    if (isLong(bytes)) {
      view.setBigUint64(8, BigInt(bytes), true)
      view.setBigUint64(16, BigInt(bytes), true)
    } else {
      view.setUint32(8, bytes, true)
      view.setUint32(12, bytes, true)
    }
    this.#records.add(centralRecord(entry, this.#crc))
    this.#count += 1
    this.#entry = undefined
    return descriptor
  }

  /** The directory at the end of the file, in pieces. */
  *finish(): Generator<Uint8Array<ArrayBuffer>> {
    yield* this.#records.pieces()
    const [at, directory, count] = [this.#at, this.#records.bytes, this.#count]
    if (needsEnd64({ at, directory, count })) yield end64({ at, directory, count })
    const end = new Uint8Array(endBytes)
    const view = new DataView(end.buffer)
    view.setUint32(0, 0x06054b50, true)
    view.setUint16(8, Math.min(elsewhere16, count), true)
    view.setUint16(10, Math.min(elsewhere16, count), true)
    view.setUint32(12, Math.min(elsewhere32, directory), true)
    view.setUint32(16, Math.min(elsewhere32, at), true)
    yield end
  }
}

function centralRecord({ bytes, nameBytes, at, time, date }: OpenEntry, crc: number): Uint8Array {
  const extra = extraBytes({ bytes, at })
  const record = new Uint8Array(centralBytes + nameBytes.length + extra)
  const view = new DataView(record.buffer)
  view.setUint32(0, 0x02014b50, true)
  view.setUint16(4, madeBy, true)
  view.setUint16(6, version(extra > 0), true)
  view.setUint16(8, flags, true)
  view.setUint16(12, time, true)
  view.setUint16(14, date, true)
  view.setUint32(16, crc, true)
  view.setUint32(20, Math.min(elsewhere32, bytes), true)
  view.setUint32(24, Math.min(elsewhere32, bytes), true)
  view.setUint16(28, nameBytes.length, true)
  view.setUint16(30, extra, true)
  view.setUint32(38, fileAttributes, true)
  view.setUint32(42, Math.min(elsewhere32, at), true)
  record.set(nameBytes, centralBytes)
  if (extra === 0) return record
  const from = centralBytes + nameBytes.length
  view.setUint16(from, 1, true)
  view.setUint16(from + 2, extra - 4, true)
  const values = [...(isLong(bytes) ? [bytes, bytes] : []), ...(isLong(at) ? [at] : [])]
  for (const [i, value] of values.entries()) view.setBigUint64(from + 4 + 8 * i, BigInt(value), true)
  return record
}

function end64({ at, directory, count }: Directory): Uint8Array<ArrayBuffer> {
  const end = new Uint8Array(end64Bytes)
  const view = new DataView(end.buffer)
  view.setUint32(0, 0x06064b50, true)
  // What follows of the record itself.
  view.setBigUint64(4, 44n, true)
  view.setUint16(12, madeBy, true)
  view.setUint16(14, version(true), true)
  for (const [i, value] of [count, count, directory, at].entries())
    view.setBigUint64(24 + 8 * i, BigInt(value), true)
  view.setUint32(56, 0x07064b50, true)
  view.setBigUint64(64, BigInt(at + directory), true)
  view.setUint32(72, 1, true)
  return end
}

/** Local time in steps of two seconds, from 1980 on. */
function dosTime(at: Date): { readonly time: number; readonly date: number } {
  if (!(at.getFullYear() >= 1980)) return { time: 0, date: (1 << 5) | 1 }
  return {
    time: (at.getHours() << 11) | (at.getMinutes() << 5) | (at.getSeconds() >> 1),
    date: (Math.min(127, at.getFullYear() - 1980) << 9) | ((at.getMonth() + 1) << 5) | at.getDate(),
  }
}

const blockBytes = 64 * 1024

/** Many small records, in few pieces of memory. */
class Records {
  readonly #full: Uint8Array<ArrayBuffer>[] = []
  #block = new Uint8Array(blockBytes)
  #used = 0
  bytes = 0

  add(record: Uint8Array): void {
    if (this.#used + record.length > this.#block.length) {
      this.#full.push(this.#block.subarray(0, this.#used))
      this.#block = new Uint8Array(Math.max(blockBytes, record.length))
      this.#used = 0
    }
    this.#block.set(record, this.#used)
    this.#used += record.length
    this.bytes += record.length
  }

  *pieces(): Generator<Uint8Array<ArrayBuffer>> {
    yield* this.#full
    yield this.#block.subarray(0, this.#used)
  }
}
