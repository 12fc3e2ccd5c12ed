import { randomBytes } from 'node:crypto'
import { access, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CoverslipError } from '../../src-shared/errors.ts'

/** In UTF-8; systems take 255, and endings and names of positions are added. */
const longestNameBytes = 150
/** Names that Windows keeps for devices, whatever their ending. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/** `name` as a file name that every system takes, without folders; empty when nothing is left of it. */
export function safeFileName(name: string): string {
  const long = name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}.-]+/gu, '_')
    .replace(/^[._-]+/, '')
  const { read } = new TextEncoder().encodeInto(long, new Uint8Array(longestNameBytes))
  const cleaned = long.slice(0, read).replace(/[._-]+$/, '')
  return reserved.test(cleaned) ? `_${cleaned}` : cleaned
}

/**
 * Writes a file of a new name into `folder` (made where it is missing): `<name>.<extension>`, or with `_2`, `_3` … when
 * that exists. Other programs see it only when it is complete.
 * @returns its name.
 * @throws CoverslipError DATA_FOLDER when it cannot be written.
 */
export async function writeNewFile(
  folder: string,
  file: { readonly name: string; readonly extension: string; readonly parts: readonly Uint8Array[] },
): Promise<string> {
  const temporary = join(folder, `.${randomBytes(8).toString('hex')}.part`)
  try {
    await mkdir(folder, { recursive: true })
    const handle = await open(temporary, 'wx')
    try {
      await writeAll(handle, file.parts)
      await handle.sync()
    } finally {
      await handle.close()
    }
    return await moveToFreeName(temporary, folder, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    const reason = error instanceof Error ? error.message : String(error)
    throw new CoverslipError('DATA_FOLDER', `The image could not be written to ${folder}: ${reason}`, {
      hint: 'Check that the disk has room and that this folder may be written.',
      cause: error,
    })
  }
}

async function writeAll(handle: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  for (const part of parts) await handle.writeFile(part)
}

async function moveToFreeName(
  temporary: string,
  folder: string,
  { name, extension }: { readonly name: string; readonly extension: string },
): Promise<string> {
  for (let number = 1; ; number += 1) {
    const candidate = `${name}${number === 1 ? '' : `_${number}`}.${extension}`
    const path = join(folder, candidate)
    if (claimed.has(path)) continue
    claimed.add(path)
    try {
      if (await exists(path)) continue
      await rename(temporary, path)
      return candidate
    } finally {
      claimed.delete(path)
    }
  }
}

/** Names being given to files just now. */
const claimed = new Set<string>()

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
