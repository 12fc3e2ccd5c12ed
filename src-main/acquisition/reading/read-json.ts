import { readFile, stat } from 'node:fs/promises'
import { readWithoutLinks } from '../../open-flags.ts'
import { jsonComplaint } from './json-complaint.ts'
import { reasonOf, unreadable } from './unreadable.ts'
import { refuseLink } from './without-links.ts'

const longest = 16 * 2 ** 20

/** The JSON data of a file. @throws CoverslipError UNREADABLE_IMAGE when it is missing, damaged, too long or a link. */
export async function readJson(path: string): Promise<unknown> {
  await refuseLink(path)
  try {
    if ((await stat(path)).size > longest) throw new Error(`it is longer than ${longest / 2 ** 20} MB`)
    return parsed(await readFile(path, { encoding: 'utf8', flag: readWithoutLinks }))
  } catch (error) {
    throw unreadable(path, reasonOf(error), error)
  }
}

/** @throws Error that says where it is no JSON */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch (error) {
    if (error instanceof SyntaxError) throw new Error(jsonComplaint(text, error), { cause: error })
    throw error
  }
}
