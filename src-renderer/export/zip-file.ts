/** Pictures in a ZIP file, which is written as they come. */
import { makeZip } from 'client-zip'
import { type ExportFile, FileAppender } from './export-file.ts'

type Entry = { readonly name: string; readonly input: Blob | Uint8Array<ArrayBuffer> }

export class ZipFile {
  readonly #entries: WritableStreamDefaultWriter<Entry>
  readonly #written: Promise<void>
  #failure: unknown

  constructor(file: ExportFile) {
    const { readable, writable } = new TransformStream<Entry, Entry>()
    this.#entries = writable.getWriter()
    this.#written = copy(makeZip(each(readable)), new FileAppender(file))
    this.#written.catch((error: unknown) => {
      this.#failure = error
      void this.#entries.abort(error)
    })
  }

  /** @throws why the file cannot be written */
  async add(entry: Entry): Promise<void> {
    try {
      await this.#entries.write(entry)
    } catch (error) {
      throw this.#failure ?? error
    }
  }

  async finish(): Promise<void> {
    await this.#entries.close()
    await this.#written
  }
}

async function copy(from: ReadableStream<Uint8Array>, to: FileAppender): Promise<void> {
  // What it gives may be a view into what is used again.
  for await (const piece of each(from)) await to.append(piece.slice())
  await to.close()
}

/** As streams are in browsers that cannot iterate over them. */
async function* each<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}
