/** What a plane of a stored image may hold: what cameras deliver, or the real numbers of other programs' files. */
import { z } from 'zod'
import { type PixelLayout, pixelFormatSchema, pixelLayout } from './pixel-format.ts'

/**
 * A camera's pixel format, or `Float32`: one IEEE 754 number of 32 bits per pixel, little endian; NaN is possible.
 * Whatever has a sign or more than 16 bits comes as `Float32`; whole numbers are exact up to 2^24.
 */
export const planeFormatSchema = z.enum([...pixelFormatSchema.options, 'Float32'])
export type PlaneFormat = z.infer<typeof planeFormatSchema>

/** Samples of files that come as `Float32`: all that is not uint8 or uint16. */
export const realSampleTypeSchema = z.enum([
  'int8',
  'int16',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'float16',
  'float32',
  'float64',
])
export type RealSampleType = z.infer<typeof realSampleTypeSchema>

/** As `PixelLayout`, also of real numbers. */
export type PlaneLayout =
  | Omit<PixelLayout, 'significantBits'>
  | {
      readonly kind: 'real'
      readonly pattern?: undefined
      readonly channels: 1
      readonly bytesPerSample: 4
      readonly bytesPerPixel: 4
    }

const realLayout = { kind: 'real', channels: 1, bytesPerSample: 4, bytesPerPixel: 4 } as const

/** The memory layout of `format`. */
export function planeLayout(format: PlaneFormat): PlaneLayout {
  return format === 'Float32' ? realLayout : pixelLayout(format)
}
