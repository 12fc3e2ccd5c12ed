/** How an acquisition is kept on disk. */
import { z } from 'zod'

export const storageFormatSchema = z.enum(['ome-tiff', 'raw'])
export type StorageFormat = z.infer<typeof storageFormatSchema>

/** Chosen format with its options; one definition for the form, the API and the settings. */
export const storageOptionsSchema = z.discriminatedUnion('format', [
  /** OME-TIFF (BigTIFF), uncompressed: one file, or one for each position. */
  z.strictObject({
    format: z.literal('ome-tiff'),
    files: z.enum(['single', 'perPosition']).default('perPosition'),
  }),
  /** Pixels one frame after the other, described by JSON: the fastest. */
  z.strictObject({ format: z.literal('raw') }),
])
export type StorageOptions = z.infer<typeof storageOptionsSchema>

export const defaultStorage: StorageOptions = { format: 'ome-tiff', files: 'perPosition' }
