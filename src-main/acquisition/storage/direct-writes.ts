/**
 * Writes past the operating system's cache (`O_DIRECT`), where the file system takes them: the disk fetches the bytes by
 * itself instead of having every one of them copied into memory that has to be found first. Linux wants the memory, the
 * place in the file and the length to be multiples of the disk's blocks (open(2), "O_DIRECT"). Bytes that lie so, as
 * images in `FrameBuffers` do, go to the disk from where they are; others are copied together first.
 */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import {
  beginsAtPage,
  pageAlignedMemory,
  pageBytes,
} from '../../../src-shared/kernels/page-aligned-memory.ts'
import { writeAll } from './write-all.ts'

/** What places and lengths have to be multiples of; no disk has larger blocks. */
export const diskBlockBytes = pageBytes
/** Memory for bytes that are copied together: what goes to the disk at once. */
const stagingBytes = 16 * 2 ** 20
/** Such memory that writes of this thread have used, whatever their file: as much as was ever under way at once. */
const idleStaging: Uint8Array<ArrayBuffer>[] = []

/**
 * One file's bytes, written one after the other without a gap; the last block is filled up with zeros until
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
   * Of a file that ends with a whole block, or is empty. Undefined where this system or the file's disk does not have it.
   * @throws Error of the file system
   */
  static async open(path: string): Promise<DirectWrites | undefined> {
    // Not on macOS.
    if (constants.O_DIRECT === undefined) return undefined
    try {
      return new DirectWrites(await open(path, constants.O_WRONLY | constants.O_DIRECT))
    } catch (error) {
      if (isRefusal(error)) return undefined
      throw error
    }
  }

  /**
   * Writes `parts` one after the other to `at`, where the write before ends; several may be under way.
   * @throws Error of the file system; one that `isRefusal` where it takes no direct writes, or not these
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
    const filled = at % diskBlockBytes
    if (filled > 0) await before
    const memory = idleStaging.pop() ?? pageAlignedMemory(stagingBytes)
    try {
      const blocks = new WholeBlocks(memory, this.#tail.subarray(0, filled))
      let position = at - filled
      const put = async () => {
        const { pieces, bytes } = blocks.take()
        await writeAll(this.#handle, pieces, position)
        position += bytes
      }
      for (const part of parts) {
        for (let left = part; left.length > 0; ) {
          left = left.subarray(blocks.add(left))
          if (blocks.full) await put()
        }
      }
      const tail = blocks.fillUp()
      if (tail !== undefined) this.#tail.set(tail)
      await put()
    } finally {
      idleStaging.push(memory)
    }
  }
}

/** Bytes that follow each other in a file, as pieces of whole blocks, each beginning at a page of memory. */
class WholeBlocks {
  readonly #memory: Uint8Array<ArrayBuffer>
  /** Of `memory`: copied into it, and of that, already one of the pieces. */
  #copied: number
  #taken = 0
  #pieces: Uint8Array[] = []

  /** @param start of the first block: what stands there already */
  constructor(memory: Uint8Array<ArrayBuffer>, start: Uint8Array) {
    this.#memory = memory
    memory.set(start)
    this.#copied = start.length
  }

  /** There is no memory to copy more to: what is there has to be taken. */
  get full(): boolean {
    return this.#copied === this.#memory.length
  }

  /** Adds what it can of `bytes`. @returns how many; not 0 unless it is full */
  add(bytes: Uint8Array): number {
    const whole = bytes.length - (bytes.length % diskBlockBytes)
    if (whole > 0 && this.#copied % diskBlockBytes === 0 && beginsAtPage(bytes)) {
      this.#takeCopied()
      this.#pieces.push(bytes.subarray(0, whole))
      return whole
    }
    const some = bytes.subarray(0, this.#memory.length - this.#copied)
    this.#memory.set(some, this.#copied)
    this.#copied += some.length
    return some.length
  }

  /** Fills up the last block with zeros. @returns that block; undefined where it was full */
  fillUp(): Uint8Array | undefined {
    if (this.#copied % diskBlockBytes === 0) return undefined
    const end = Math.ceil(this.#copied / diskBlockBytes) * diskBlockBytes
    this.#memory.fill(0, this.#copied, end)
    this.#copied = end
    return this.#memory.subarray(end - diskBlockBytes, end)
  }

  /** What was added since the last time. */
  take(): { readonly pieces: readonly Uint8Array[]; readonly bytes: number } {
    this.#takeCopied()
    const pieces = this.#pieces
    this.#pieces = []
    this.#copied = 0
    this.#taken = 0
    return { pieces, bytes: pieces.reduce((sum, { length }) => sum + length, 0) }
  }

  #takeCopied(): void {
    if (this.#copied > this.#taken) this.#pieces.push(this.#memory.subarray(this.#taken, this.#copied))
    this.#taken = this.#copied
  }
}

/** Whether a file system says by `error` that it has no direct writes; some say so only at the first. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EINVAL' || error.code === 'EOPNOTSUPP')
}
