import { TiffPages } from './tiff-pages.ts'

/** More files than one looks at side by side; fewer than a process may have open. */
const mostOpen = 16

type OpenFile = { readonly pages: Promise<TiffPages>; users: number }

/** The TIFF files of one dataset: opened when they are needed, and closed when others are needed more. */
export class TiffFiles {
  /** In the order in which they were used last. */
  readonly #open = new Map<string, OpenFile>()
  #closed = false

  /** Does `work` with the pages of the file at `path`. @throws CoverslipError UNREADABLE_IMAGE, and what `work` throws */
  async use<Result>(path: string, work: (pages: TiffPages) => Promise<Result>): Promise<Result> {
    const file = this.#open.get(path) ?? { pages: TiffPages.open(path), users: 0 }
    this.#open.delete(path)
    this.#open.set(path, file)
    file.users += 1
    try {
      return await work(await file.pages)
    } catch (error) {
      // One that could not be opened may be there the next time.
      if (this.#open.get(path) === file) await this.#forgetFailed(path, file)
      throw error
    } finally {
      file.users -= 1
      await this.#closeIdle()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#closeIdle()
  }

  async #forgetFailed(path: string, file: OpenFile): Promise<void> {
    const opened = await file.pages.then(
      () => true,
      () => false,
    )
    if (!opened) this.#open.delete(path)
  }

  async #closeIdle(): Promise<void> {
    const keep = this.#closed ? 0 : mostOpen
    for (const [path, file] of this.#open) {
      if (this.#open.size <= keep) return
      if (file.users > 0) continue
      this.#open.delete(path)
      await (await file.pages).close()
    }
  }
}
