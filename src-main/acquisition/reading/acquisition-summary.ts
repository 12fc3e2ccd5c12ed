/**
 * `acquisition.json`: what a recording or a plan is. Written at the start, when a dataset begins, and at the end; read with
 * whatever else stands in it, as those of other versions may say more.
 */
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { finishReasonSchema } from '../../../src-shared/acquisition/acquisition-status.ts'
import { storageFormatSchema } from '../../../src-shared/acquisition/storage-options.ts'
import { propertyValueSchema } from '../../../src-shared/devices.ts'
import { plainWords } from '../../../src-shared/field-problems.ts'
import { datasetLayoutSchema, fileNameSchema } from './dataset-layout-schema.ts'
import { readJson } from './read-json.ts'
import { unreadable, unreadableFields } from './unreadable.ts'

/** File of a recording's or a plan's folder that makes it one. */
export const summaryName = 'acquisition.json'

/** `acquisition.json` (docs/file-formats.md); what is not named here is kept. */
export const acquisitionSummarySchema = z.looseObject({
  version: z.literal(1),
  name: z.string().max(300),
  software: z.string(),
  /** Number of the process that acquires. */
  pid: z.number().int(),
  /** Name of the computer that it runs on. */
  host: z.string().optional(),
  /** Unix time, ms. */
  startedAt: z.number(),
  /** What was asked for: a recording, or a plan to be run (src-shared/acquisition/acquisition-requests.ts). */
  request: z.looseObject({
    plan: z.record(z.string(), z.unknown()).optional(),
    storage: z.looseObject({
      format: storageFormatSchema,
      /** Of OME-TIFF. */
      files: z.enum(['single', 'perPosition']).optional(),
      /** Of OME-Zarr. */
      pyramid: z.boolean().optional(),
      /** Of video. */
      container: z.enum(['mp4', 'mkv', 'webm']).optional(),
    }),
  }),
  /** How the devices were set at the start: by device and property. */
  settings: z.record(z.string(), z.record(z.string(), propertyValueSchema)).optional(),
  /** Folder of each camera, and what its dataset is once its first frame is there. */
  datasets: z
    .array(z.looseObject({ folder: fileNameSchema, layout: datasetLayoutSchema.optional() }))
    .max(100),
  /** Absent: it is under way, or was interrupted. */
  finish: z.looseObject({ reason: finishReasonSchema, message: z.string().optional() }).optional(),
})
export type AcquisitionSummary = z.infer<typeof acquisitionSummarySchema>

/** Whether smaller copies of its images were asked for. */
export function wantsPyramid({ request: { storage } }: Pick<AcquisitionSummary, 'request'>): boolean {
  return storage.format === 'ome-zarr' && storage.pyramid === true
}

/** @throws CoverslipError UNREADABLE_IMAGE when it is missing or damaged */
export async function readAcquisitionSummary(folder: string): Promise<AcquisitionSummary> {
  const path = join(folder, summaryName)
  const summary = acquisitionSummarySchema.safeParse(await readJson(path), { error: plainWords })
  if (summary.success) return summary.data
  throw unreadableFields(path, summary.error)
}

/** Undefined when the folder holds no acquisition. @throws CoverslipError UNREADABLE_IMAGE when its file is damaged */
export async function findAcquisitionSummary(folder: string): Promise<AcquisitionSummary | undefined> {
  try {
    await lstat(join(folder, summaryName))
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code)))
      return undefined
    throw unreadable(join(folder, summaryName), error instanceof Error ? error.message : String(error), error)
  }
  return readAcquisitionSummary(folder)
}
