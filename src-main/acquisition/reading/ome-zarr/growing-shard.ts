import { type FileHandle, open } from 'node:fs/promises'
import { readWithoutLinks } from '../../../open-flags.ts'
import type { ChunkExtent } from '../../storage/ome-zarr/shard-index.ts'
import { markBytes, partOf, readMark } from '../../storage/ome-zarr/shard-file.ts'

/**
 * A shard of ours that is still being written, and has no index yet: its chunks are found by the marks of its log, which
 * is read on as it grows. Whether a chunk is there whole, the frame log says.
 */
export class GrowingShard {
  readonly #path: string
  readonly #extents = new Map<number, ChunkExtent>()
  /** Where the next mark will be. */
  #end = 0
  #scanning: Promise<unknown> = Promise.resolve()

  /** @param path of the shard, as it will be called. */
  constructor(path: string) {
    this.#path = partOf(path)
  }

  /** What `read` makes of a chunk; undefined when it is not there, or the shard has been completed. */
  async read<Result>(
    chunk: number,
    read: (file: FileHandle, extent: ChunkExtent) => Promise<Result>,
  ): Promise<Result | undefined> {
    const file = await this.#open()
    if (file === undefined) return undefined
    try {
      if (!this.#extents.has(chunk)) await this.#scan(file)
      const extent = this.#extents.get(chunk)
      return extent === undefined ? undefined : await read(file, extent)
    } finally {
      await file.close()
    }
  }

  async #open(): Promise<FileHandle | undefined> {
    try {
      return await open(this.#path, readWithoutLinks)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    }
  }

  /** One after the other. */
  #scan(file: FileHandle): Promise<void> {
    const scan = this.#scanning.then(async () => {
      for (;;) {
        const mark = await readMark(file, this.#end)
        if (mark === undefined) return
        const { number, length, padding } = mark
        this.#extents.set(Number(number), { offset: this.#end + markBytes, length })
        this.#end += markBytes + length + padding
      }
    })
    // Who asked learns of a failure; the next scan goes on from where it was.
    this.#scanning = scan.catch(() => undefined)
    return scan
  }
}
