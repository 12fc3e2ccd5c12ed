/** Small pictures that were made before: in memory, and in `.thumbnails` of the data folder. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundItem } from './gallery-scan.ts'

const folderName = '.thumbnails'
/** Of how pictures are made: those of another version are made anew. */
const version = 2
const mostBytesInMemory = 64 * 2 ** 20
/** The oldest go first. */
const mostOnDisk = { files: 10_000, bytes: 2 ** 30 }
/** Files written before the folder is looked at again. */
const writesPerCheck = 200

export class ThumbnailCache {
  readonly #folder: string
  readonly #memory = new Map<string, Uint8Array<ArrayBuffer>>()
  #bytes = 0
  #written = 0

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, folderName)
  }

  /** The picture that was kept, or the one that `make` makes; undefined: it made none, and is asked again. */
  async get(
    { id, changedAt, inode, bytes }: FoundItem,
    maxSize: number,
    make: () => Promise<Uint8Array<ArrayBuffer> | undefined>,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    // Another that is renamed to this name may be of the same time and size.
    const key = createHash('sha256')
      .update(`${version}\n${id}\n${changedAt}\n${inode}\n${bytes}\n${maxSize}`)
      .digest('hex')
      .slice(0, 40)
    const known = this.#memory.get(key) ?? (await this.#read(key))
    const picture = known ?? (await make())
    if (picture === undefined) return undefined
    this.#remember(key, picture)
    if (known === undefined) await this.#write(key, picture)
    return picture
  }

  #remember(key: string, picture: Uint8Array<ArrayBuffer>): void {
    this.#forget(key)
    this.#memory.set(key, picture)
    this.#bytes += picture.length
    for (const oldest of this.#memory.keys()) {
      if (this.#bytes <= mostBytesInMemory) return
      this.#forget(oldest)
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#memory.get(key)?.length ?? 0
    this.#memory.delete(key)
  }

  async #read(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return Uint8Array.from(await readFile(join(this.#folder, `${key}.png`)))
    } catch {
      // Not made yet, or not to be read: then it is made again.
      return undefined
    }
  }

  /** A disk that is full or read-only costs time, not pictures: what cannot be kept is made again. */
  async #write(key: string, picture: Uint8Array): Promise<void> {
    const path = join(this.#folder, `${key}.png`)
    try {
      await mkdir(this.#folder, { recursive: true })
      await writeFile(`${path}.part`, picture)
      await rename(`${path}.part`, path)
      if (this.#written++ % writesPerCheck === 0) await this.#prune()
    } catch {
      await rm(`${path}.part`, { force: true }).catch(() => undefined)
    }
  }

  async #prune(): Promise<void> {
    const names = await readdir(this.#folder)
    const files = await Promise.all(
      names.map(async (name) => {
        const { mtimeMs, size } = await stat(join(this.#folder, name))
        return { name, at: mtimeMs, size }
      }),
    )
    let bytes = 0
    for (const [i, { name, size }] of files.toSorted((a, b) => b.at - a.at).entries()) {
      bytes += size
      if (i >= mostOnDisk.files || bytes > mostOnDisk.bytes)
        await rm(join(this.#folder, name), { force: true })
    }
  }
}
