import { readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { readWithoutLinks } from '../../open-flags.ts'
import { reasonOf, unreadable } from './unreadable.ts'

/** Reads of less are not worth asking for the file’s size. */
const largeBytes = 2 ** 20

/** A file that is read here and there, and may grow or shrink meanwhile. */
export class RandomAccessFile {
  readonly path: string
  readonly #handle: FileHandle
  #closing: Promise<void> | undefined

  private constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  /** @throws CoverslipError UNREADABLE_IMAGE */
  static async open(path: string): Promise<RandomAccessFile> {
    let handle: FileHandle | undefined
    try {
      handle = await open(path, readWithoutLinks)
      if ((await handle.stat()).isFile()) return new RandomAccessFile(path, handle)
    } catch (error) {
      await handle?.close()
      throw unreadable(path, reasonOf(error), error)
    }
    await handle.close()
    throw unreadable(path, 'it is not a file')
  }

  /** Bytes that it has now. */
  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  /** `length` bytes from `at` on; fewer where the file ends. The caller bounds `length`. */
  async read(at: number, length: number): Promise<Buffer<ArrayBuffer>> {
    // What a damaged file claims to hold takes no memory.
    const there = length < largeBytes ? length : Math.min(length, Math.max(0, (await this.size()) - at))
    const bytes = Buffer.alloc(there)
    return bytes.subarray(0, await this.readInto(bytes, at))
  }

  /** Fills `target` from `at` on. @returns how many bytes were there. @throws CoverslipError UNREADABLE_IMAGE */
  async readInto(target: Uint8Array, at: number): Promise<number> {
    let filled = 0
    try {
      while (filled < target.length) {
        const { bytesRead } = await this.#handle.read(target, filled, target.length - filled, at + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
    } catch (error) {
      throw unreadable(this.path, reasonOf(error), error)
    }
    return filled
  }

  /**
   * As `readInto` for a few bytes, without giving way: where a hundred thousand of them have to be read one after the
   * other, waiting for each costs ten times as much.
   */
  readFewInto(target: Uint8Array, at: number): number {
    try {
      return readSync(this.#handle.fd, target, 0, target.length, at)
    } catch (error) {
      throw unreadable(this.path, reasonOf(error), error)
    }
  }

  /** Reads under way still end. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#handle.close()
    return this.#closing
  }
}
