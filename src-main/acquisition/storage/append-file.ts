import { type FileHandle, open } from 'node:fs/promises'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { DirectWrites, diskBlockBytes, isRefusal } from './direct-writes.ts'
import { writeAll } from './write-all.ts'

/** Writes to one file wait for each other in the operating system: the second keeps it busy when the first is through. */
const writesAtOnce = 2
/** What is waiting is written together, but not more than this at once: threads and the file's lock are shared. */
const mostTogether = { bytes: 16 * 2 ** 20, parts: 512 }
/**
 * The disk is told to take what is there each time so much was added, or when something is added after so long. Left to
 * itself, Linux begins late, and everything that it put off would be waited for at the end, or be lost in a power cut.
 */
const flushEvery = { bytes: 128 * 2 ** 20, ms: 2000 }

type Append = {
  readonly parts: readonly Uint8Array[]
  readonly bytes: number
  readonly written: PromiseWithResolvers<void>
}

/**
 * A file that grows at its end. Several appends may be under way at once: each knows its place when it is called.
 * The first failure ends the file: later calls fail with it, and what was written stays.
 */
export class AppendFile {
  readonly path: string
  readonly #handle: FileHandle
  /** Takes what is appended, in place of the handle. */
  readonly #direct: DirectWrites | undefined
  /** The file system has said so only when it was written to. */
  #refusesDirect = false
  /** Appends that no write has taken yet, the first of which goes to `#queuedAt`. */
  #queue: Append[] = []
  #queuedAt = 0
  #writing = 0
  readonly #pending = new Set<Promise<void>>()
  #length = 0
  #flushedTo = 0
  #flushedAtMs = performance.now()
  #flushing = false
  #failure: CoverslipError | undefined
  #closing: Promise<void> | undefined

  private constructor(path: string, handle: FileHandle, direct: DirectWrites | undefined) {
    this.path = path
    this.#handle = handle
    this.#direct = direct
  }

  /**
   * @param direct past the operating system's cache, where that is possible: for much data. Bytes that are patched must
   *   not share a block of `diskBlockBytes` with any that are still to be appended.
   * @throws CoverslipError DATA_FOLDER when it exists already or cannot be made.
   */
  static async create(path: string, { direct = false } = {}): Promise<AppendFile> {
    let handle: FileHandle | undefined
    try {
      handle = await open(path, 'wx+')
      return new AppendFile(path, handle, direct ? await DirectWrites.open(path) : undefined)
    } catch (error) {
      await handle?.close()
      throw writeFailure(path, error)
    }
  }

  /** Goes on at the end of a file that is there; `direct` where that is also an end of a block. @throws CoverslipError DATA_FOLDER */
  static async resume(path: string, { direct = false } = {}): Promise<AppendFile> {
    let handle: FileHandle | undefined
    try {
      handle = await open(path, 'r+')
      const { size } = await handle.stat()
      const isWhole = size % diskBlockBytes === 0
      const file = new AppendFile(path, handle, direct && isWhole ? await DirectWrites.open(path) : undefined)
      file.#length = size
      file.#queuedAt = size
      file.#flushedTo = size
      return file
    } catch (error) {
      await handle?.close()
      throw writeFailure(path, error)
    }
  }

  /** Where the next append goes, bytes from the beginning. */
  get length(): number {
    return this.#length
  }

