/** Reads chunks of an array: one file each, or ranges of shards. Nothing is read before it is asked for. */
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { readAtOnce } from '../../../open-flags.ts'
import { type ChunkExtent, ShardIndex } from '../../storage/ome-zarr/shard-index.ts'
import { bytesOfSample } from '../sample-type.ts'
import { reasonOf } from '../unreadable.ts'
import { type ChunkDecoder, chunkDecoder, type DecodedChunk } from './chunk-decoder.ts'
import { GrowingShard } from './growing-shard.ts'
import { leadsOut } from '../without-links.ts'
import { linksOut, unreadablePart } from './unreadable-part.ts'
import { productOf, type ShardLayout, type ZarrArray } from './zarr-metadata.ts'

/** Shards under way whose logs are remembered: as many as a writer keeps open, and more. */
const maxGrowing = 64
/** Indices of shards kept in memory, bytes. */
const maxIndexBytes = 4 * 1024 * 1024
/** Chunks that are larger are decoded one after the other, whoever asks for them. */
const largeChunkBytes = 64 * 1024 * 1024
let lastLarge: Promise<unknown> = Promise.resolve()
/** A chunk that compression has made larger than that is not one. */
const maxGrowth = 2

export class ZarrArrayReader {
  readonly array: ZarrArray
  readonly #decoder: ChunkDecoder
  /** By file, the one used last is last; undefined: there is no such file. */
  readonly #indices = new Map<string, Promise<ShardIndex | undefined>>()
  readonly #isGrowing: boolean
  /** By file, of an array of ours that is being written. */
  readonly #growing = new Map<string, GrowingShard>()

  /**
   * @param options.isGrowing it is one of ours that is being written: shards without their index are read, too.
   * @throws CoverslipError UNREADABLE_IMAGE when its codecs are not known
   */
  constructor(array: ZarrArray, { isGrowing = false } = {}) {
    this.array = array
    this.#isGrowing = isGrowing
    try {
      this.#decoder = chunkDecoder(array)
    } catch (error) {
      throw unreadablePart(array.folder, reasonOf(error), error)
    }
  }

  /**
   * @param place of the chunk in the grid of chunks.
   * @returns undefined when it is not there, and stands for the fill value.
   * @throws CoverslipError UNREADABLE_IMAGE naming the file.
   */
  async readChunk(place: readonly number[]): Promise<DecodedChunk | undefined> {
    const { shards } = this.array
    const path = join(this.array.folder, this.array.keyOf(filePlace(place, shards)))
    const read = async () => {
      if (await leadsOut(path, this.array.folder)) throw linksOut(path)
      const encoded =
        shards === undefined
          ? await readWhole(path, this.#mostBytes)
          : await this.#readInner(path, place, shards)
      return encoded === undefined ? undefined : this.#decoder.decode(encoded)
    }
    return reading(path, () => (this.#chunkBytes > largeChunkBytes ? inTurn(read) : read()))
  }

  /** The file in which a chunk lies. */
  fileOf(place: readonly number[]): string {
    return join(this.array.folder, this.array.keyOf(filePlace(place, this.array.shards)))
  }

  get #chunkBytes(): number {
    const { chunkShape, sampleType } = this.array
    return productOf(chunkShape) * bytesOfSample(sampleType)
  }

  get #mostBytes(): number {
    return maxGrowth * this.#chunkBytes + 1024
  }

  async #readInner(path: string, place: readonly number[], shards: ShardLayout) {
    const within = place.map((at, axis) => at % (shards.chunks[axis] ?? 1))
    const number = within.reduce((sum, at, axis) => sum * (shards.chunks[axis] ?? 1) + at, 0)
    const indexed = async () => {
      const extent = (await this.#indexOf(path, shards))?.get(number)
      return extent && withFile(path, (file) => this.#readExtent(file, extent))
    }
    const found = await indexed()
    if (found !== undefined || !this.#isGrowing) return found
    const growing = await this.#growingAt(path).read(number, (file, extent) => this.#readExtent(file, extent))
    if (growing !== undefined) return growing
    // It may have been completed in between.
    this.#indices.delete(path)
    return indexed()
  }

  #readExtent(file: FileHandle, extent: ChunkExtent): Promise<Uint8Array> {
    if (extent.length <= this.#mostBytes) return readRange(file, extent)
    throw new Error(`its index names a chunk of ${extent.length} bytes`)
  }

  #growingAt(path: string): GrowingShard {
    const shard = this.#growing.get(path) ?? new GrowingShard(path)
    this.#growing.delete(path)
    this.#growing.set(path, shard)
    const [oldest] = this.#growing.keys()
    if (this.#growing.size > maxGrowing && oldest !== undefined) this.#growing.delete(oldest)
    return shard
  }

  #indexOf(path: string, shards: ShardLayout): Promise<ShardIndex | undefined> {
    const index = this.#indices.get(path) ?? readIndex(path, shards)
    this.#indices.delete(path)
    this.#indices.set(path, index)
    index.then(
      // What is not there may come, while the dataset is under way.
      (there) => there ?? this.#indices.delete(path),
      () => this.#indices.delete(path),
    )
    const [oldest] = this.#indices.keys()
    const most = Math.max(1, Math.floor(maxIndexBytes / (16 * productOf(shards.chunks))))
    if (this.#indices.size > most && oldest !== undefined) this.#indices.delete(oldest)
    return index
  }
}

function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const turn = lastLarge.then(work)
  // Who asked learns of a failure.
  lastLarge = turn.catch(() => undefined)
  return turn
}

function filePlace(place: readonly number[], shards: ShardLayout | undefined): readonly number[] {
  return shards === undefined ? place : place.map((at, axis) => Math.floor(at / (shards.chunks[axis] ?? 1)))
}

function readIndex(path: string, shards: ShardLayout): Promise<ShardIndex | undefined> {
  return withFile(path, async (file) => {
    const length = ShardIndex.bytesOf(productOf(shards.chunks), shards)
    const { size } = await file.stat()
    if (size < length) throw new Error(`it is ${size} bytes long, and its index would be ${length}`)
    const offset = shards.indexAt === 'end' ? size - length : 0
    return ShardIndex.parse(await readRange(file, { offset, length }), shards)
  })
}

async function readRange(file: FileHandle, { offset, length }: ChunkExtent): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(length)
  const { bytesRead } = await file.read(bytes, 0, length, offset)
  if (bytesRead < length) throw new Error('it ends before a chunk that its index names')
  return bytes
}

function readWhole(path: string, most: number): Promise<Uint8Array | undefined> {
  return withFile(path, async (file) => {
    const { size } = await file.stat()
    if (size > most) throw new Error(`it is ${size} bytes long, which is too much for a chunk`)
    return readRange(file, { offset: 0, length: size })
  })
}

/** @returns undefined when the file is not there */
async function withFile<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
  let file: FileHandle
  try {
    file = await open(path, readAtOnce)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
  try {
    return await read(file)
  } finally {
    await file.close()
  }
}

/** @throws CoverslipError UNREADABLE_IMAGE naming `path` */
async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof CoverslipError) throw error
    throw unreadablePart(path, reasonOf(error), error)
  }
}
