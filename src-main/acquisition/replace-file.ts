import { open, rename, rm } from 'node:fs/promises'
import { writeFailure } from './storage/append-file.ts'

/**
 * Writes a small file whole or not at all, in place of the one that may be there. Resolves when it is on the disk, or, for
 * `until: 'written'`, when the operating system has it, which takes no time where the disk is busy.
 * @throws CoverslipError DATA_FOLDER
 */
export async function replaceFile(
  path: string,
  text: string,
  { until = 'onDisk' }: { readonly until?: 'written' | 'onDisk' } = {},
): Promise<void> {
  const temporary = `${path}.part`
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(text)
      // Otherwise the name could reach the disk before the text, and a power cut leave an empty file.
      if (until === 'onDisk') await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    // What cannot be removed either is written over the next time.
    await rm(temporary, { force: true }).catch(() => undefined)
    throw writeFailure(path, error)
  }
}
