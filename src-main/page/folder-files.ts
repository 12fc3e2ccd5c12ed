/** The files below a folder of the gallery, as far as they can be fetched. */
import type { Dirent } from 'node:fs'
import { opendir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

const deepest = 16
/** Asked for their sizes at once. */
const atOnce = 64

/** One file, with its path below the folder. */
export type FolderFile = {
  /** With `/`, from the folder on. */
  readonly path: string
  readonly bytes: number
  /** Unix time, ms. */
  readonly changedAt: number
}

/** All files of a folder. */
export type FolderFiles = {
  readonly files: readonly FolderFile[]
  /** False: there are more. */
  readonly complete: boolean
}

/** Hidden files, links, and what is still being written (`.part`) are left out; so is what goes away meanwhile. */
export async function folderFiles(folder: string, most: number): Promise<FolderFiles> {
  const paths: string[] = []
  for await (const path of filesBelow(folder, deepest)) {
    // One more tells that there are more.
    if (paths.push(path) > most) break
  }
  const files: FolderFile[] = []
  for (let i = 0; i < Math.min(paths.length, most); i += atOnce) {
    const some = paths.slice(i, Math.min(i + atOnce, most))
    const found = await Promise.all(some.map((path) => fileAt(folder, path)))
    files.push(...found.filter((file) => file !== undefined))
  }
  return { files, complete: paths.length <= most }
}

async function* filesBelow(folder: string, depth: number): AsyncGenerator<string> {
  for await (const entry of entriesOf(folder)) {
    if (entry.name.startsWith('.') || entry.name.endsWith('.part')) continue
    const path = join(folder, entry.name)
    if (entry.isFile()) yield path
    else if (entry.isDirectory() && depth > 1) yield* filesBelow(path, depth - 1)
  }
}

async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

/** Undefined when it is gone. */
async function fileAt(folder: string, path: string): Promise<FolderFile | undefined> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { path: relative(folder, path).split(sep).join('/'), bytes: size, changedAt: Math.round(mtimeMs) }
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** Renamed or removed meanwhile, or not to be read. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error)) return false
  return ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(String(error.code))
}
