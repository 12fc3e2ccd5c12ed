/** `acquisition.json`, read with whatever else stands in it: by recordings and plans of this version, and of others. */
import { join } from 'node:path'
import { z } from 'zod'
import { finishReasonSchema } from '../../../src-shared/acquisition/acquisition-status.ts'
import { storageFormatSchema } from '../../../src-shared/acquisition/storage-options.ts'
import { summaryName } from '../recording/recording-folder.ts'
import { datasetLayoutSchema } from './dataset-layout-schema.ts'
import { readJson } from './read-json.ts'
import { unreadable } from './unreadable.ts'

const folderName = z
  .string()
  .min(1)
  .max(300)
  // Of a dataset: beside the summary, never elsewhere.
  .refine((name) => !/[\\/]/.test(name) && name !== '.' && name !== '..', 'is no name of a folder')

export const acquisitionSummarySchema = z.looseObject({
  name: z.string().max(300),
  software: z.string().optional(),
  /** Unix time, ms. */
  startedAt: z.number(),
  request: z.looseObject({
    plan: z.record(z.string(), z.unknown()).optional(),
    storage: z.looseObject({
      format: storageFormatSchema,
      /** Of OME-TIFF. */
      files: z.enum(['single', 'perPosition']).optional(),
      /** Of video. */
      container: z.enum(['mp4', 'mkv', 'webm']).optional(),
    }),
  }),
  datasets: z.array(z.looseObject({ folder: folderName, layout: datasetLayoutSchema.optional() })).max(100),
  /** Absent: it is under way, or was interrupted. */
  finish: z.looseObject({ reason: finishReasonSchema, message: z.string().optional() }).optional(),
})
export type ReadSummary = z.infer<typeof acquisitionSummarySchema>

/** @throws CoverslipError UNREADABLE_IMAGE when it is missing or damaged */
export async function readAcquisitionSummary(folder: string): Promise<ReadSummary> {
  const path = join(folder, summaryName)
  const summary = acquisitionSummarySchema.safeParse(await readJson(path))
  if (summary.success) return summary.data
  throw unreadable(path, z.prettifyError(summary.error), summary.error)
}
