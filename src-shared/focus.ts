/** Finding the focus by the camera's image: what is asked for, and what has come of it. */
import { z } from 'zod'
import { serializedErrorSchema } from './errors.ts'

/** Planes of a first sweep, at most: more would take minutes. */
export const mostFocusPlanes = 500

/** A part of the image, in its pixels. */
export const imageRegionSchema = z.strictObject({
  x: z.number().int().nonnegative(),
  y: z.number().int().nonnegative(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
})

/** How far and how closely is searched. */
export const focusRangeShape = {
  /** All of it, half to each side of where the focus stands, µm. */
  rangeUm: z.number().positive().max(10_000).default(50).describe('Whole range, half to each side, µm'),
  stepUm: z
    .number()
    .positive()
    .max(1000)
    .optional()
    .describe('Distance of the planes of the first sweep, µm; absent: a 25th of the range'),
} as const

/** What shall be brought into focus, and how far it is searched. */
export const focusRequestSchema = z.strictObject({
  detectorName: z.string().min(1).max(200).optional().describe('Id or name of a camera; absent: the first'),
  ...focusRangeShape,
  region: imageRegionSchema.optional().describe('Part of the image to have in focus, in its pixels'),
  settleMs: z
    .number()
    .min(0)
    .max(10_000)
    .default(0)
    .describe('Time that the stand shakes after the focus drive has arrived, ms'),
  offsetUm: z.number().min(-1000).max(1000).default(0).describe('Where to stop above the sharpest plane, µm'),
})
export type FocusRequest = z.infer<typeof focusRequestSchema>

/** A search for the focus that is under way, or was the last. */
export const focusStatusSchema = z.object({
  state: z.enum(['searching', 'found', 'stopped', 'failed']),
  detectorName: z.string(),
  /** Where z was before, µm. */
  startUm: z.number(),
  /** The range that is searched, µm: within the travel of the focus drive. */
  fromUm: z.number(),
  toUm: z.number(),
  /** What was measured, in that order. */
  curve: z.array(z.object({ zUm: z.number(), score: z.number() })),
  /** Where the focus was found, µm: the sharpest plane and the offset. */
  foundUm: z.number().optional(),
  /** Why none was found. */
  error: serializedErrorSchema.optional(),
})
export type FocusStatus = z.infer<typeof focusStatusSchema>

/** How sharp the newest image is. */
export const focusScoreSchema = z.object({
  detectorName: z.string(),
  score: z.number(),
  /** Standard error of the score by the noise of the image. */
  error: z.number(),
  /** End of the exposure, Unix time, ms. */
  capturedAt: z.number(),
})
export type FocusScore = z.infer<typeof focusScoreSchema>
