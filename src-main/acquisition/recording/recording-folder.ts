/** The folder of one recording or plan, as it is made, described in `acquisition.json`, and removed. */
import { mkdir, rm, rmdir, statfs } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { safeFileName } from '../new-file.ts'
import { type AcquisitionSummary, summaryName } from '../reading/acquisition-summary.ts'
import { replaceFile } from '../replace-file.ts'
import { writeFailure } from '../storage/append-file.ts'
import { frameLogName } from './frame-log.ts'

/**
 * A new folder `<parent>/<name>`, or with `_2`, `_3` … where that exists.
 * @returns its name. @throws CoverslipError DATA_FOLDER
 */
export async function newFolder(parent: string, wanted: string): Promise<string> {
  const name = safeFileName(wanted)
  try {
    await mkdir(parent, { recursive: true })
  } catch (error) {
    throw writeFailure(parent, error)
  }
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}_${number}`
    try {
      await mkdir(join(parent, candidate))
      return candidate
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue
      throw writeFailure(join(parent, candidate), error)
    }
  }
}

/** Writes `acquisition.json`, of this computer, whole or not at all. @throws CoverslipError DATA_FOLDER */
export function writeSummary(folder: string, summary: AcquisitionSummary): Promise<void> {
  const told = { ...summary, host: hostname() }
  return replaceFile(join(folder, summaryName), `${JSON.stringify(told, undefined, 2)}\n`)
}

/** Removes the folder of a recording that has not begun, unless somebody has put something there. @throws CoverslipError DATA_FOLDER */
export async function removeUnbegun(folder: string, { datasets }: AcquisitionSummary): Promise<void> {
  try {
    for (const dataset of datasets) {
      await rm(join(folder, dataset.folder, frameLogName), { force: true })
      await rmdir(join(folder, dataset.folder))
    }
    await rm(join(folder, summaryName))
    await rmdir(folder)
  } catch (error) {
    throw writeFailure(folder, error)
  }
}

/** Bytes free for this user on the disk of `folder`, which exists. @throws CoverslipError DATA_FOLDER */
export async function freeDiskBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch (error) {
    throw writeFailure(folder, error)
  }
}
