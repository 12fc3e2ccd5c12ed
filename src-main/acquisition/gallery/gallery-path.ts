/** From an item's id to its path: nothing outside of the recordings folder is ever named. */
import { mkdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { recordingsFolder } from '../recordings-folder.ts'

const deepest = 16
/** Control characters and backslashes; on Windows also what names drives, streams and patterns there. */
const forbidden = process.platform === 'win32' ? /[\p{Cc}\\:*?"<>|]/u : /[\p{Cc}\\]/u

/** The recordings folder of `dataFolder`, which may be a link. */
export function recordingsRoot(dataFolder: string): Promise<string> {
  return realpath(join(dataFolder, recordingsFolder))
}

/**
 * @param id path below the data folder with `/`, within its recordings.
 * @returns where it is, links followed.
 * @throws CoverslipError UNKNOWN_IMAGE when there is none, or it is not below the recordings folder.
 */
export async function galleryPath(dataFolder: string, id: string): Promise<string> {
  const parts = partsOf(id)
  try {
    const root = await recordingsRoot(dataFolder)
    const path = await realpath(join(dataFolder, ...parts))
    if (path.startsWith(root + sep)) return path
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EACCES'].includes(code)) throw error
  }
  throw unknownImage(id)
}

/**
 * The folder in which the item `id` lies, made where it is missing.
 * @throws CoverslipError UNKNOWN_IMAGE when it is not below the recordings folder, or a link leads to it
 */
export async function galleryParent(dataFolder: string, id: string): Promise<string> {
  const parts = partsOf(id).slice(1, -1)
  const root = await recordingsRoot(dataFolder)
  // One after the other: what leads out is not followed by a single step.
  let folder = root
  for (const part of parts) {
    folder = join(folder, part)
    await mkdir(folder).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    })
    if ((await realpath(folder)) !== folder) throw unknownImage(id)
  }
  return folder
}

/** Names of folders and file. @throws CoverslipError UNKNOWN_IMAGE when they are none of the gallery's */
function partsOf(id: string): readonly string[] {
  const parts = id.split('/')
  const wellFormed =
    parts[0] === recordingsFolder &&
    parts.length > 1 &&
    parts.length <= deepest &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !forbidden.test(part))
  if (wellFormed) return parts
  throw unknownImage(id)
}

/** The failure UNKNOWN_IMAGE of an item that is not there. */
export function unknownImage(id: string): CoverslipError {
  return new CoverslipError('UNKNOWN_IMAGE', `There is no image ${id}`, {
    hint: 'It may have been moved or removed: look at the list again.',
  })
}
