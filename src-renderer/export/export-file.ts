/** The file that an export writes: one that the user chose on his disk, or memory, to be downloaded. */
import { CoverslipError } from '../../src-shared/errors.ts'

/** A part of a file; parts come in any order, and may be written over. */
export type FileChunk = {
  readonly type: 'write'
  readonly position: number
  readonly data: Uint8Array<ArrayBuffer>
}

/** What browsers are sure to download out of memory. */
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
      close: () => storage.close().catch(writeFailure),
    })
  }

  /** @throws CoverslipError DATA_FOLDER, DOMException when the file cannot be written */
  static async open(handle: FileSystemFileHandle | undefined): Promise<ExportFile> {
    if (handle === undefined) return new ExportFile(new Memory())
    const writable = await handle.createWritable().catch(writeFailure)
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
    await this.#storage.write(chunk).catch(writeFailure)
    this.#bytes = Math.max(this.#bytes, chunk.position + chunk.data.length)
  }
}

/** What browsers say when a file cannot be written, in words. @throws CoverslipError DATA_FOLDER; `error` where it says enough */
function writeFailure(error: unknown): never {
  if (!(error instanceof DOMException)) throw error
  const reason = writeFailures[error.name]
  if (reason === undefined) throw error
  throw new CoverslipError('DATA_FOLDER', `The file cannot be written: ${reason}`, {
    hint: 'Choose another folder, or export fewer or smaller pictures.',
    cause: error,
  })
}

/** By the names of errors of the File System Access API. */
const writeFailures: Readonly<Record<string, string>> = {
  QuotaExceededError: 'there is no room left on the disk',
  NotAllowedError: 'the browser may not write there any more',
  NotFoundError: 'the file or its folder has gone',
  NoModificationAllowedError: 'another program or page is writing it',
}

/** Of the memory that a file is kept in; what is kept never moves. */
const blockBytes = 16 * 2 ** 20

/** Blocks of memory, as many as it takes. */
class Memory implements Storage {
  readonly #blocks: Uint8Array<ArrayBuffer>[] = []
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
    while (this.#blocks.length * blockBytes < end) this.#blocks.push(new Uint8Array(blockBytes))
    for (let done = 0; done < data.length; ) {
      const at = position + done
      const offset = at % blockBytes
      const part = data.subarray(done, done + blockBytes - offset)
      this.#blocks[Math.floor(at / blockBytes)]?.set(part, offset)
      done += part.length
    }
    this.#length = Math.max(this.#length, end)
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  blob(type: string): Blob {
    const parts = this.#blocks.map((block, i) => block.subarray(0, this.#length - i * blockBytes))
    return new Blob(parts, { type })
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
