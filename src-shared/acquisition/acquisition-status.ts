/** What a recording tells while it runs, and what it would take before it does. */
import { z } from 'zod'
import { storageFormatSchema } from './storage-options.ts'

/** `preparing`: memory and files. `finishing`: what waits is written, files are completed. */
export const runStateSchema = z.enum(['preparing', 'acquiring', 'finishing', 'finished'])
export type RunState = z.infer<typeof runStateSchema>

export const finishReasonSchema = z.enum(['completed', 'cancelled', 'failed'])
export type FinishReason = z.infer<typeof finishReasonSchema>

export const acquisitionStatusSchema = z.object({
  /** Folder below the data folder, with `/`. */
  id: z.string(),
  name: z.string(),
  format: storageFormatSchema,
  detectorNames: z.array(z.string()),
  state: runStateSchema,
  /** Unix time, ms. */
  startedAt: z.number(),
  frames: z.object({
    /** Of all cameras; absent: until it is stopped. */
    expected: z.number().int().nonnegative().optional(),
    written: z.number().int().nonnegative(),
    /** Frames that the camera made and that are not in the file. */
    lost: z.number().int().nonnegative(),
  }),
  bytesWritten: z.number().nonnegative(),
  /** Bytes that wait to be written, and how many may: the gauge. */
  buffer: z.object({ bytes: z.number().nonnegative(), limitBytes: z.number().positive() }),
  /** Over the last moments. */
  writeBytesPerSecond: z.number().nonnegative(),
  freeDiskBytes: z.number().nonnegative().optional(),
  /** Present when finished. */
  finish: z
    .object({ reason: finishReasonSchema, message: z.string().optional(), hint: z.string().optional() })
    .optional(),
})
export type AcquisitionStatus = z.infer<typeof acquisitionStatusSchema>

export const recordingEstimateSchema = z.object({
  /** Absent: until it is stopped. */
  frames: z.number().int().nonnegative().optional(),
  durationS: z.number().nonnegative().optional(),
  bytes: z.number().nonnegative().optional(),
  framesPerSecond: z.number().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  freeDiskBytes: z.number().nonnegative(),
  /** Reserved before the start. */
  memoryBytes: z.number().nonnegative(),
  /** What the user should know before it starts. */
  warnings: z.array(z.string()),
})
export type RecordingEstimate = z.infer<typeof recordingEstimateSchema>
