/** What happens while a plan runs, event by event (the events of useq-schema's runners, and what they lack). */
import { z } from 'zod'
import { frameIndexSchema } from './frame-record.ts'
import { finishReasonSchema } from './acquisition-status.ts'

/** One event of the plan, for people and scripts. */
export const plannedEventSchema = z.object({
  /** Running number in the plan, from 0. */
  number: z.number().int().nonnegative(),
  index: frameIndexSchema,
  action: z.enum(['acquireImage', 'hardwareAutofocus']),
  channel: z.string().optional(),
  positionName: z.string().optional(),
  /** Not before this, s after the timer's last reset. */
  minStartS: z.number().optional(),
})
export type PlannedEvent = z.infer<typeof plannedEventSchema>

const failure = { message: z.string(), hint: z.string().optional() }

/** What happens while a plan is run, named as the signals of pymmcore-plus where it has such. */
export const acquisitionEventSchema = z.discriminatedUnion('type', [
  /** `plan`: as `writePlan` writes it. */
  z.object({ type: z.literal('sequenceStarted'), id: z.string(), plan: z.record(z.string(), z.unknown()) }),
  z.object({ type: z.literal('sequencePauseToggled'), id: z.string(), paused: z.boolean() }),
  /** A device is not as it is in pauses: its light as before the plan, or its camera running free. The pause goes on. */
  z.object({ type: z.literal('sequencePauseFailed'), id: z.string(), ...failure }),
  z.object({
    type: z.literal('awaitingEvent'),
    id: z.string(),
    event: plannedEventSchema,
    remainingS: z.number().nonnegative(),
  }),
  z.object({
    type: z.literal('eventStarted'),
    id: z.string(),
    event: plannedEventSchema,
    /** After the time planned; absent: none was. */
    lateMs: z.number().optional(),
  }),
  /** The frame is taken and will be written. */
  z.object({
    type: z.literal('frameReady'),
    id: z.string(),
    event: plannedEventSchema,
    camera: z.string(),
    sequence: z.number().int().nonnegative(),
  }),
  z.object({
    type: z.literal('eventFinished'),
    id: z.string(),
    event: plannedEventSchema,
    durationMs: z.number(),
  }),
  /** What becomes of it follows from the plan's fault policy. */
  z.object({
    type: z.literal('eventFailed'),
    id: z.string(),
    event: plannedEventSchema,
    ...failure,
    consequence: z.enum(['abort', 'retry', 'skip']),
  }),
  z.object({ type: z.literal('sequenceCanceled'), id: z.string() }),
  /** Always the last. */
  z.object({
    type: z.literal('sequenceFinished'),
    id: z.string(),
    reason: finishReasonSchema,
    frames: z.object({
      expected: z.number().int().nonnegative(),
      written: z.number().int().nonnegative(),
      skipped: z.number().int().nonnegative(),
    }),
    message: failure.message.optional(),
    hint: failure.hint,
  }),
])
export type AcquisitionRunEvent = z.infer<typeof acquisitionEventSchema>
