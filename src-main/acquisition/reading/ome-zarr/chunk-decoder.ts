/**
 * Decodes chunks: Zarr v3's codecs `transpose`, `bytes`, `gzip`, `zstd`, `blosc` and `crc32c`, and what Zarr v2 has besides
 * (`zlib`, `lz4`). What a chunk decodes to is known beforehand, and nothing may become larger.
 */
import { promisify } from 'node:util'
import { gunzip, inflate, zstdDecompress } from 'node:zlib'
import Blosc from 'numcodecs/blosc'
import { lz4DecodeBlock } from '../../../../src-shared/kernels/lz4-block.ts'
import { crc32c } from '../../storage/ome-zarr/crc32c.ts'
import { bytesOfSample, swapBytes } from '../sample-type.ts'
import { requireWholeBlosc } from './blosc-container.ts'
import { type Codec, productOf, type ZarrArray } from './zarr-metadata.ts'

/** A chunk's samples, little endian; `strides` in samples, along each axis of the array. */
export type DecodedChunk = {
  readonly bytes: Uint8Array
  readonly strides: readonly number[]
}

export interface ChunkDecoder {
  /** @throws Error saying why the bytes are not a chunk */
  decode(encoded: Uint8Array): Promise<DecodedChunk>
}

const decompressors = { gzip: promisify(gunzip), zlib: promisify(inflate), zstd: promisify(zstdDecompress) }

/** @throws Error naming a codec that is not known, or set so that it makes no sense */
export function chunkDecoder({ chunkShape, sampleType, codecs }: ZarrArray): ChunkDecoder {
  const sampleBytes = bytesOfSample(sampleType)
  const size = productOf(chunkShape) * sampleBytes
  let strides = stridesOf(chunkShape)
  const steps: ((bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>)[] = []
  for (const { name, configuration } of codecs) {
    if (name === 'transpose') strides = transposed(chunkShape, configuration)
    else if (name !== 'bytes') steps.unshift(stepOf({ name, configuration }, size))
    else if (configuration['endian'] === 'big' && sampleBytes > 1)
      steps.unshift((bytes) => littleEndian(bytes, sampleBytes))
  }
  return {
    async decode(encoded) {
      let bytes = encoded
      for (const step of steps) bytes = await step(bytes)
      if (bytes.length !== size) throw new Error(`a chunk has ${bytes.length} bytes instead of ${size}`)
      return { bytes, strides }
    },
  }
}

function littleEndian(bytes: Uint8Array, sampleBytes: number): Uint8Array {
  const swapped = Uint8Array.from(bytes)
  if (bytes.length % sampleBytes === 0) swapBytes(swapped, sampleBytes)
  return swapped
}

function stepOf({ name, configuration }: Codec, size: number) {
  // What is compressed beyond what it holds is not a chunk.
  const maxOutputLength = Math.max(1, size + 4)
  switch (name) {
    case 'gzip':
    case 'zlib':
    case 'zstd':
      return (bytes: Uint8Array) => decompressors[name](bytes, { maxOutputLength })
    case 'blosc':
      return (bytes: Uint8Array) => {
        requireWholeBlosc(bytes, size)
        return Blosc.fromConfig({}).decode(bytes)
      }
    case 'lz4':
      // Of numcodecs: 4 bytes for the size, then one block.
      return (bytes: Uint8Array) => {
        const decoded = new Uint8Array(size)
        if (lz4DecodeBlock(bytes.subarray(4), decoded) !== size)
          throw new Error('a chunk’s LZ4 data are damaged')
        return decoded
      }
    case 'crc32c':
      return checked
    default:
      throw new Error(
        `it is encoded by ${name}${'cname' in configuration ? ` (${String(configuration['cname'])})` : ''}`,
      )
  }
}

function checked(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) throw new Error('a chunk is too short')
  const content = bytes.subarray(0, -4)
  const expected = new DataView(bytes.buffer, bytes.byteOffset).getUint32(content.length, true)
  if (crc32c(content) !== expected) throw new Error('a chunk does not match its checksum')
  return content
}

/** C order. */
function stridesOf(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => productOf(shape.slice(axis + 1)))
}

/** Axis `order[i]` of the array is axis i of what is stored. @throws Error for what is not an order */
function transposed(shape: readonly number[], { order }: Codec['configuration']): readonly number[] {
  const axes: readonly unknown[] = Array.isArray(order) ? order : []
  const stored = stridesOf(axes.map((axis) => shape[Number(axis)] ?? 0))
  const strides = shape.map((_, axis) => stored[axes.indexOf(axis)])
  if (axes.length !== shape.length || strides.includes(undefined))
    throw new Error('its axes are transposed in no order')
  return strides.map((stride) => stride ?? 0)
}
