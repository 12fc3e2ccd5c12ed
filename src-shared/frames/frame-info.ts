import { z } from 'zod'
import { pixelFormatSchema } from './pixel-format.ts'

/** Position of a stage in µm; axes that the microscope does not have are absent. */
export const stagePositionSchema = z.object({
  x: z.number().optional(),
  y: z.number().optional(),
  z: z.number().optional(),
})
export type StagePosition = z.infer<typeof stagePositionSchema>

/** What is known of one camera frame besides its pixels. */
export const frameInfoSchema = z.object({
  /** The camera's own frame number, counted from 0 at each acquisition start; a gap is a lost frame. */
  sequence: z.number().int().nonnegative(),
  /** When the exposure ended, camera clock mapped to the host's monotonic clock, ns. */
  timestampNs: z.bigint(),
  /** When the pixels were complete in the ring, host's monotonic clock (`process.hrtime.bigint`), ns. */
  hostTimeNs: z.bigint(),
  /** Size in pixels as delivered (after the camera's binning and ROI). */
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  pixelFormat: pixelFormatSchema,
  /** Bits that carry signal: the largest pixel value is 2^significantBits - 1. */
  significantBits: z.number().int().min(1).max(16),
  exposureMs: z.number().nonnegative(),
  gain: z.number(),
  /** Size of a delivered pixel in the specimen, µm (objective and binning included); undefined when not calibrated. */
  pixelSizeUm: z.number().positive().optional(),
  /**
   * Where the centre of the image lies on the stage, µm, when known: where the stage was, and besides, how far from the
   * middle of the sensor the part of it lies that was read.
   */
  stage: stagePositionSchema.optional(),
  /** Name of the channel preset in use, when known. */
  channel: z.string().optional(),
  /** True when part of the pixels did not arrive: they are 0. */
  incomplete: z.boolean().optional(),
})
export type FrameInfo = z.infer<typeof frameInfoSchema>
