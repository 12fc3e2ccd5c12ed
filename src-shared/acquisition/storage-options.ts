/** How an acquisition is kept on disk. */
import { z } from 'zod'

/** File formats of acquisitions. */
export const storageFormatSchema = z.enum(['ome-tiff', 'ome-zarr', 'raw', 'video'])
export type StorageFormat = z.infer<typeof storageFormatSchema>

/** Chosen format with its options; one definition for the form, the API and the settings. */
export const storageOptionsSchema = z.discriminatedUnion('format', [
  /** OME-TIFF (BigTIFF), uncompressed: one file, or one for each position. */
  z.strictObject({
    format: z.literal('ome-tiff'),
    files: z.enum(['single', 'perPosition']).default('perPosition'),
  }),
  /** OME-Zarr 0.5 (Zarr v3): one chunk per plane, many chunks in a file (sharding). */
  z.strictObject({
    format: z.literal('ome-zarr'),
    compression: z.enum(['none', 'zstd']).default('none'),
    /** Smaller copies for quick viewing, made when the acquisition has ended. */
    pyramid: z.boolean().default(true),
  }),
  /** Pixels one frame after the other, described by JSON: the fastest. */
  z.strictObject({ format: z.literal('raw') }),
  /**
   * For people: 8 bits, window as seen; lossless on request. Made by the system's ffmpeg: one file for each position and
   * channel, with the frames' real times unless they are far apart.
   */
  z
    .strictObject({
      format: z.literal('video'),
      /** Fragmented, so that it plays when it was cut off. */
      container: z.enum(['mp4', 'mkv', 'webm']).default('mkv'),
      /** 0 to 100; `lossless`: FFV1 in MKV, all bits of the camera, no overlays. */
      quality: z.union([z.number().int().min(0).max(100), z.literal('lossless')]).default(80),
      /** Try the graphics card's encoder first. */
      hardware: z.boolean().default(false),
      /**
       * Grey value that is black, and that is white, ADU: the app sends those of its live view. Absent: 0.1 % of the first
       * frame's pixels are black, 0.1 % white, as the live view shows it by itself.
       */
      windowLow: z.number().nonnegative().optional(),
      windowHigh: z.number().positive().optional(),
      /** Time stamp and scale bar in the picture. */
      overlays: z.boolean().default(false),
    })
    .refine(({ windowLow, windowHigh }) => (windowLow ?? 0) < (windowHigh ?? Number.POSITIVE_INFINITY), {
      path: ['windowHigh'],
      message: 'must be above windowLow',
    }),
])
export type StorageOptions = z.infer<typeof storageOptionsSchema>

/** Taken where nothing was chosen. */
export const defaultStorage: StorageOptions = { format: 'ome-tiff', files: 'perPosition' }
