/** Finds everything in the recordings folder that can be opened, without opening it. */
import type { Dirent, Stats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { GalleryItem } from '../../../src-shared/gallery.ts'
import { fileFormat, isZarr } from '../reading/open-datasets.ts'
import { summaryName } from '../reading/acquisition-summary.ts'
import { recordingsFolder } from '../recordings-folder.ts'

/** Something below the data folder that may be an image, as far as its name and its folder tell. */
export type FoundItem = Pick<GalleryItem, 'id' | 'name'> & {
  readonly path: string
  readonly type: 'acquisition' | 'zarr' | 'file'
  /** Of the file, of `acquisition.json`, or of the folder, Unix time, ms. */
  readonly changedAt: number
  /** Number of the file or folder on its disk: it keeps that when it is renamed. */
  readonly inode: number
  /** Of a file. */
  readonly bytes: number | undefined
}

const deepest = 8
const mostItems = 200_000
/** Questions to the file system at once. */
const atOnce = 32

/** Hidden ones, links, and what cannot be read are left out. */
export async function scanGallery(dataFolder: string): Promise<readonly FoundItem[]> {
  const found: FoundItem[] = []
  await scanFolder({ path: join(dataFolder, recordingsFolder), id: recordingsFolder, depth: 0 }, found)
  return found
}

/**
 * The item at `path`, which has been checked, whatever folder it is in; also a file of an acquisition.
 * @returns undefined when it cannot be opened
 */
export async function findItem(path: string, id: string): Promise<FoundItem | undefined> {
  const stats = await statsOf(path)
  return stats && itemAt({ path, id, name: basename(path) }, stats)
}

type Folder = { readonly path: string; readonly id: string; readonly depth: number }

async function scanFolder(folder: Folder, found: FoundItem[]): Promise<void> {
  const entries = await entriesOf(folder.path)
  const shown = entries.filter(({ name }) => !name.startsWith('.'))
  for (let i = 0; i < shown.length && found.length < mostItems; i += atOnce) {
    const items = await Promise.all(shown.slice(i, i + atOnce).map((entry) => look(folder, entry)))
    for (const item of items) {
      if (item === undefined) continue
      if ('depth' in item) await scanFolder(item, found)
      else found.push(item)
    }
  }
}

/** An item, a folder to look into, or nothing of interest. */
async function look(folder: Folder, entry: Dirent): Promise<FoundItem | Folder | undefined> {
  const { name } = entry
  const place = { path: join(folder.path, name), id: `${folder.id}/${name}`, name }
  // Most of what is no image need not be looked at.
  if (entry.isFile() ? fileFormat(name) === undefined : !entry.isDirectory()) return undefined
  const stats = await statsOf(place.path)
  const item = stats && (await itemAt(place, stats))
  if (item !== undefined || !entry.isDirectory()) return item
  return folder.depth < deepest ? { ...place, depth: folder.depth + 1 } : undefined
}

async function itemAt(
  place: Pick<FoundItem, 'path' | 'id' | 'name'>,
  stats: Stats,
): Promise<FoundItem | undefined> {
  const found = { ...place, changedAt: stats.mtimeMs, inode: stats.ino }
  if (stats.isFile()) return fileFormat(place.name) && { ...found, type: 'file', bytes: stats.size }
  if (!stats.isDirectory()) return undefined
  if (isZarr(place.name)) return { ...found, type: 'zarr', bytes: undefined }
  const summary = await statsOf(join(place.path, summaryName))
  return summary && { ...found, type: 'acquisition', changedAt: summary.mtimeMs, bytes: undefined }
}

async function entriesOf(path: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** Removed meanwhile, or somebody else's. */
export function isGone(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'].includes(String(error.code))
  )
}
