/**
 * The message `frame` of a live stream, over socket.io and IPC alike: two arguments, `(FrameMessage, packet)`, so that
 * they cannot be paired wrongly. The packet is a UC2F packet (`format: 'binary'`, see frame-packet.ts) or a JPEG file
 * (`format: 'jpeg'`).
 *
 * The schema is for tests, tools and the documentation. For every frame on the way to the screen `isFrameMessage`
 * is enough: everything else that it relies on is checked while the packet is decoded.
 */
import { z } from 'zod'
import { stagePositionSchema } from './frame-info.ts'
import { frameStatisticsSchema, histogramBins } from './frame-statistics.ts'
import { pixelFilterSchema } from './pixel-filter.ts'
import { pixelFormatSchema } from './pixel-format.ts'

/** How the pixels of a packet are compressed. */
export const packetCompressionSchema = z.enum(['lz4', 'zstd', 'none', 'jpeg'])

/** What is told of a frame beside its packet. */
export const frameMetadataSchema = z.object({
  /** Running number of the encoded frames of this stream, from 0. */
  frame_id: z.number().int().nonnegative(),
  /** The camera's own frame number; a gap is a frame that was not sent or was lost. */
  sequence: z.number().int().nonnegative(),
  /** End of the exposure, host's monotonic clock, ns: a decimal number in text, as JSON has no 64-bit integers. */
  timestamp_ns: z.string().regex(/^-?\d+$/),
  /** End of the exposure, and packet ready; Unix time in ms with fractions. */
  captured_at_ms: z.number(),
  encoded_at_ms: z.number(),
  /** Size of the packet's image in pixels. */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  /** Size of the camera's frame, and where in it the cut-out begins. */
  original_width: z.number().int().positive(),
  original_height: z.number().int().positive(),
  crop_x: z.number().int().nonnegative(),
  crop_y: z.number().int().nonnegative(),
  /**
   * Every n-th pixel in x and y was sent, or the mean of n x n; of a Bayer mosaic, for each block of 2 n x 2 n pixels
   * 2 x 2 of the same pattern.
   */
  subsampling: z.number().int().positive(),
  /** The largest possible pixel value is 2^significant_bits - 1 (of the camera's pixels, also for `jpeg`). */
  significant_bits: z.number().int().min(1).max(16),
  /** Format of the image after crop and subsampling, before a conversion to 8 bits. */
  pixel_format: pixelFormatSchema,
  exposure_ms: z.number(),
  gain: z.number(),
  /** µm; absent when not known. */
  stage: stagePositionSchema.optional(),
  channel: z.string().optional(),
  compression: packetCompressionSchema,
  filter: pixelFilterSchema,
  /** Bytes of the image before compression (at the camera's bit depth), and of the packet. */
  raw_bytes: z.number().int().positive(),
  packet_bytes: z.number().int().positive(),
  /** From the beginning of the copy out of the camera's ring until the packet was complete. */
  encode_ms: z.number().nonnegative(),
  /** Which pixel values became black and white, and the gamma between: grey = t^(1/gamma). `jpeg` only. */
  window: z.object({ low: z.number(), high: z.number(), gamma: z.number() }).optional(),
  /**
   * Numbers of samples in equal parts of 0 .. 2^histogram_bits - 1, the last with all above (of a part of the pixels,
   * if there are many).
   */
  histogram: z.array(z.number().int().nonnegative()).length(histogramBins),
  histogram_bits: z.number().int().min(8).max(16),
  statistics: frameStatisticsSchema,
})
export type FrameMetadata = z.infer<typeof frameMetadataSchema>

/** First part of a frame's message; the packet follows it. */
export const frameMessageSchema = z.object({
  name: z.literal('frame_meta'),
  detectorname: z.string(),
  /** µm in the specimen per delivered pixel; absent when the microscope is not calibrated. */
  pixelsize: z.number().positive().optional(),
  format: z.enum(['binary', 'jpeg']),
  metadata: frameMetadataSchema,
})
export type FrameMessage = z.infer<typeof frameMessageSchema>

/** Whether `value` looks like a frame message: cheap enough for every frame. */
export function isFrameMessage(value: unknown): value is FrameMessage {
  if (typeof value !== 'object' || value === null) return false
  if (!('name' in value) || value.name !== 'frame_meta') return false
  if (!('format' in value) || (value.format !== 'binary' && value.format !== 'jpeg')) return false
  return 'metadata' in value && typeof value.metadata === 'object' && value.metadata !== null
}
