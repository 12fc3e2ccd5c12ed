/** What an acquisition tells while it runs, and what it would take before it does. */
import { z } from 'zod'
import { frameIndexSchema } from './frame-record.ts'
import { storageFormatSchema } from './storage-options.ts'

export const runStateSchema = z.enum(['preparing', 'waiting', 'acquiring', 'paused', 'finishing', 'finished'])
export type RunState = z.infer<typeof runStateSchema>

export const finishReasonSchema = z.enum(['completed', 'cancelled', 'failed'])
export type FinishReason = z.infer<typeof finishReasonSchema>

export const acquisitionStatusSchema = z.object({
  /** Folder below the data folder, with `/`: also its name in the gallery. */
  id: z.string(),
  name: z.string(),
  kind: z.enum(['recording', 'plan']),
  format: storageFormatSchema,
  detectorNames: z.array(z.string()),
  state: runStateSchema,
  /** Unix time, ms. */
  startedAt: z.number(),
  frames: z.object({
    /** Absent: until it is stopped. */
    expected: z.number().int().nonnegative().optional(),
    written: z.number().int().nonnegative(),
    /** Images of the plan that were not taken. */
    skipped: z.number().int().nonnegative(),
    /** Frames that the camera made and that are not in the file. */
    lost: z.number().int().nonnegative(),
    /** Events that began later than planned. */
    late: z.number().int().nonnegative(),
  }),
  bytesWritten: z.number().nonnegative(),
  /** Bytes that wait to be written, and how many may: the gauge. */
  buffer: z.object({ bytes: z.number().nonnegative(), limitBytes: z.number().positive() }),
  /** Bytes per second that the disk took over the last seconds. */
  writeBytesPerSecond: z.number().nonnegative(),
  freeDiskBytes: z.number().nonnegative().optional(),
  secondsLeft: z.number().nonnegative().optional(),
  /** The event under way, or waited for. */
  index: frameIndexSchema.optional(),
  /** Present when finished. */
  finish: z
    .object({ reason: finishReasonSchema, message: z.string().optional(), hint: z.string().optional() })
    .optional(),
})
export type AcquisitionStatus = z.infer<typeof acquisitionStatusSchema>

export const acquisitionEstimateSchema = z.object({
  /** Absent: until it is stopped. */
  frames: z.number().int().nonnegative().optional(),
  durationS: z.number().nonnegative().optional(),
  bytes: z.number().nonnegative().optional(),
  bytesPerSecond: z.number().nonnegative(),
  freeDiskBytes: z.number().nonnegative(),
  /** What the data folder's disk took when it was last measured, bytes per second. */
  diskBytesPerSecond: z.number().nonnegative().optional(),
  /** Buffers that are reserved before the start. */
  memoryBytes: z.number().nonnegative(),
  /** Why it cannot be run. */
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
  /** What the user should know before it is. */
  warnings: z.array(z.object({ path: z.string(), message: z.string() })),
})
export type AcquisitionEstimate = z.infer<typeof acquisitionEstimateSchema>
