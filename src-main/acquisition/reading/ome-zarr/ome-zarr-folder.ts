import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type FoundImage, findImages } from './find-images.ts'
import { type OwnDataset, ownDataset } from './own-attributes.ts'
import { ZarrArrayReader } from './zarr-array-reader.ts'
import { readZarrArray, readZarrNode } from './zarr-metadata.ts'

/** Arrays whose readers, with what they know of shards, are kept. */
const maxReaders = 16

/** What a dataset's metadata say of it. */
export type OmeZarrContent = {
  readonly images: readonly FoundImage[]
  /** Undefined for datasets of others. */
  readonly own: OwnDataset | undefined
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A dataset on disk, read anew whenever its root has changed. */
export class OmeZarrFolder {
  readonly root: string
  #content: { readonly stamp: string; readonly read: Promise<OmeZarrContent> } | undefined
  /** By folder of the array, the one used last is last. */
  readonly #readers = new Map<string, Promise<ZarrArrayReader>>()

  constructor(root: string) {
    this.root = root
  }

  /** @throws CoverslipError UNREADABLE_IMAGE */
  async content(): Promise<OmeZarrContent> {
    const stamp = await this.#stamp()
    if (this.#content?.stamp !== stamp) {
      this.#readers.clear()
      this.#content = { stamp, read: this.#read() }
    }
    return this.#content.read
  }

  /** The reader of the array `folder`. @throws CoverslipError UNREADABLE_IMAGE */
  reader(folder: string): Promise<ZarrArrayReader> {
    const reader = this.#readers.get(folder) ?? this.#openReader(folder)
    this.#readers.delete(folder)
    this.#readers.set(folder, reader)
    reader.catch(() => this.#readers.delete(folder))
    const [oldest] = this.#readers.keys()
    if (this.#readers.size > maxReaders && oldest !== undefined) this.#readers.delete(oldest)
    return reader
  }

  async #openReader(folder: string): Promise<ZarrArrayReader> {
    const { own } = await this.content()
    return new ZarrArrayReader(await readZarrArray(folder, this.root), {
      isGrowing: own?.state === 'growing',
    })
  }

  async #read(): Promise<OmeZarrContent> {
    const node = await readZarrNode(this.root)
    const own = ownDataset(node.attributes)
    // One that has just begun has no image yet.
    const isEmpty = own?.state === 'growing' && !('ome' in node.attributes)
    return { images: isEmpty ? [] : await findImages(this.root, node), own, attributes: node.attributes }
  }

  async #stamp(): Promise<string> {
    const stamps = ['zarr.json', '.zattrs'].map(async (name) => {
      const found = await stat(join(this.root, name)).catch(() => undefined)
      return found === undefined ? '' : `${found.mtimeMs} ${found.size} ${found.ino}`
    })
    return (await Promise.all(stamps)).join(', ')
  }
}
