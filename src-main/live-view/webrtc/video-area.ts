import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { type PixelLayout, pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import type { Region } from '../../../src-shared/kernels/crop.ts'
import type { GreyWindow } from '../../../src-shared/kernels/grey-map.ts'
import { type ImageShape, Kernels } from '../../../src-shared/kernels/kernels.ts'
import { areaPlanFor, type AreaPlan } from '../../../src-shared/kernels/area-plan.ts'
import type { WebrtcParams } from '../../../src-shared/stream-params.ts'
import { copyRegion } from '../encoders/copy-region.ts'
import type { DisplayWindow } from '../encoders/display-window.ts'
import type { FrameMeter } from '../encoders/frame-meter.ts'
import { videoGeometry, type VideoGeometry } from './video-geometry.ts'

/** A camera frame as video: in a work area's memory, valid until the next `load`. */
export type VideoPicture = {
  readonly width: number
  readonly height: number
  /** The Y plane, or for colour all three of I420 (BT.601, limited range). */
  readonly planes: Uint8Array<ArrayBuffer>
  readonly colour: boolean
  readonly window: GreyWindow
  /** The part of the camera's frame that it shows, in camera pixels. */
  readonly region: Region
  /** Camera pixels per video pixel. */
  readonly scale: number
}

type Loaded = {
  readonly kernels: Kernels
  readonly geometry: VideoGeometry
  readonly info: FrameInfo
  readonly params: WebrtcParams
}

/** The memory in which one frame becomes video: from the copy out of the ring until it has been sent. */
export class VideoArea {
  #kernels: Kernels | undefined
  #madeFor = ''
  #plan: AreaPlan | undefined
  #loaded: Loaded | undefined

  /**
   * Copies the pixels that `params` ask for; what was loaded before is overwritten.
   * @throws CoverslipError TOO_LARGE, INVALID_INPUT for sizes that no video has.
   */
  load(pixels: Uint8Array, info: FrameInfo, params: WebrtcParams): void {
    const layout = pixelLayout(info.pixelFormat)
    const { bytesPerPixel } = layout
    const geometry = videoGeometry(info, params)
    const { region } = geometry
    const kernels = this.#kernelsFor(geometry, layout)
    copyRegion(pixels, kernels.input, { width: info.width, bytesPerPixel, region, rowStep: 1 })
    this.#loaded = { kernels, geometry, info, params }
  }

  /** Reduces, measures and converts what was loaded. May be called once per `load`. */
  prepare(stream: { readonly meter: FrameMeter; readonly window: DisplayWindow }): VideoPicture {
    if (this.#loaded === undefined) throw new Error('prepare() without load()')
    const { kernels, geometry, info, params } = this.#loaded
    this.#loaded = undefined
    const { region, width, height } = geometry
    const { significantBits } = info
    const windowOf = (image: ImageShape): GreyWindow => {
      const { statistics } = stream.meter.measure(kernels, image, info)
      const timeMs = Number(info.timestampNs) / 1e6
      return stream.window.next(statistics, { params, significantBits, timeMs })
    }
    const layout = pixelLayout(info.pixelFormat)
    const copied: ImageShape = { width: region.width, height: region.height, layout }
    const picture = { width, height, region, scale: region.width / width }
    if (layout.kind === 'bayer') {
      const { bin } = geometry
      const mosaic = kernels.reduce(copied, { step: bin, reduction: 'average' })
      const window = windowOf(mosaic)
      kernels.toRgb(mosaic, window)
      const image = this.#reduce(kernels, { ...mosaic, layout: rgbLayout }, geometry)
      return { ...picture, planes: kernels.toI420(image, asItIs), colour: true, window }
    }
    const image = this.#reduce(kernels, copied, geometry)
    const window = windowOf(image)
    const colour = layout.channels === 3
    const planes = colour ? kernels.toI420(image, window) : kernels.toLuma(image, window)
    return { ...picture, planes, colour, window }
  }

  /** Reduces `image`, which lies in the kernels' input, to the size of the video. */
  #reduce(kernels: Kernels, image: ImageShape, { width, height }: VideoGeometry): ImageShape {
    const to: ImageShape = { width, height, layout: image.layout }
    if (width === image.width) return to
    this.#plan = areaPlanFor(this.#plan, { from: image, to })
    kernels.reduceArea(image, this.#plan)
    return to
  }

  #kernelsFor({ region, bin }: VideoGeometry, { kind, bytesPerPixel, channels }: PixelLayout): Kernels {
    const { width, height } = region
    const size = `${width}x${height}x${bytesPerPixel}x${channels}x${bin} ${kind}`
    if (this.#kernels === undefined || this.#madeFor !== size) {
      const bytes = width * height * bytesPerPixel
      const area = { width: width / bin, height: height / bin, channels }
      this.#kernels =
        kind === 'bayer'
          ? new Kernels(Math.max(bytes, area.width * area.height * rgbLayout.bytesPerPixel), {
              area: { ...area, channels: rgbLayout.channels },
            })
          : new Kernels(bytes, { area })
      this.#madeFor = size
    }
    return this.#kernels
  }
}

/** What a mosaic becomes. */
const rgbLayout = pixelLayout('RGB8')
/** The window of values that have been through one. */
const asItIs: GreyWindow = { low: 0, high: 255, gamma: 1 }
