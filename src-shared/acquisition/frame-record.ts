/**
 * What is kept of every frame: one line of `frames.jsonl` (JSON lines, UTF-8, `\n`) each, appended as frames land, so
 * that what was acquired before a crash is known.
 */
import { z } from 'zod'
import { propertyValueSchema } from '../devices.ts'
import { stagePositionSchema } from '../frames/frame-info.ts'
import { axisSchema } from '../plan/sequence.ts'

/** Where in the plan an image is; recordings have `t` only. */
export const frameIndexSchema = z.partialRecord(axisSchema, z.number().int().nonnegative())

/** A line of the frame log. */
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
    /** Of the plan's position. */
    positionName: z.string().optional(),
    /** Of the sensor, °C. */
    temperatureC: z.number().optional(),
    /** Part of its pixels did not arrive: they are 0 in the file. */
    incomplete: z.literal(true).optional(),
  }),
  /** Frames that the camera made and that are not in the file: sequence numbers `first` to `last`. */
  z.object({
    kind: z.literal('lost'),
    camera: z.string(),
    first: z.number().int().nonnegative(),
    last: z.number().int().nonnegative(),
    reason: z.string(),
  }),
  /** An image of the plan that was not taken. */
  z.object({ kind: z.literal('skipped'), camera: z.string(), index: frameIndexSchema, reason: z.string() }),
  /** A setting that changed meanwhile: with `acquisition.json`, what every setting was at every frame. */
  z.object({
    kind: z.literal('setting'),
    device: z.string(),
    property: z.string(),
    value: propertyValueSchema,
    /** Unix time, ms. */
    at: z.number(),
  }),
])
export type FrameRecord = z.infer<typeof frameRecordSchema>
