/**
 * Items that were deleted: below `recordings/.deleted`, each in a folder named by its key, until they are put back or
 * removed for good. Being on the same disk they are moved at once, however large they are; being hidden they are in no
 * list.
 *
 *     .deleted/<time>-<random>-<name>/deleted.json    what it is, and where it was
 *     .deleted/<time>-<random>-<name>/item/           its file or folder
 */
import { randomBytes } from 'node:crypto'
import { lstat, mkdir, readdir, rename, rm, rmdir, utimes, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type DeletedItem, deletedItemSchema } from '../../../src-shared/gallery.ts'
import { safeFileName } from '../new-file.ts'
import { readJson } from '../reading/read-json.ts'
import { movableItem } from './movable-item.ts'
import { galleryParent, recordingsRoot } from './gallery-path.ts'
import { isGone } from './gallery-scan.ts'
import { removeTree } from './remove-tree.ts'

const folderName = '.deleted'
const recordName = 'deleted.json'
const itemName = 'item'
/** Begins the name of what is being removed for good: it is not listed, and never put back in part. */
const removing = 'removing-'
const keyPattern = /^\d{1,15}-[\da-f]{8}-[\p{L}\p{M}\p{N}._-]*$/u
const dayMs = 24 * 3_600_000
/** Deleted items are removed for good after a week. */
const keptMs = 7 * dayMs

const recordSchema = deletedItemSchema.omit({ key: true, keptUntil: true }).extend({ version: z.literal(1) })

export class DeletedItems {
  readonly #dataFolder: string
  readonly #now: () => number
  #last: Promise<unknown> = Promise.resolve()
  /** Names of folders that are being removed for good. */
  readonly #beingRemoved = new Set<string>()

  /** @param now Unix time, ms */
  constructor(dataFolder: string, now: () => number = Date.now) {
    this.#dataFolder = dataFolder
    this.#now = now
  }

