/**
 * A shard that is being written: `<name>.part` until it has its index, so that readers see it whole or not at all.
 *
 * It is a log: before each chunk, and before the index, lies a mark of 32 bytes (`CVSCHUNK`; number of the chunk, or
 * 2^64 - 1 before the index; bytes of the chunk; bytes of padding after it; each u64, little endian). Where chunks are to
 * begin with blocks of the disk, a mark of that number and of no bytes comes first. The index of a shard that was cut off
 * can be made from these marks; for Zarr they are gaps between chunks, which it allows.
 */
import { type FileHandle, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppendFile, writeFailure } from '../append-file.ts'
import { diskBlockBytes } from '../direct-writes.ts'
import { writeAll } from '../write-all.ts'
import { makeFolders } from './make-folders.ts'
import { ShardIndex } from './shard-index.ts'

/** Of the mark before each chunk: see "After a crash" in docs/file-formats.md. */
export const markBytes = 32
const magic = Buffer.from('CVSCHUNK', 'latin1')
const zeros = new Uint8Array(diskBlockBytes)
const noChunk = 0xffff_ffff_ffff_ffffn

/** Parts of one chunk, as they follow each other in the file. */
type ChunkParts = { readonly chunk: number; readonly parts: readonly Uint8Array[] }

/**
 * A shard to be made: folder `below` which its folders are made, room for `chunks`, written past the system's cache
 * or not.
 */
export type NewShard = { readonly below: string; readonly chunks: number; readonly direct: boolean }

/** The name of the shard `path` while it is not complete. */
export const partOf = (path: string): string => `${path}.part`

export class ShardFile {
  readonly path: string
  readonly #file: AppendFile
  readonly #index: ShardIndex
  /** Chunks begin at multiples of this, so that the disk takes them from where they are. */
  readonly #blockBytes: number
  /** Chunks that the operating system has. */
  readonly #whole = new Set<number>()
  /** Appends so far. */
  #appended: Promise<void> = Promise.resolve()

  private constructor(path: string, file: AppendFile, index: ShardIndex, blockBytes: number) {
    this.path = path
    this.#file = file
    this.#index = index
    this.#blockBytes = blockBytes
  }

  /**
   * Begins the shard `path`, whose array's folder `below` exists.
   * @param direct as for `AppendFile.create`.
   * @throws CoverslipError DATA_FOLDER
   */
  static async create(path: string, { below, chunks, direct }: NewShard): Promise<ShardFile> {
    await makeFolders(dirname(path), below)
    const file = await AppendFile.create(partOf(path), { direct })
    return new ShardFile(path, file, new ShardIndex(chunks), direct ? diskBlockBytes : 1)
  }

  /** Goes on with a shard that was complete. @throws CoverslipError DATA_FOLDER */
  static async resume(path: string, { chunks }: { chunks: number }): Promise<ShardFile> {
    try {
      await rename(path, partOf(path))
      const { index } = await readShardLog(partOf(path), { chunks })
      const shard = new ShardFile(path, await AppendFile.resume(partOf(path)), index, 1)
      for (let chunk = 0; chunk < chunks; chunk++) if (index.get(chunk) !== undefined) shard.#whole.add(chunk)
      return shard
    } catch (error) {
      throw writeFailure(path, error)
    }
  }

  /** All its chunks are there. */
  get isFull(): boolean {
    return this.#index.present === this.#index.chunks
  }

  /**
   * Adds chunks; resolves when the operating system has them and everything that was added before.
   * @throws CoverslipError DATA_FOLDER
   */
  append(chunks: readonly ChunkParts[]): Promise<void> {
    let at = this.#file.length
    const all: Uint8Array[] = []
    const add = (number: bigint, parts: readonly Uint8Array[]) => {
      const extent = { offset: at + markBytes, length: parts.reduce((sum, part) => sum + part.length, 0) }
      // What comes next begins with a block, and its mark stands right before it.
      const padding = -(extent.offset + extent.length + markBytes) & (this.#blockBytes - 1)
      all.push(markOf(number, { length: extent.length, padding }), ...parts, zeros.subarray(0, padding))
      at = extent.offset + extent.length + padding
      return extent
    }
    if (at === 0 && this.#blockBytes > 1) add(noChunk, [])
    for (const { chunk, parts } of chunks) this.#index.set(chunk, add(BigInt(chunk), parts))
    this.#appended = Promise.all([this.#file.append(all), this.#appended]).then(() => {
      for (const { chunk } of chunks) this.#whole.add(chunk)
    })
    return this.#appended
  }

