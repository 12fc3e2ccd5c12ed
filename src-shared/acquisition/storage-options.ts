/** How an acquisition is kept on disk. */
import { z } from 'zod'

export const storageFormatSchema = z.enum(['ome-zarr', 'ome-tiff', 'raw', 'video'])
export type StorageFormat = z.infer<typeof storageFormatSchema>

/** Chosen format with its options; one definition for the form, the API and the settings. */
export const storageOptionsSchema = z.discriminatedUnion('format', [
  /** OME-Zarr 0.5 (Zarr v3): one chunk per plane, sharded, with a pyramid for large images. */
  z.strictObject({
    format: z.literal('ome-zarr'),
    compression: z.enum(['none', 'zstd']).default('zstd'),
    /** Smaller copies for quick viewing, made when the acquisition has ended. */
    pyramid: z.boolean().default(true),
  }),
  /** OME-TIFF (BigTIFF), uncompressed: one file, or one for each position. */
  z.strictObject({
    format: z.literal('ome-tiff'),
    files: z.enum(['single', 'perPosition']).default('perPosition'),
  }),
  /** Pixels one frame after the other, described by JSON: the fastest. */
  z.strictObject({ format: z.literal('raw') }),
  /** For people: 8 bits, window as seen; lossless on request. Made by the system's ffmpeg. */
  z.strictObject({
    format: z.literal('video'),
    container: z.enum(['mp4', 'mkv', 'webm']).default('mp4'),
    /** 0 to 100; 100: lossless (MKV with FFV1). */
    quality: z.number().int().min(0).max(100).default(80),
    /** Grey value that is black, and that is white; absent: the range of the pixel format. ADU. */
    windowLow: z.number().nonnegative().optional(),
    windowHigh: z.number().positive().optional(),
    /** Time stamp and scale bar in the picture. */
    overlays: z.boolean().default(false),
  }),
])
export type StorageOptions = z.infer<typeof storageOptionsSchema>

export const defaultStorage: StorageOptions = { format: 'ome-zarr', compression: 'zstd', pyramid: true }
