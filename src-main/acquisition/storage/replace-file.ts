import { open, rename } from 'node:fs/promises'
import { writeFailure } from './append-file.ts'

/**
 * Writes a small file, in place of one that may be there: whole or not at all. Resolves when it is on the disk, or, for
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
      if (until === 'onDisk') await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    throw writeFailure(path, error)
  }
}