  /**
   * Takes an item out of the gallery.
   * @throws CoverslipError UNKNOWN_IMAGE; INVALID_INPUT: it is part of another; ACQUISITION_RUNNING; DATA_FOLDER: it cannot
   *   be moved
   */
  delete(id: string): Promise<DeletedItem> {
    return this.inTurn(async () => {
      const { path, name, bytes, files } = await movableItem(this.#dataFolder, id)
      const deletedAt = this.#now()
      // With its name, as keys stand in the log of changes.
      const key = `${deletedAt}-${randomBytes(4).toString('hex')}-${safeFileName(name)}`
      const record = { id, name, deletedAt, ...(bytes === undefined ? {} : { bytes }) }
      const place = join(await this.#folder(), key)
      await moving(name, async () => {
        await mkdir(join(place, itemName), { recursive: true })
        try {
          await writeFile(join(place, recordName), JSON.stringify({ version: 1, ...record }))
          await moveAll(dirname(path), join(place, itemName), files)
        } catch (error) {
          await removeEmptied(place).catch((left: unknown) =>
            console.error(`${place} was not removed:`, left),
          )
          throw error
        }
      })
      return { key, ...record, keptUntil: deletedAt + keptMs }
    })
  }

  /** What can be put back, newest first. */
  async list(): Promise<DeletedItem[]> {
    const keys = (await this.#names()).filter((name) => keyPattern.test(name))
    const items: DeletedItem[] = []
    for (const key of keys) {
      const item = await this.#find(key)
      if (item !== undefined) items.push(item)
    }
    return items.sort((a, b) => b.deletedAt - a.deletedAt)
  }

  /**
   * Puts an item back where it was.
   * @returns its id
   * @throws CoverslipError UNKNOWN_IMAGE: it is not among them; DATA_FOLDER: something else is in its place, or it cannot be
   *   moved
   */
  restore(key: string): Promise<string> {
    return this.inTurn(async () => {
      const item = await this.#find(key)
      if (item === undefined) throw notDeleted(key)
      const { id, name } = item
      const place = join(await this.#folder(), key)
      await moving(name, async () => {
        const target = await galleryParent(this.#dataFolder, id)
        const files = await readdir(join(place, itemName))
        for (const file of files) await refuseTaken(join(target, file), id)
        await moveAll(join(place, itemName), target, files)
        await removeEmptied(place)
      })
      return id
    })
  }

  /** Removes an item for good. @throws CoverslipError UNKNOWN_IMAGE: it is not among them; DATA_FOLDER */
  async remove(key: string): Promise<void> {
    const { name } = await this.inTurn(async () => {
      const item = await this.#find(key)
      if (item === undefined) throw notDeleted(key)
      const folder = await this.#folder()
      await moving(item.name, () => rename(join(folder, key), join(folder, removing + key)))
      return item
    })
    // That may take long: whoever deletes or puts back meanwhile does not wait for it.
    await moving(name, () => this.#removeFolder(removing + key))
  }

  /**
   * Removes for good what was deleted a week ago, and what was being removed when the program last ended.
   * @throws CoverslipError DATA_FOLDER when any of it cannot be removed; the rest is
   */
  async removeOld(): Promise<void> {
    const failures: CoverslipError[] = []
    const attempt = (work: Promise<void>) =>
      work.catch((error: unknown) => void failures.push(CoverslipError.from(error, 'DATA_FOLDER')))
    for (const item of await this.list()) await attempt(this.#removeIfOld(item))
    for (const name of await this.#names())
      if (name.startsWith(removing)) await attempt(this.#removeFolder(name))
    const [failure] = failures
    if (failure !== undefined) throw failure
  }

  /** Does `work` after all that moves items: two of them may have been, or are to be, in the same place. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work)
    // Who asked learns of a failure.
    this.#last = turn.catch(() => undefined)
    return turn
  }

  /**
   * A clock that is wrong for a while removes nothing: an item has to be found old twice, a day apart. When it was, the time
   * of its record's change says, which takes no room on a disk that is full.
   */
  async #removeIfOld({ key, keptUntil }: DeletedItem): Promise<void> {
    const now = this.#now()
    if (keptUntil > now) return
    const record = join(await this.#folder(), key, recordName)
    const foundOldAt = Math.round((await lstat(record)).mtimeMs)
    const wasOld = keptUntil <= foundOldAt && foundOldAt <= now
    if (!wasOld) await utimes(record, new Date(now), new Date(now))
    else if (now - foundOldAt >= dayMs) await this.remove(key)
  }

  async #removeFolder(name: string): Promise<void> {
    if (this.#beingRemoved.has(name)) return
    this.#beingRemoved.add(name)
    try {
      await removeTree(join(await this.#folder(), name))
    } finally {
      this.#beingRemoved.delete(name)
    }
  }

  /** Undefined when nothing of that key can be put back. */
  async #find(key: string): Promise<DeletedItem | undefined> {
    if (!keyPattern.test(key)) return undefined
    try {
      const place = join(await this.#folder(), key)
      for (const folder of [place, join(place, itemName)])
        if (!(await lstat(folder)).isDirectory()) return undefined
      const record = recordSchema.parse(await readJson(join(place, recordName)))
      if ((await readdir(join(place, itemName))).length === 0) return undefined
      const { version: _, ...item } = record
      return { key, ...item, keptUntil: item.deletedAt + keptMs }
    } catch {
      // Gone meanwhile, or no work of ours: then there is nothing to put back.
      return undefined
    }
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(await this.#folder())
    } catch (error) {
      if (isGone(error)) return []
      throw error
    }
  }

  /** @throws CoverslipError DATA_FOLDER where a link has taken its place, which leads who knows where */
  async #folder(): Promise<string> {
    const folder = join(await recordingsRoot(this.#dataFolder), folderName)
    const stats = await lstat(folder).catch((error: unknown) => {
      if (isGone(error)) return undefined
      throw error
    })
    if (stats === undefined || stats.isDirectory()) return folder
    throw new CoverslipError('DATA_FOLDER', `${folder} is no folder`, {
      hint: 'Move away what is there: deleted items are kept in a folder of this name.',
    })
  }
}

function notDeleted(key: string): CoverslipError {
  return new CoverslipError('UNKNOWN_IMAGE', `Nothing deleted has the key ${key}`, {
    hint: 'It was put back, or removed for good, meanwhile.',
  })
}

/** Removes the place of an item that has been moved out of it: nothing where anything is left. */
async function removeEmptied(place: string): Promise<void> {
  await rmdir(join(place, itemName))
  await rm(join(place, recordName), { force: true })
  await rmdir(place)
}

/** Moves `files` of a folder to another one; where one of them cannot be moved, none is. */
async function moveAll(from: string, to: string, files: readonly string[]): Promise<void> {
  const moved: string[] = []
  try {
    for (const file of files) {
      await rename(join(from, file), join(to, file))
      moved.push(file)
    }
  } catch (error) {
    for (const file of moved) await rename(join(to, file), join(from, file))
    throw error
  }
}

/** @throws CoverslipError DATA_FOLDER when there is something at `path` */
async function refuseTaken(path: string, id: string): Promise<void> {
  try {
    await lstat(path)
  } catch (error) {
    if (isGone(error)) return
    throw error
  }
  throw new CoverslipError('DATA_FOLDER', `${id} cannot be put back: there is another ${basename(path)}`, {
    hint: 'Rename or delete that first.',
  })
}

/** By what the system says. */
const hints: Readonly<Record<string, string>> = {
  EXDEV: 'It lies on another disk than the recordings folder: delete it in the file manager.',
  ENOSPC:
    'The disk is full: first remove for good what was deleted before, or something in the file manager.',
}

/** @throws CoverslipError DATA_FOLDER naming the item, when `work` is refused by the system */
async function moving(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof CoverslipError) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const reason = error instanceof Error ? error.message : String(error)
    throw new CoverslipError('DATA_FOLDER', `${name} cannot be moved: ${reason}`, {
      hint:
        hints[String(code)] ?? 'Check that no other program has it open, and that its folder may be changed.',
      cause: error,
    })
  }
}
