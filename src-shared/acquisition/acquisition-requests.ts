/** What is asked for when something is recorded or a plan is run. */
import { z } from 'zod'
import { defaultStorage, storageOptionsSchema } from './storage-options.ts'

const detectorNames = z.array(z.string().min(1).max(200)).max(8)
const name = z.string().max(200).describe('Without folder; absent: named by kind and time')

/** When a recording begins. Until then its cameras are watched, and frames of before can be kept. */
export const recordingBeginSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('now') }),
  /** Unix time, ms. */
  z.strictObject({ kind: z.literal('at'), time: z.number() }),
  /** When the image changes: mean absolute change from its recent course, as a share of the format's range. */
  z.strictObject({ kind: z.literal('change'), threshold: z.number().positive().max(1) }),
  /** When `recording.begin` is called. */
  z.strictObject({ kind: z.literal('asked') }),
])
export type RecordingBegin = z.infer<typeof recordingBeginSchema>

/** A recording: which cameras, for how long, and where to. */
export const recordingRequestSchema = z.strictObject({
  /** Cameras to record, side by side; absent: the first camera. */
  detectorNames: detectorNames.min(1).optional(),
  name: name.optional(),
  storage: storageOptionsSchema.prefault(defaultStorage),
  until: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('frames'), frames: z.number().int().positive().max(1e12) }),
      z.strictObject({ kind: z.literal('seconds'), seconds: z.number().positive().max(1e9) }),
      z.strictObject({ kind: z.literal('stopped') }),
    ])
    .prefault({ kind: 'stopped' }),
  /** When it begins. Until then the recording waits, with its memory reserved and its cameras running. */
  begin: recordingBeginSchema.prefault({ kind: 'now' }),
  /** Frames of the last seconds before it begins are kept too, as far as they are still in memory. */
  preRecordS: z.number().nonnegative().max(600).default(0),
})
export type RecordingRequest = z.infer<typeof recordingRequestSchema>

/** What happens when hardware fails in the middle of a plan. */
export const faultPolicySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('abort') }),
  /** The event is tried again, so many times; then the plan ends. */
  z.strictObject({ kind: z.literal('retry'), times: z.number().int().min(1).max(100) }),
  /** The images of the event are left out, and listed. */
  z.strictObject({ kind: z.literal('skip') }),
])
export type FaultPolicy = z.infer<typeof faultPolicySchema>

/** A plan to be run. */
export const planRequestSchema = z.strictObject({
  /** An MDASequence of useq-schema, as JSON data. */
  plan: z.record(z.string(), z.unknown()),
  /** Cameras for channels that name none, exposed together; absent: the first camera. */
  detectorNames: detectorNames.min(1).optional(),
  name: name.optional(),
  storage: storageOptionsSchema.prefault(defaultStorage),
  onFault: faultPolicySchema.prefault({ kind: 'abort' }),
})
export type PlanRequest = z.infer<typeof planRequestSchema>
