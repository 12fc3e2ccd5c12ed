import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { type PixelFormat, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { centredCrop, type Region } from '../../../src-shared/kernels/crop.ts'
import { type ImageShape, Kernels } from '../../../src-shared/kernels/kernels.ts'
import { reducedLength, reducedMosaicLength } from '../../../src-shared/kernels/reduction.ts'
import type { MeasuredFrame } from '../../../src-shared/kernels/statistics.ts'
import { copyRegion } from './copy-region.ts'
import type { EncoderParams } from './frame-encoder.ts'
import type { FrameMeter } from './frame-meter.ts'

/** An image in a work area's memory, cut and subsampled as the stream asks for, with statistics (see FrameMeter). */
export type PreparedImage = {
  readonly kernels: Kernels
  readonly image: ImageShape
  readonly pixelFormat: PixelFormat
  readonly significantBits: number
  readonly measured: MeasuredFrame
  /** The part of the camera's frame that it shows, in camera pixels. */
  readonly region: Region
}

type Loaded = {
  readonly kernels: Kernels
  readonly copied: ImageShape
  readonly region: Region
  readonly info: FrameInfo
  readonly params: EncoderParams
}

/** Bytes of a pixel that a mosaic becomes in streams of 8 bits. */
const rgbBytes = 3

/** The memory in which one frame is worked on: from the copy out of the ring until its packet is complete. */
export class WorkArea {
  #kernels: Kernels | undefined
  #capacity = 0
  #loaded: Loaded | undefined

  /** Copies the pixels that `params` ask for; what was loaded before is overwritten. */
  load(pixels: Uint8Array, info: FrameInfo, params: EncoderParams): void {
    const layout = pixelLayout(info.pixelFormat)
    const region = centredCrop({ ...info, cropSize: params.cropSize })
    const rowStep = params.reduction === 'sample' ? params.subsampling : 1
    const bayer = layout.kind === 'bayer'
    const rows = (bayer ? reducedMosaicLength : reducedLength)(region.height, rowStep)
    const bytesPerPixel = bayer && params.protocol !== 'binary' ? rgbBytes : layout.bytesPerPixel
    const kernels = this.#kernelsFor(region.width * rows * bytesPerPixel)
    const height = copyRegion(pixels, kernels.input, {
      width: info.width,
      bytesPerPixel: layout.bytesPerPixel,
      region,
      rowStep,
      together: bayer ? 2 : 1,
    })
    this.#loaded = { kernels, copied: { width: region.width, height, layout }, region, info, params }
  }

  /** Subsamples and measures what was loaded. May be called once per `load`. */
  prepare(meter: FrameMeter): PreparedImage {
    if (this.#loaded === undefined) throw new Error('prepare() without load()')
    const { kernels, copied, region, info, params } = this.#loaded
    this.#loaded = undefined
    const { subsampling: step, reduction } = params
    const image = kernels.reduce(copied, { step, reduction, rowsSampled: reduction === 'sample' })
    return {
      kernels,
      image,
      pixelFormat: info.pixelFormat,
      significantBits: info.significantBits,
      measured: meter.measure(kernels, image, info),
      region,
    }
  }

  #kernelsFor(bytes: number): Kernels {
    if (this.#kernels === undefined || this.#capacity < bytes) {
      this.#kernels = new Kernels(bytes)
      this.#capacity = bytes
    }
    return this.#kernels
  }
}
