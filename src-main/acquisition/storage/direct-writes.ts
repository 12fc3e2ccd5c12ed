/**
 * Writes past the operating system's cache (`O_DIRECT`), where the file system takes them: the disk fetches the bytes by
 * itself instead of having every one of them copied into memory that has to be found first. Linux wants the memory, the
 * place in the file and the length to be multiples of the disk's blocks (open(2), "O_DIRECT").
 */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pageAlignedMemory } from '../../../src-shared/kernels/page-aligned-memory.ts'

/** What places and lengths have to be multiples of; no disk has larger blocks. */
export const diskBlockBytes = 4096
/** Bytes that go to the disk at once. */
const stagingBytes = 16 * 2 ** 20
/** Memory that writes of this thread have used, whatever their file: as much as was ever under way at once. */
const idleStaging: Uint8Array<ArrayBuffer>[] = []

/**
 * One file's bytes, written from its beginning to its end without a gap; the last block is filled up with zeros until
 * more comes. Whoever closes the file cuts it to its length.
 */
export class DirectWrites {
  readonly #handle: FileHandle
  /** What stands in the block that the file ends in, when it does not end with it. */
  readonly #tail = new Uint8Array(diskBlockBytes)
  #before: Promise<void> = Promise.resolve()

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /**
   * Of an empty file. Undefined where this system or the file's disk does not have it.
   * @throws Error of the file system
   */
  static async open(path: string): Promise<DirectWrites | undefined> {
    // Not on macOS.
    if (constants.O_DIRECT === undefined) return undefined
    let handle: FileHandle | undefined
    try {
      handle = await open(path, constants.O_WRONLY | constants.O_DIRECT)
      const writes = new DirectWrites(handle)
      // Some file systems refuse it only now.
      await writes.#put(pageAlignedMemory(diskBlockBytes), 0)
      await handle.truncate(0)
      return writes
    } catch (error) {
      await handle?.close()
      if (error instanceof Error && 'code' in error && error.code === 'EINVAL') return undefined
      throw error
    }
  }

  /**
   * Writes `parts` one after the other to `at`, where the write before ends; several may be under way.
   * @throws Error of the file system
   */
  write(parts: readonly Uint8Array[], at: number): Promise<void> {
    const written = this.#write(parts, at, this.#before)
    this.#before = written
    return written
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  async #write(parts: readonly Uint8Array[], at: number, before: Promise<void>): Promise<void> {
    // Two that share a block must not meet, and the first leaves what it wrote there.
    let filled = at % diskBlockBytes
    if (filled > 0) await before
    const staging = idleStaging.pop() ?? pageAlignedMemory(stagingBytes)
    try {
      let position = at - filled
      staging.set(this.#tail.subarray(0, filled))
      for (const part of parts) {
        for (let taken = 0; taken < part.length; ) {
          const some = part.subarray(taken, taken + staging.length - filled)
          staging.set(some, filled)
          taken += some.length
          filled += some.length
          if (filled < staging.length) continue
          await this.#put(staging, position)
          position += filled
          filled = 0
        }
      }
      if (filled === 0) return
      const end = Math.ceil(filled / diskBlockBytes) * diskBlockBytes
      staging.fill(0, filled, end)
      if (filled < end) this.#tail.set(staging.subarray(end - diskBlockBytes, end))
      await this.#put(staging.subarray(0, end), position)
    } finally {
      idleStaging.push(staging)
    }
  }

  async #put(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, at + done)
      if (bytesWritten === 0) throw new Error('nothing could be written')
      done += bytesWritten
    }
  }
}
