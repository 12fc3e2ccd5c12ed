/** Single images that are kept: what is asked for and what was written. */
import { z } from 'zod'
import { pixelFormatSchema } from './frames/pixel-format.ts'

/** `tiff` and `png` keep every bit; `jpeg` is the picture as the live view shows it. */
export const snapFormatSchema = z.enum(['tiff', 'png', 'jpeg'])
export type SnapFormat = z.infer<typeof snapFormatSchema>

/** What image is wanted, and how it shall be kept. */
export const snapRequestSchema = z.strictObject({
  /** Absent: the first camera. */
  detectorName: z.string().min(1).max(200).optional(),
  format: snapFormatSchema.default('tiff'),
  /** Without folder and extension; characters that file systems do not take are replaced. */
  fileName: z.string().max(200).optional(),
})

/** The image that was taken, and the file that it is in. */
export const snapResultSchema = z.object({
  detectorName: z.string(),
  format: snapFormatSchema,
  filePath: z.string(),
  /** From the data folder, with `/`: `recordings/2026-11-22/snap_14-03-09.tif`. */
  relativePath: z.string(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  pixelFormat: pixelFormatSchema,
  /** The camera's frame number. */
  sequence: z.number().int().nonnegative(),
  /** End of the exposure, Unix time, ms. */
  capturedAt: z.number(),
})
export type SnapResult = z.infer<typeof snapResultSchema>
