/** From an item's id to its path: nothing outside of the recordings folder is ever named. */
import { realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { recordingsFolder } from '../recordings-folder.ts'

const deepest = 16
/** Control characters and backslashes; on Windows also what names drives, streams and patterns there. */
const forbidden = process.platform === 'win32' ? /[\p{Cc}\\:*?"<>|]/u : /[\p{Cc}\\]/u

/**
 * @param id path below the data folder with `/`, within its recordings.
 * @returns where it is, links followed.
 * @throws CoverslipError UNKNOWN_IMAGE when there is none, or it is not below the recordings folder.
 */
export async function galleryPath(dataFolder: string, id: string): Promise<string> {
  const parts = id.split('/')
  const wellFormed =
    parts[0] === recordingsFolder &&
    parts.length > 1 &&
    parts.length <= deepest &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !forbidden.test(part))
  if (!wellFormed) throw unknownImage(id)
  try {
    const root = await realpath(join(dataFolder, recordingsFolder))
    const path = await realpath(join(dataFolder, ...parts))
    if (path.startsWith(root + sep)) return path
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EACCES'].includes(code)) throw error
  }
  throw unknownImage(id)
}

export function unknownImage(id: string): CoverslipError {
  return new CoverslipError('UNKNOWN_IMAGE', `There is no image ${id}`, {
    hint: 'It may have been moved or removed: look at the list again.',
  })
}
