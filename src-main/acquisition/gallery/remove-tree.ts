import { readdir, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes a folder and everything in it; of links only the links themselves. One file after the other: all of Node's file
 * access shares a few threads, and recordings go on meanwhile.
 */
export async function removeTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await removeTree(path)
    else await unlink(path)
  }
  await rmdir(folder)
}
