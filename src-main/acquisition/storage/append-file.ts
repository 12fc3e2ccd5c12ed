import { type FileHandle, open } from 'node:fs/promises'
import { CoverslipError } from '../../../src-shared/errors.ts'

/**
 * A file that grows at its end. Several appends may be under way at once: each knows its place when it is called.
 * The first failure ends the file: later calls fail with it, and what was written stays.
 */
export class AppendFile {
  readonly path: string
  readonly #handle: FileHandle
  readonly #pending = new Set<Promise<void>>()
  #length = 0
  #failure: CoverslipError | undefined
  #closing: Promise<void> | undefined

  private constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  /** @throws CoverslipError DATA_FOLDER when it exists already or cannot be made. */
  static async create(path: string): Promise<AppendFile> {
    try {
      return new AppendFile(path, await open(path, 'wx+'))
    } catch (error) {
      throw writeFailure(path, error)
    }
  }

  /** Goes on at the end of a file that is there. @throws CoverslipError DATA_FOLDER */
  static async resume(path: string): Promise<AppendFile> {
    try {
      const handle = await open(path, 'r+')
      const { size } = await handle.stat()
      const file = new AppendFile(path, handle)
      file.#length = size
      return file
    } catch (error) {
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
    const at = this.#length
    this.#length += parts.reduce((sum, { length }) => sum + length, 0)
    return this.#write(parts, at)
  }

  /** Replaces bytes that were written before. @throws as `append` */
  patch(at: number, bytes: Uint8Array): Promise<void> {
    return this.#write([bytes], at)
  }

  /** Waits for what is under way and for the disk, and closes. Safe to call twice. @throws as `append` */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#pending)
    try {
      if (this.#failure === undefined) await this.#handle.sync()
    } catch (error) {
      this.#failure ??= writeFailure(this.path, error)
    } finally {
      await this.#handle.close()
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  async #write(parts: readonly Uint8Array[], at: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    const written = this.#writeAll(parts, at)
    this.#pending.add(written)
    try {
      await written
    } catch (error) {
      this.#failure ??= writeFailure(this.path, error)
      throw this.#failure
    } finally {
      this.#pending.delete(written)
    }
  }

  /** `writev` may write less than it was given, as on a disk that is filling up. */
  async #writeAll(parts: readonly Uint8Array[], at: number): Promise<void> {
    let left = parts.filter(({ length }) => length > 0)
    let position = at
    while (left.length > 0) {
      const { bytesWritten } = await this.#handle.writev(left, position)
      if (bytesWritten === 0) throw new Error('nothing could be written')
      position += bytesWritten
      left = withoutFirst(left, bytesWritten)
    }
  }
}

function withoutFirst(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes
  return parts.flatMap((part) => {
    const skipped = Math.min(skip, part.length)
    skip -= skipped
    return skipped === part.length ? [] : [part.subarray(skipped)]
  })
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
  EACCES: { cause: 'that is not allowed', hint: 'Change the folder’s permissions, or choose another one.' },
  EEXIST: { cause: 'it exists already', hint: 'Choose another name: nothing is ever overwritten.' },
  ENOENT: { cause: 'its folder is gone', hint: 'Was it removed, or the disk unplugged?' },
}
