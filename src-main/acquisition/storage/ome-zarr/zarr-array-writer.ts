/** Writes planes into the shards of one array. */
import { join } from 'node:path'
import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import { writeFailure } from '../append-file.ts'
import type { OpenShards } from './open-shards.ts'
import { bandsOf, chunksOfShard, type PlanePlace, shardOf, type ZarrGrid } from './zarr-grid.ts'

/** How chunks are compressed: not at all, or by Zstandard, level 1. */
export type ZarrCompression = 'none' | 'zstd'

const compress = promisify(zstdCompress)
const zstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

type Options = {
  /** Exists, or is made before the first plane is written. */
  readonly folder: string
  readonly grid: ZarrGrid
  readonly compression: ZarrCompression
  /** Shared by the arrays of a dataset. */
  readonly shards: OpenShards
  /** Past the operating system's cache, as for `AppendFile.create`. */
  readonly direct: boolean
}

export class ZarrArrayWriter {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  /**
   * What a plane is in the file: its chunks, compressed on the thread pool, or the very memory of `pixels`.
   * @throws CoverslipError DATA_FOLDER when there is no memory to compress in
   */
  async encode(pixels: Uint8Array): Promise<readonly (readonly Uint8Array[])[]> {
    const bands = bandsIn(this.#options.grid, pixels)
    if (this.#options.compression === 'none') return bands
    try {
      return await Promise.all(
        bands.map(async (parts) => {
          const [only, ...more] = parts
          const band = only !== undefined && more.length === 0 ? only : Buffer.concat(parts)
          return [await compress(band, zstdOptions)]
        }),
      )
    } catch (error) {
      throw writeFailure(this.#options.folder, error)
    }
  }

  /**
   * Adds an encoded plane to its shard. Calls must follow each other, across the arrays that share their shards.
   * @returns once its place is known; `written`: when the operating system has it.
   * @throws CoverslipError DATA_FOLDER
   */
  async append(
    plane: PlanePlace,
    encoded: readonly (readonly Uint8Array[])[],
  ): Promise<{ readonly written: Promise<void> }> {
    const { folder, grid, shards, direct } = this.#options
    const { key, chunk } = shardOf(grid, plane)
    const chunks = chunksOfShard(grid)
    const shard = await shards.use(join(folder, key), { below: folder, chunks, direct })
    const written = shard.append(encoded.map((parts, band) => ({ chunk: chunk + band, parts })))
    shards.release(shard)
    return { written }
  }
}

/** The bands of a plane, the last one filled up with zeros: chunks of a grid are all of one size. */
function bandsIn(grid: ZarrGrid, pixels: Uint8Array): readonly (readonly Uint8Array[])[] {
  const { width, bandRows, bytesPerSample, samples } = grid
  const bytes = bandRows * width * bytesPerSample * samples
  return Array.from({ length: bandsOf(grid) }, (_, band) => {
    const part = pixels.subarray(band * bytes, (band + 1) * bytes)
    return part.length === bytes ? [part] : [part, new Uint8Array(bytes - part.length)]
  })
}
