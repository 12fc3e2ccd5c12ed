/** Results and states of the live view: expected outcomes are typed results, not exceptions. */
import { z } from 'zod'
import { protocolSchema, streamParamsSchema } from './stream-params.ts'

/** A stream that runs. */
export const activeStreamSchema = z.object({
  /** Device id of the camera. */
  detectorName: z.string(),
  protocol: protocolSchema,
  params: streamParamsSchema,
  /** Unix time, ms. */
  startedAt: z.number(),
  /** `request`: runs until it is stopped; `viewer`: started by one, and stops with the last. */
  startedBy: z.enum(['request', 'viewer']),
})
export type ActiveStream = z.infer<typeof activeStreamSchema>

/** How a start of the live view ended, where it is no error. */
export const startResultSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('started'), stream: activeStreamSchema }),
  /** The detector streams by this protocol already; nothing changed. */
  z.object({ status: z.literal('already_running'), stream: activeStreamSchema }),
  /** Refused: at this exposure a live view makes no sense; `force` starts it all the same. */
  z.object({
    status: z.literal('long_exposure'),
    detectorName: z.string(),
    exposureMs: z.number(),
    thresholdMs: z.number(),
    message: z.string(),
  }),
])
export type StartResult = z.infer<typeof startResultSchema>

/** How a stop of the live view ended. */
export const stopResultSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('stopped'), detectorName: z.string(), protocol: protocolSchema }),
  z.object({ status: z.literal('not_running'), detectorName: z.string().optional(), message: z.string() }),
])
export type StopResult = z.infer<typeof stopResultSchema>

/** Where frames are and where they were dropped, counted since the stream started; rates over the last second. */
export const streamStatsSchema = z.object({
  detectorName: z.string(),
  protocol: protocolSchema,
  camera: z.object({
    fps: z.number(),
    frames: z.number(),
    /** Gaps in the camera's own frame numbers. */
    lost: z.number(),
  }),
  encoder: z.object({
    fps: z.number(),
    frames: z.number(),
    /** Camera frames left out on purpose, because the stream's frame rate is lower. */
    notDue: z.number(),
    /** Camera frames that were due, but the encoder was busy with an older one. */
    overrun: z.number(),
    /** Camera frames that were due, but no viewer was ready for another. */
    noViewer: z.number(),
    encodeMs: z.number(),
    encodeMsMax: z.number(),
    bytesPerFrame: z.number(),
    /** Pixel bytes (after crop and subsampling) by packet bytes. */
    ratio: z.number(),
    /** Frames that could not be encoded; the last reason is in an alert. */
    failed: z.number(),
  }),
  network: z.object({
    viewers: z.number(),
    sent: z.number(),
    /** Frames that viewers were too slow for, summed over viewers. */
    skipped: z.number(),
    /** Viewers that were disconnected because they took nothing any more. */
    dropped: z.number().optional(),
    bytesPerSecond: z.number(),
  }),
})
export type StreamStats = z.infer<typeof streamStatsSchema>

/** An exposure so long that a live view of it wants to be confirmed. */
export const longExposureInfoSchema = z.object({
  detectorName: z.string(),
  exposureMs: z.number(),
  thresholdMs: z.number(),
  isLongExposure: z.boolean(),
})
export type LongExposureInfo = z.infer<typeof longExposureInfoSchema>

/** What streams, and what could. */
export const streamStatusSchema = z.object({
  availableProtocols: z.array(protocolSchema),
  detectors: z.array(
    z.object({
      detectorName: z.string(),
      streaming: z.boolean(),
      protocol: protocolSchema.optional(),
      /** What a start without parameters would use, or what the running stream uses. */
      params: streamParamsSchema,
    }),
  ),
})
export type StreamStatus = z.infer<typeof streamStatusSchema>
