/** What a recording or a plan tells while it runs, and what it would take before it does. */
import { z } from 'zod'
import { planRemarkSchema } from '../plan/read-plan.ts'
import { recordingBeginSchema } from './acquisition-requests.ts'
import { frameIndexSchema } from './frame-record.ts'
import { storageFormatSchema } from './storage-options.ts'

/**
 * `preparing`: memory and files. `waiting`: for the time of the next event, or for a recording's beginning.
 * `finishing`: what waits is written, files are completed, the microscope is restored.
 */
export const runStateSchema = z.enum(['preparing', 'waiting', 'acquiring', 'paused', 'finishing', 'finished'])
export type RunState = z.infer<typeof runStateSchema>

/** How it ended: as was asked for, by the user, or by a failure. */
export const finishReasonSchema = z.enum(['completed', 'cancelled', 'failed'])
export type FinishReason = z.infer<typeof finishReasonSchema>

/** How far a recording is, or how the last one ended; of plans with more: `planStatusSchema`. */
export const acquisitionStatusSchema = z.object({
  /** Folder below the data folder, with `/`: also its name in the gallery. */
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
    /** Of those in the file: parts of them did not arrive, and are 0. */
    incomplete: z.number().int().nonnegative(),
  }),
  bytesWritten: z.number().nonnegative(),
  /** Bytes that wait to be written, and how many may: the gauge. */
  buffer: z.object({ bytes: z.number().nonnegative(), limitBytes: z.number().positive() }),
  /** Over the last moments. */
  writeBytesPerSecond: z.number().nonnegative(),
  freeDiskBytes: z.number().nonnegative().optional(),
  /** What a recording waits for. */
  waiting: z
    .object({
      begin: recordingBeginSchema,
      preRecordS: z.number().nonnegative(),
      /** How much the image changes now, given as the threshold is. */
      change: z.number().nonnegative().optional(),
    })
    .optional(),
  /** Present when finished. */
  finish: z
    .object({ reason: finishReasonSchema, message: z.string().optional(), hint: z.string().optional() })
    .optional(),
})
export type AcquisitionStatus = z.infer<typeof acquisitionStatusSchema>

/** A plan under way. */
export const planStatusSchema = acquisitionStatusSchema.extend({
  events: z.object({
    total: z.number().int().nonnegative(),
    done: z.number().int().nonnegative(),
    /** Whose images were not taken. */
    skipped: z.number().int().nonnegative(),
    /** That began later than planned by more than 50 ms. */
    late: z.number().int().nonnegative(),
  }),
  /** The event under way, or waited for. */
  index: frameIndexSchema.optional(),
  positionName: z.string().optional(),
  channel: z.string().optional(),
  /** Until the event waited for begins, s. */
  nextEventInS: z.number().nonnegative().optional(),
  secondsLeft: z.number().nonnegative().optional(),
})
export type PlanStatus = z.infer<typeof planStatusSchema>

/** What a recording comes to, told before it starts. */
export const recordingEstimateSchema = z.object({
  /** Absent: until it is stopped. */
  frames: z.number().int().nonnegative().optional(),
  durationS: z.number().nonnegative().optional(),
  bytes: z.number().nonnegative().optional(),
  framesPerSecond: z.number().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  freeDiskBytes: z.number().nonnegative(),
  /** Taken at most, for frames that wait for the disk. */
  memoryBytes: z.number().nonnegative(),
  /** What the user should know before it starts. */
  warnings: z.array(z.string()),
})
export type RecordingEstimate = z.infer<typeof recordingEstimateSchema>

/**
 * What takes time in a plan besides exposures and intervals. `image`: from an exposure's end to the next beginning; in a
 * `burst`, or to the next `plane` of a triggered stack, likewise; `sequence`: the beginning and the end of either.
 */
export const planStepSchema = z.enum([
  'stage',
  'focus',
  'channel',
  'autofocus',
  'image',
  'burst',
  'plane',
  'sequence',
])
export type PlanStep = z.infer<typeof planStepSchema>

/** What a plan comes to, told before it starts. */
export const planEstimateSchema = z.object({
  events: z.number().int().nonnegative(),
  /** Images of all cameras. */
  frames: z.number().int().nonnegative(),
  /** How many there are of each axis. */
  sizes: z.partialRecord(z.enum(['t', 'p', 'g', 'c', 'z']), z.number().int().positive()),
  durationS: z.number().nonnegative(),
  /** Steps whose time has never been measured on this microscope: what is usual is assumed of them. */
  assumed: z.array(planStepSchema),
  bytes: z.number().nonnegative(),
  /** At its fastest, e.g. in a burst. */
  bytesPerSecond: z.number().nonnegative(),
  freeDiskBytes: z.number().nonnegative(),
  /** That the disk takes, as measured; absent: the plan is too slow for that to matter. */
  diskBytesPerSecond: z.number().nonnegative().optional(),
  memoryBytes: z.number().nonnegative(),
  /** Why it cannot be run: unknown presets, positions outside of the stage's travel, too little room. */
  problems: z.array(planRemarkSchema),
  /** What the user should know before it starts. */
  warnings: z.array(planRemarkSchema),
})
export type PlanEstimate = z.infer<typeof planEstimateSchema>
