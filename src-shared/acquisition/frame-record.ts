/**
 * What is kept of every frame: one line of `frames.jsonl` (JSON lines, UTF-8, `\n`) each, appended as frames land, so
 * that what was acquired before a crash is known.
 */
import { z } from 'zod'
import { stagePositionSchema } from '../frames/frame-info.ts'
import { axisSchema } from '../plan/sequence.ts'

/** Where in the plan an image is; recordings have `t` only. */
export const frameIndexSchema = z.partialRecord(axisSchema, z.number().int().nonnegative())

export const frameRecordSchema = z.discriminatedUnion('kind', [
  /** A frame that is in the file. */
  z.object({
    kind: z.literal('frame'),
    camera: z.string(),
    index: frameIndexSchema,
    /** Running number within the camera's dataset, in the order of arrival: the plane's place in the file. */
    place: z.number().int().nonnegative(),
    /** The camera's own frame number since it was started. */
    sequence: z.number().int().nonnegative(),
    /** End of the exposure, Unix time, ms. */
    capturedAt: z.number(),
    /** The same by the camera's clock mapped to the host's monotonic one, ns, as text: beyond 2^53. */
    timestampNs: z.string(),
    /** When its pixels were complete in memory, host's monotonic clock, ns. */
    hostTimeNs: z.string(),
    /** Seconds since the first frame, by the camera's clock. */
    elapsedS: z.number(),
    exposureMs: z.number(),
    gain: z.number(),
    pixelSizeUm: z.number().optional(),
    stage: stagePositionSchema.optional(),
    channel: z.string().optional(),
  }),
  /** Frames that the camera made and that are not in the file: sequence numbers `first` to `last`. */
  z.object({
    kind: z.literal('lost'),
    camera: z.string(),
    first: z.number().int().nonnegative(),
    last: z.number().int().nonnegative(),
    reason: z.string(),
  }),
])
export type FrameRecord = z.infer<typeof frameRecordSchema>
