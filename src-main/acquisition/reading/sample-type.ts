/** Numbers that image files are made of, as numpy names them, and how they come to be the pixels of planes. */
import { z } from 'zod'
import { type RealSampleType, realSampleTypeSchema } from '../../../src-shared/frames/plane-format.ts'
import type { ImageDataset } from '../../../src-shared/gallery.ts'
import { halfFloats } from './half-floats.ts'

/** Types of samples that the gallery shows. */
export const sampleTypeSchema = z.enum(['uint8', 'uint16', ...realSampleTypeSchema.options])
export type SampleType = z.infer<typeof sampleTypeSchema>

/** Whether samples come as real numbers (`Float32`), as no camera has the like. */
export function isRealSample(type: SampleType): type is RealSampleType {
  return type !== 'uint8' && type !== 'uint16'
}

/** What `ImageDataset` says of the values. @param bits that they have in the file, where those are fewer */
export function depthOf(
  type: SampleType,
  bits = 8 * bytesOfSample(type),
): Pick<ImageDataset, 'significantBits' | 'sampleType'> {
  return isRealSample(type) ? { sampleType: type } : { significantBits: bits }
}

/** Bytes of one sample. */
export function bytesOfSample(type: SampleType): 1 | 2 | 4 | 8 {
  if (type.endsWith('16')) return 2
  if (type.endsWith('32')) return 4
  return type.endsWith('64') ? 8 : 1
}

/** Samples of `bytesPerSample` bytes from big to little endian, in place. */
export function swapBytes(samples: Uint8Array, bytesPerSample: number): void {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.length)
  if (bytesPerSample === 2) bytes.swap16()
  if (bytesPerSample === 4) bytes.swap32()
  if (bytesPerSample === 8) bytes.swap64()
}

/** Little-endian samples as `Float32`, in memory of its own: the nearest number that it knows. */
export function realPixels(samples: Uint8Array, type: RealSampleType): Uint8Array<ArrayBuffer> {
  const count = samples.length / bytesOfSample(type)
  // Typed arrays begin at multiples of their elements.
  const { buffer, byteOffset } = samples.byteOffset % 8 === 0 ? samples : samples.slice()
  return new Uint8Array(real(buffer, { byteOffset, count, type }).buffer)
}

type Part = { readonly byteOffset: number; readonly count: number; readonly type: RealSampleType }

function real(buffer: ArrayBufferLike, { byteOffset, count, type }: Part): Float32Array<ArrayBuffer> {
  switch (type) {
    case 'int8':
      return new Float32Array(new Int8Array(buffer, byteOffset, count))
    case 'int16':
      return new Float32Array(new Int16Array(buffer, byteOffset, count))
    case 'int32':
      return new Float32Array(new Int32Array(buffer, byteOffset, count))
    case 'uint32':
      return new Float32Array(new Uint32Array(buffer, byteOffset, count))
    case 'float16':
      return halfFloats(new Uint16Array(buffer, byteOffset, count))
    case 'float32':
      return new Float32Array(new Float32Array(buffer, byteOffset, count))
    case 'float64':
      return new Float32Array(new Float64Array(buffer, byteOffset, count))
    case 'int64':
      return Float32Array.from(new BigInt64Array(buffer, byteOffset, count), Number)
    case 'uint64':
      return Float32Array.from(new BigUint64Array(buffer, byteOffset, count), Number)
  }
}