  /**
   * Adds `parts` one after the other; they must not change until it resolves.
   * @returns when the operating system has them.
   * @throws CoverslipError DATA_FOLDER naming the file and the cause.
   */
  append(parts: readonly Uint8Array[]): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const bytes = parts.reduce((sum, { length }) => sum + length, 0)
    this.#length += bytes
    const written = Promise.withResolvers<void>()
    this.#queue.push({ parts, bytes, written })
    this.#track(written.promise)
    this.#writeNext()
    return written.promise
  }

  /** Replaces bytes that were written before. @throws as `append` */
  patch(at: number, bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const patched = writeAll(this.#handle, [bytes], at).catch((error: unknown) => {
      throw this.#fail(error)
    })
    this.#track(patched)
    return patched
  }

  /**
   * Waits for what is under way, and, unless `until` is `written`, for the disk, and closes. Safe to call twice.
   * @throws as `append`
   */
  close({ until = 'onDisk' }: { readonly until?: 'written' | 'onDisk' } = {}): Promise<void> {
    this.#closing ??= this.#close(until)
    return this.#closing
  }

  async #close(until: 'written' | 'onDisk'): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending)
    try {
      if (this.#failure === undefined) {
        // Direct writes end with whole blocks.
        if (this.#direct !== undefined) await this.#handle.truncate(this.#length)
        if (until === 'onDisk') await this.#handle.sync()
      }
    } catch (error) {
      this.#fail(error)
    }
    const handles = [...(this.#direct === undefined ? [] : [this.#direct]), this.#handle]
    for (const closed of await Promise.allSettled(handles.map((handle) => handle.close())))
      if (closed.status === 'rejected') this.#fail(closed.reason)
    if (this.#failure !== undefined) throw this.#failure
  }

  #track(work: Promise<void>): void {
    const tracked = work
      // Whoever asked for it hears of its failure.
      .catch(() => undefined)
      .finally(() => this.#pending.delete(tracked))
    this.#pending.add(tracked)
  }

  #fail(error: unknown): CoverslipError {
    this.#failure ??= writeFailure(this.path, error)
    for (const { written } of this.#queue.splice(0)) written.reject(this.#failure)
    return this.#failure
  }

  #writeNext(): void {
    while (this.#writing < writesAtOnce && this.#queue.length > 0) {
      const taken = this.#takeTogether()
      const at = this.#queuedAt
      this.#queuedAt += taken.reduce((sum, { bytes }) => sum + bytes, 0)
      this.#writing += 1
      void this.#writeTogether(taken, at)
    }
  }

  #takeTogether(): readonly Append[] {
    let [count, bytes, parts] = [0, 0, 0]
    for (const append of this.#queue) {
      bytes += append.bytes
      parts += append.parts.length
      if (count > 0 && (bytes > mostTogether.bytes || parts > mostTogether.parts)) break
      count += 1
    }
    return this.#queue.splice(0, count)
  }

  async #writeTogether(appends: readonly Append[], at: number): Promise<void> {
    try {
      const parts = appends.flatMap(({ parts: own }) => own)
      if (!(await this.#writeDirectly(parts, at))) await writeAll(this.#handle, parts, at)
      for (const { written } of appends) written.resolve()
    } catch (error) {
      const failure = this.#fail(error)
      for (const { written } of appends) written.reject(failure)
    } finally {
      this.#writing -= 1
    }
    this.#writeNext()
    this.#flush()
  }

  #flush(): void {
    const bytes = this.#queuedAt - this.#flushedTo
    const nowMs = performance.now()
    if (bytes < flushEvery.bytes && nowMs - this.#flushedAtMs < flushEvery.ms) return
    if (this.#flushing || this.#failure !== undefined || bytes === 0) return
    this.#flushing = true
    this.#flushedTo = this.#queuedAt
    this.#flushedAtMs = nowMs
    const flushed = this.#handle
      .datasync()
      .catch((error: unknown) => {
        throw this.#fail(error)
      })
      .finally(() => {
        this.#flushing = false
      })
    this.#track(flushed)
  }

  /** False: it has to be written through the cache. */
  async #writeDirectly(parts: readonly Uint8Array[], at: number): Promise<boolean> {
    if (this.#direct === undefined || this.#refusesDirect) return false
    try {
      await this.#direct.write(parts, at)
      return true
    } catch (error) {
      if (!isRefusal(error)) throw error
      this.#refusesDirect = true
      return false
    }
  }
}

/** What went wrong with a file, in words for whoever looks at the disk. */
export function writeFailure(path: string, error: unknown): CoverslipError {
  if (error instanceof CoverslipError) return error
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const reason = error instanceof Error ? error.message : String(error)
  const known = typeof code === 'string' ? causes[code] : undefined
  return new CoverslipError('DATA_FOLDER', `${path} could not be written: ${known?.cause ?? reason}`, {
    hint: known?.hint ?? 'Check that the disk has room and that this folder may be written.',
    cause: error,
  })
}

const causes: Readonly<Record<string, { readonly cause: string; readonly hint: string }>> = {
  ENOSPC: { cause: 'the disk is full', hint: 'Free some space, or choose a data folder on another disk.' },
  EDQUOT: { cause: 'the quota is used up', hint: 'Free some space, or choose another data folder.' },
  EROFS: { cause: 'the disk is read-only', hint: 'Check the disk, or choose a data folder on another one.' },
  EPERM: { cause: 'that is not allowed', hint: 'Change the folder’s permissions, or choose another one.' },
  EACCES: { cause: 'that is not allowed', hint: 'Change the folder’s permissions, or choose another one.' },
  EEXIST: { cause: 'it exists already', hint: 'Choose another name: nothing is ever overwritten.' },
  ENOENT: { cause: 'its folder is gone', hint: 'Was it removed, or the disk unplugged?' },
}
