/**
 * The index of a shard (Zarr v3, codec `sharding_indexed`): offset and length of each chunk in C order, both u64 little
 * endian, 2^64 - 1 for chunks that are not there; then CRC-32C of all that.
 */
import { crc32c } from './crc32c.ts'

const absent = 0xffff_ffff_ffff_ffffn
const checksumBytes = 4

/** Where a chunk lies in its file, bytes. */
export type ChunkExtent = { readonly offset: number; readonly length: number }

export class ShardIndex {
  readonly #entries: BigUint64Array<ArrayBuffer>
  #present = 0

  constructor(chunks: number) {
    this.#entries = new BigUint64Array(2 * chunks).fill(absent)
  }

  /** @throws RangeError when the checksum is wrong */
  static parse(bytes: Uint8Array, { checksum }: { readonly checksum: boolean }): ShardIndex {
    const length = bytes.length - (checksum ? checksumBytes : 0)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    if (checksum && crc32c(bytes.subarray(0, length)) !== view.getUint32(length, true))
      throw new RangeError('its index does not match its checksum')
    const index = new ShardIndex(length / 16)
    for (let chunk = 0; chunk < index.chunks; chunk++) {
      const [offset, size] = [view.getBigUint64(16 * chunk, true), view.getBigUint64(16 * chunk + 8, true)]
      if (offset !== absent || size !== absent)
        index.set(chunk, { offset: Number(offset), length: Number(size) })
    }
    return index
  }

  /** Bytes of the index of `chunks` chunks. */
  static bytesOf(chunks: number, { checksum }: { readonly checksum: boolean }): number {
    return 16 * chunks + (checksum ? checksumBytes : 0)
  }

  get chunks(): number {
    return this.#entries.length / 2
  }

  /** Chunks that are there. */
  get present(): number {
    return this.#present
  }

  get(chunk: number): ChunkExtent | undefined {
    const [offset, length] = this.#entries.subarray(2 * chunk, 2 * chunk + 2)
    if (offset === undefined || length === undefined || offset === absent) return undefined
    return { offset: Number(offset), length: Number(length) }
  }

  set(chunk: number, { offset, length }: ChunkExtent): void {
    if (this.#entries[2 * chunk] === absent) this.#present += 1
    this.#entries[2 * chunk] = BigInt(offset)
    this.#entries[2 * chunk + 1] = BigInt(length)
  }

  /** With its checksum. */
  serialize(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(ShardIndex.bytesOf(this.chunks, { checksum: true }))
    const view = new DataView(bytes.buffer)
    this.#entries.forEach((value, at) => view.setBigUint64(8 * at, value, true))
    view.setUint32(bytes.length - checksumBytes, crc32c(bytes.subarray(0, -checksumBytes)), true)
    return bytes
  }
}
