import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFailure } from '../storage/append-file.ts'
import type { AcquisitionSummary } from '../reading/acquisition-summary.ts'
import { writeSummary } from './recording-folder.ts'

/**
 * Makes the folders of the datasets in the new folder of an acquisition, and says what it is. Where that fails, nothing is
 * left: a folder that says what it is would be completed and told of at the next start.
 * @throws CoverslipError DATA_FOLDER
 */
export async function beginFolder(folder: string, summary: AcquisitionSummary): Promise<void> {
  const made = [folder]
  try {
    for (const dataset of summary.datasets) {
      const path = join(folder, dataset.folder)
      await mkdir(path)
      made.unshift(path)
    }
    await writeSummary(folder, summary)
  } catch (error) {
    const failure = writeFailure(folder, error)
    await removeEmpty(made).catch((left: unknown) => console.error(`${folder} was not removed:`, left))
    throw failure
  }
}

/** Innermost first. */
async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rmdir(folder)
}
