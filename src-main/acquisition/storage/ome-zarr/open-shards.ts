import { access } from 'node:fs/promises'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { type NewShard, ShardFile } from './shard-file.ts'

/** Files open at once: as many as one shard of each position takes (`zarrGrid`), and some more. */
const maxOpen = 64

/**
 * The shards of a dataset that are being written. A shard is completed when it is full, or, as images may have been
 * skipped, when it was not used for longest and others need its place. If another image comes for it then, it is taken up
 * again.
 *
 * Calls of `use` must follow each other; what they return may be used until the next call.
 */
export class OpenShards {
  /** By path; the one used last is last. */
  readonly #open = new Map<string, ShardFile>()
  /** By path. */
  readonly #completing = new Map<string, Promise<void>>()
  /** Shards go to the disk one after the other, so that writing keeps a thread. */
  #turn: Promise<void> = Promise.resolve()
  #failure: CoverslipError | undefined
  /** Shards completed so far. */
  #completed = 0

  get completed(): number {
    return this.#completed
  }

  /**
   * The shard `path` of `chunks` chunks, of an array in the folder `below`; as `ShardFile.create`.
   * @throws CoverslipError DATA_FOLDER, also when a shard before it could not be completed
   */
  async use(path: string, options: NewShard): Promise<ShardFile> {
    if (this.#failure !== undefined) throw this.#failure
    const shard = this.#open.get(path) ?? (await this.#begin(path, options))
    this.#open.delete(path)
    this.#open.set(path, shard)
    return shard
  }

  /** To be called after appending: completes the shard in the background if it is full. */
  release(shard: ShardFile): void {
    if (shard.isFull) this.#complete(shard)
  }

  /** Completes all. Resolves when they are on the disk. @throws CoverslipError DATA_FOLDER */
  async close(): Promise<void> {
    for (const shard of this.#open.values()) this.#complete(shard)
    await this.#turn
    if (this.#failure !== undefined) throw this.#failure
  }

  async #begin(path: string, options: NewShard): Promise<ShardFile> {
    await this.#completing.get(path)
    const [oldest] = this.#open.values()
    if (this.#open.size >= maxOpen && oldest !== undefined) this.#complete(oldest)
    const isThere = await access(path).then(
      () => true,
      () => false,
    )
    return isThere ? ShardFile.resume(path, options) : ShardFile.create(path, options)
  }

  #complete(shard: ShardFile): void {
    this.#open.delete(shard.path)
    const completed = this.#turn
      .then(() => shard.complete())
      .then(() => {
        this.#completed += 1
      })
      // Told by the next call.
      .catch((error: unknown) => {
        this.#failure ??= CoverslipError.from(error, 'DATA_FOLDER')
      })
      .finally(() => this.#completing.delete(shard.path))
    this.#completing.set(shard.path, completed)
    this.#turn = completed
  }
}
