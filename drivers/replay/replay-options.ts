import { z } from 'zod'
import { CoverslipError } from '../../src-shared/errors.ts'

/** Frame rates at which images can be played, frames/s. */
export const frameRateLimits = { min: 0.1, max: 1000 } as const

/** What the hardware configuration can say of a replay; unknown keys are refused. */
const replayOptionsSchema = z.strictObject({
  /** Frames per second. */
  frameRate: z.number().min(frameRateLimits.min).max(frameRateLimits.max).default(25),
  /** True: begin again after the last image. */
  loop: z.boolean().default(true),
  /** Size of a pixel in the specimen, µm, when known. */
  pixelSizeUm: z.number().positive().optional(),
  /** True: images saved in colour are played as RGB8 even when they hold nothing but greys. */
  keepColor: z.boolean().default(false),
  /** Decoded images are kept in memory up to this many MiB. */
  cacheMiB: z.number().positive().default(1024),
})
export type ReplayOptions = z.infer<typeof replayOptionsSchema>

/** @throws CoverslipError INVALID_INPUT that names each wrong option. */
export function parseReplayOptions(options: Readonly<Record<string, unknown>>): ReplayOptions {
  const parsed = replayOptionsSchema.safeParse(options)
  if (parsed.success) return parsed.data
  throw new CoverslipError(
    'INVALID_INPUT',
    `Wrong options for the replay camera: ${z.prettifyError(parsed.error)}`,
    {
      hint: `It takes ${Object.keys(replayOptionsSchema.shape).join(', ')}; frameRate is ${frameRateLimits.min} to ${frameRateLimits.max} frames/s.`,
      cause: parsed.error,
    },
  )
}