  /**
   * Writes the index, waits for the disk and gives the shard its name.
   * @throws CoverslipError DATA_FOLDER, also when a chunk could not be written; then those before it are complete, where
   *   the disk lets that be done
   */
  async complete(): Promise<void> {
    const index = this.#index.serialize()
    try {
      try {
        await this.#file.append([markOf(noChunk, { length: index.length, padding: 0 }), index])
      } finally {
        await this.#file.close()
      }
    } catch (error) {
      // What was cut off of the last chunk makes room for the index. The first failure tells the cause.
      await completeShard(this.path, { chunks: this.#index.chunks, reported: this.#whole }).catch(
        () => undefined,
      )
      throw error
    }
    try {
      await rename(partOf(this.path), this.path)
    } catch (error) {
      throw writeFailure(this.path, error)
    }
  }
}

/**
 * Completes a shard whose writing was interrupted.
 * @param reported numbers of the chunks that are known to be whole; others are left out.
 * @returns those of them that are there
 * @throws CoverslipError DATA_FOLDER
 */
export async function completeShard(
  path: string,
  { chunks, reported }: { readonly chunks: number; readonly reported: ReadonlySet<number> },
): Promise<ShardIndex> {
  try {
    const { index, end } = await readShardLog(partOf(path), { chunks, reported })
    const file = await open(partOf(path), 'r+')
    try {
      // What lies beyond the last whole chunk would be in the way of the marks.
      await file.truncate(end)
      const bytes = index.serialize()
      const mark = markOf(noChunk, { length: bytes.length, padding: 0 })
      await writeAll(file, [mark, bytes], end)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partOf(path), path)
    return index
  } catch (error) {
    throw writeFailure(path, error)
  }
}

/** @returns the index by the marks, and where the last whole chunk, or index, ends. */
async function readShardLog(
  path: string,
  { chunks, reported }: { readonly chunks: number; readonly reported?: ReadonlySet<number> },
): Promise<{ readonly index: ShardIndex; readonly end: number }> {
  const index = new ShardIndex(chunks)
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    let end = 0
    for (;;) {
      const mark = await readMark(file, end)
      if (mark === undefined || end + markBytes + mark.length > size) return { index, end }
      const chunk = Number(mark.number)
      if (mark.number !== noChunk && chunk < chunks && (reported?.has(chunk) ?? true))
        index.set(chunk, { offset: end + markBytes, length: mark.length })
      end += markBytes + mark.length + mark.padding
    }
  } finally {
    await file.close()
  }
}

function markOf(
  number: bigint,
  { length, padding }: { readonly length: number; readonly padding: number },
): Uint8Array {
  const mark = Buffer.alloc(markBytes)
  mark.set(magic)
  mark.writeBigUInt64LE(number, 8)
  mark.writeBigUInt64LE(BigInt(length), 16)
  mark.writeBigUInt64LE(BigInt(padding), 24)
  return mark
}

/** The mark at byte `at`; undefined where there is none. */
export async function readMark(file: FileHandle, at: number) {
  const mark = Buffer.alloc(markBytes)
  const { bytesRead } = await file.read(mark, 0, markBytes, at)
  const padding = Number(mark.readBigUInt64LE(24))
  if (bytesRead < markBytes || !mark.subarray(0, magic.length).equals(magic) || padding >= diskBlockBytes)
    return undefined
  return { number: mark.readBigUInt64LE(8), length: Number(mark.readBigUInt64LE(16)), padding }
}
