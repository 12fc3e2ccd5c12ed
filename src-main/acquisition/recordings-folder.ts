import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CoverslipError } from '../../src-shared/errors.ts'
import { writeFailure } from './storage/append-file.ts'

/** Folder of images and recordings within the data folder. */
export const recordingsFolder = 'recordings'

/** The folder of recordings, made where it is missing. @throws CoverslipError DATA_FOLDER */
export async function recordingsIn(dataFolder: string | undefined): Promise<string> {
  if (dataFolder === undefined) {
    throw new CoverslipError('DATA_FOLDER', 'There is no data folder to record to', {
      hint: 'Start Coverslip with --data <folder>.',
    })
  }
  const folder = join(dataFolder, recordingsFolder)
  try {
    await mkdir(folder, { recursive: true })
  } catch (error) {
    throw writeFailure(folder, error)
  }
  return folder
}
