import { CoverslipError } from '../errors.ts'
import { type DecodeKernels, PlainDecodeKernels, WasmDecodeKernels } from '../kernels/decode-kernels.ts'
import type { FrameMetadata } from './frame-message.ts'
import { type FramePacket, parseFramePacket } from './frame-packet.ts'
import { parseLz4Frame } from './lz4-frame.ts'
import { filterLag } from './pixel-filter.ts'
import { zstdContentBytes } from './zstd-frame.ts'

/** A decoded image, row by row without padding, right-aligned. */
export type DecodedFrame = Omit<FramePacket, 'payload' | 'payloadBytes'> & {
  /** One element per sample; belongs to the decoder (or to the packet) and is valid until its next frame. */
  readonly pixels: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Float32Array<ArrayBuffer>
}

/**
 * Decompresses one Zstandard frame: `decompress` of fzstd (without its second argument, which makes it ten times
 * slower). Passed in, so that those who never meet Zstandard need not load it.
 */
export type ZstdDecompress = (frame: Uint8Array) => Uint8Array

/** Decodes the binary packets of a stream into a buffer of its own that it uses again for every frame. */
export class FrameDecoder {
  readonly #zstd: ZstdDecompress | undefined
  #plain: boolean
  #kernels: DecodeKernels | undefined

  /**
   * @param options.zstd undefined: Zstandard packets are refused.
   * @param options.plain never use WebAssembly; without it plain JavaScript takes over only where WebAssembly fails.
   */
  constructor(options: { readonly zstd?: ZstdDecompress; readonly plain?: boolean } = {}) {
    this.#zstd = options.zstd
    this.#plain = options.plain ?? false
  }

  /** Which kernels decode: known after the first frame. */
  get implementation(): 'wasm' | 'plain' {
    return this.#plain ? 'plain' : 'wasm'
  }

  /**
   * The image in `packet`. `encoding` is its metadata, from the same message.
   * @throws CoverslipError INVALID_INPUT naming what is wrong with the packet or its metadata.
   */
  decode(
    packet: Uint8Array<ArrayBuffer>,
    encoding: Pick<FrameMetadata, 'compression' | 'filter'>,
  ): DecodedFrame {
    const { payload, payloadBytes: _, ...image } = parseFramePacket(packet)
    const lag = lagOf(image, encoding)
    if (encoding.compression === 'none' && lag === undefined && payload.length === image.imageBytes) {
      // Nothing to undo: look into the packet itself where the alignment allows it.
      const at = payload.byteOffset
      if (at % image.format.bytesPerSample === 0)
        return { ...image, pixels: samples(packet.buffer, at, image) }
    }
    const kernels = this.#kernelsFor(image.imageBytes)
    const target = lag === undefined ? 'pixels' : 'planes'
    const size = this.#decompress(payload, encoding.compression, kernels, target, image.imageBytes)
    if (size !== image.imageBytes) {
      throw invalid(`its payload holds ${size} bytes of pixels, its header says ${image.imageBytes}`)
    }
    if (lag !== undefined) kernels.unfilter(image.imageBytes / 2, lag)
    return { ...image, pixels: samples(kernels.pixels.buffer, kernels.pixels.byteOffset, image) }
  }

  #decompress(
    payload: Uint8Array,
    compression: string,
    kernels: DecodeKernels,
    target: 'pixels' | 'planes',
    imageBytes: number,
  ): number {
    const bytes = kernels[target]
    if (compression === 'lz4') return decodeLz4(payload, kernels, target, imageBytes)
    if (compression === 'zstd') return this.#decodeZstd(payload, bytes.subarray(0, imageBytes))
    if (compression !== 'none') throw invalid(`compression "${compression}" is not one of lz4, zstd, none`)
    if (payload.length === imageBytes) bytes.set(payload)
    return payload.length
  }

  #decodeZstd(payload: Uint8Array, target: Uint8Array<ArrayBuffer>): number {
    if (this.#zstd === undefined) {
      throw new CoverslipError(
        'INVALID_INPUT',
        'The packet is compressed with Zstandard, which this client cannot decode',
        { hint: 'Choose LZ4 in the stream settings.' },
      )
    }
    const stated = zstdContentBytes(payload)
    if (stated !== target.length) {
      throw invalid(
        `its Zstandard data hold ${stated ?? 'an unknown number of'} bytes, its header says ${target.length}`,
      )
    }
    let result: Uint8Array
    try {
      result = this.#zstd(payload)
    } catch (cause) {
      throw invalid('its Zstandard data cannot be decoded', cause)
    }
    if (result.length === target.length) target.set(result)
    return result.length
  }

  #kernelsFor(imageBytes: number): DecodeKernels {
    if (this.#kernels !== undefined && this.#kernels.capacity >= imageBytes) return this.#kernels
    if (!this.#plain) {
      try {
        this.#kernels = new WasmDecodeKernels(imageBytes)
        return this.#kernels
      } catch {
        // Forbidden by the page's policy, or no WebAssembly with SIMD: slower, with the same result.
        this.#plain = true
      }
    }
    this.#kernels = new PlainDecodeKernels(imageBytes)
    return this.#kernels
  }
}

function decodeLz4(
  payload: Uint8Array,
  kernels: DecodeKernels,
  target: 'pixels' | 'planes',
  imageBytes: number,
): number {
  let at = 0
  for (const [index, { bytes, stored }] of parseLz4Frame(payload).entries()) {
    if (stored) {
      if (bytes.length > imageBytes - at) throw invalid(`its LZ4 block ${index} holds more than the image`)
      kernels[target].set(bytes, at)
      at += bytes.length
    } else {
      const size = kernels.decodeBlock(bytes, target, at, imageBytes)
      if (size < 0) throw invalid(`its LZ4 block ${index} is malformed or holds more than the image`)
      at += size
    }
  }
  return at
}

function lagOf(
  image: Pick<FramePacket, 'format' | 'width'>,
  encoding: { readonly filter: string },
): number | undefined {
  if (encoding.filter === 'none') return undefined
  if (encoding.filter !== 'delta-shuffle')
    throw invalid(`filter "${encoding.filter}" is not one of none, delta-shuffle`)
  const lag = filterLag(image.format, image.width)
  if (lag === undefined) throw invalid(`filter delta-shuffle does not apply to ${image.format.name}`)
  return lag
}

function samples(buffer: ArrayBuffer, at: number, image: Pick<FramePacket, 'format' | 'imageBytes'>) {
  if (image.format.bytesPerSample === 1) return new Uint8Array(buffer, at, image.imageBytes)
  return image.format.bytesPerSample === 2
    ? new Uint16Array(buffer, at, image.imageBytes / 2)
    : new Float32Array(buffer, at, image.imageBytes / 4)
}

function invalid(problem: string, cause?: unknown): CoverslipError {
  return new CoverslipError('INVALID_INPUT', `The frame packet cannot be decoded: ${problem}`, {
    hint: 'The packet was damaged on its way, or its metadata belong to another one.',
    cause,
  })
}
