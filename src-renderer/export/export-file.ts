/** The file that an export writes: one that the user chose on his disk, or memory, to be downloaded. */
import { CoverslipError } from '../../src-shared/errors.ts'

/** A part of a file; parts come in any order, and may be written over. */
export type FileChunk = {
  readonly type: 'write'
  readonly position: number
  readonly data: Uint8Array<ArrayBuffer>
}

/** What browsers hold in one buffer for sure. */
const mostMemoryBytes = 2 ** 31 - 2 ** 20

/** Takes the bytes of a file. */
interface Storage {
  write(chunk: FileChunk): Promise<void>
  close(): Promise<void>
}

export class ExportFile {
  /** For whoever writes here and there. */
  readonly stream: WritableStream<FileChunk>
  readonly #storage: Storage
  #bytes = 0

  private constructor(storage: Storage) {
    this.#storage = storage
    this.stream = new WritableStream({
      write: (chunk) => this.#write(chunk),
      close: () => storage.close(),
    })
  }

  /** @throws DOMException when the file cannot be written */
  static async open(handle: FileSystemFileHandle | undefined): Promise<ExportFile> {
    if (handle === undefined) return new ExportFile(new Memory())
    const writable = await handle.createWritable()
    return new ExportFile({
      // What is written becomes visible when it is closed.
      write: (chunk) => writable.write(chunk),
      close: () => writable.close(),
    })
  }

  /** Length so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** The complete file, where it is in memory. */
  download(type: string): Blob | undefined {
    return this.#storage instanceof Memory ? this.#storage.blob(type) : undefined
  }

  async #write(chunk: FileChunk): Promise<void> {
    await this.#storage.write(chunk)
    this.#bytes = Math.max(this.#bytes, chunk.position + chunk.data.length)
  }
}

/** A buffer that grows. */
class Memory implements Storage {
  #buffer = new Uint8Array(2 ** 20)
  #length = 0

  write({ position, data }: FileChunk): Promise<void> {
    const end = position + data.length
    if (end > mostMemoryBytes) {
      throw new CoverslipError(
        'TOO_LARGE',
        'The file becomes larger than 2 GB, which this browser cannot download',
        {
          hint: 'Export fewer pictures at a time, or use Chrome or Edge, which write to the disk directly.',
        },
      )
    }
    if (end > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(mostMemoryBytes, Math.max(end, 2 * this.#buffer.length)))
      larger.set(this.#buffer.subarray(0, this.#length))
      this.#buffer = larger
    }
    this.#buffer.set(data, position)
    this.#length = Math.max(this.#length, end)
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  blob(type: string): Blob {
    return new Blob([this.#buffer.subarray(0, this.#length)], { type })
  }
}

/** Writes a file from its beginning to its end, and over what was written. */
export class FileAppender {
  readonly #writer: WritableStreamDefaultWriter<FileChunk>
  #length = 0

  constructor({ stream }: ExportFile) {
    this.#writer = stream.getWriter()
  }

  async append(data: Uint8Array<ArrayBuffer>): Promise<void> {
    const position = this.#length
    this.#length += data.length
    await this.#writer.write({ type: 'write', position, data })
  }

  /** Writes over what is at `position`. */
  replace(position: number, data: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#writer.write({ type: 'write', position, data })
  }

  close(): Promise<void> {
    return this.#writer.close()
  }
}
