/** The folder of one recording or plan, and the file in it that says what it is: `acquisition.json`. */
import { mkdir, readFile, rm, rmdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import {
  planRequestSchema,
  recordingRequestSchema,
} from '../../../src-shared/acquisition/acquisition-requests.ts'
import { finishReasonSchema } from '../../../src-shared/acquisition/acquisition-status.ts'
import { propertyValueSchema } from '../../../src-shared/devices.ts'
import { safeFileName } from '../new-file.ts'
import { replaceFile } from '../replace-file.ts'
import { writeFailure } from '../storage/append-file.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import { frameLogName } from './frame-log.ts'

export const summaryName = 'acquisition.json'

/** What `acquisition.json` says; written at the start, when a dataset begins, and at the end. */
export const acquisitionSummarySchema = z.object({
  version: z.literal(1),
  name: z.string(),
  software: z.string(),
  /** Number of the process that acquires. */
  pid: z.number().int(),
  /** Unix time, ms. */
  startedAt: z.number(),
  /** What was asked for: a recording, or a plan to be run. */
  request: z.union([planRequestSchema, recordingRequestSchema]),
  /** How the devices were set at the start: by device and property. */
  settings: z.record(z.string(), z.record(z.string(), propertyValueSchema)).optional(),
  /** Folder of each camera, and what its dataset is once its first frame is there. */
  datasets: z.array(z.object({ folder: z.string(), layout: z.custom<DatasetLayout>().optional() })),
  /** Absent: it is under way, or was interrupted. */
  finish: z.object({ reason: finishReasonSchema, message: z.string().optional() }).optional(),
})
export type AcquisitionSummary = z.infer<typeof acquisitionSummarySchema>

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

/** Writes `acquisition.json`, whole or not at all. @throws CoverslipError DATA_FOLDER */
export function writeSummary(folder: string, summary: AcquisitionSummary): Promise<void> {
  return replaceFile(join(folder, summaryName), `${JSON.stringify(summary, undefined, 2)}\n`)
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

/** Undefined when the folder holds no recording. @throws ZodError or SyntaxError when its file is damaged */
export async function readSummary(folder: string): Promise<AcquisitionSummary | undefined> {
  let text: string
  try {
    text = await readFile(join(folder, summaryName), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code)))
      return undefined
    throw error
  }
  return acquisitionSummarySchema.parse(JSON.parse(text))
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
