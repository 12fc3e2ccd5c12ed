import { readFile, stat } from 'node:fs/promises'
import { reasonOf, unreadable } from './unreadable.ts'
import { refuseLink } from './without-links.ts'

const longest = 16 * 2 ** 20

/** The JSON data of a file. @throws CoverslipError UNREADABLE_IMAGE when it is missing, damaged, too long or a link. */
export async function readJson(path: string): Promise<unknown> {
  await refuseLink(path)
  try {
    if ((await stat(path)).size > longest) throw new Error(`it is longer than ${longest / 2 ** 20} MB`)
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return value
  } catch (error) {
    throw unreadable(path, reasonOf(error), error)
  }
}
