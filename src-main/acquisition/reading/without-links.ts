import { lstat, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, sep } from 'node:path'
import { reasonOf, unreadable } from './unreadable.ts'

/** @throws CoverslipError UNREADABLE_IMAGE when `path` is a link, or is not there */
export async function refuseLink(path: string): Promise<void> {
  const stats = await lstat(path).catch((error: unknown) => {
    throw unreadable(path, reasonOf(error), error)
  })
  if (stats.isSymbolicLink()) throw unreadable(path, 'it is a link to another place')
}

/** Whether links lead from `path`, which is below `folder`, to another place; of what is not there, those on the way. */
export async function leadsOut(path: string, folder: string): Promise<boolean> {
  try {
    const way = relative(await realpath(folder), await realpath(path))
    return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    return path.length > folder.length && leadsOut(dirname(path), folder)
  }
}
