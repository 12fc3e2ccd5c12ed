import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeFailure } from '../append-file.ts'

/**
 * Makes `folder` where it is missing, below the folder `below`, which has to be there: a dataset that was removed while it
 * is written does not come back in pieces.
 * @throws CoverslipError DATA_FOLDER
 */
export async function makeFolders(folder: string, below: string): Promise<void> {
  if (folder === below) return
  try {
    await mkdir(folder)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(folder) === below) throw writeFailure(folder, error)
    await makeFolders(dirname(folder), below)
    await makeFolders(folder, below)
  }
}
