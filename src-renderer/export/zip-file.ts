/** Pictures in a ZIP file, which is written as they come. */
import { StoredZip } from '../../src-shared/stored-zip.ts'
import { crc32 } from './crc32.ts'
import { type ExportFile, FileAppender } from './export-file.ts'

export class ZipFile {
  readonly #zip = new StoredZip(crc32)
  readonly #file: FileAppender

  constructor(file: ExportFile) {
    this.#file = new FileAppender(file)
  }

  /** One after the other. @throws why the file cannot be written */
  async add(name: string, content: Uint8Array): Promise<void> {
    const header = this.#zip.begin({ name, bytes: content.length, changedAt: new Date() })
    this.#zip.take(content)
    const end = this.#zip.end()
    const entry = new Uint8Array(header.length + content.length + end.length)
    entry.set(header)
    entry.set(content, header.length)
    entry.set(end, header.length + content.length)
    await this.#file.append(entry)
  }

  async finish(): Promise<void> {
    for (const piece of this.#zip.finish()) await this.#file.append(piece)
    await this.#file.close()
  }
}
