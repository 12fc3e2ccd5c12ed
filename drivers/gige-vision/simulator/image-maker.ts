import { overviewHeight, overviewWidth, ColourImager } from '../../simulated-microscope/colour-imager.ts'
import type { ExposureTiming } from '../../simulated-microscope/exposure-clock.ts'
import type { Imager } from '../../simulated-microscope/imager.ts'
import type { Microscope } from '../../simulated-microscope/microscope.ts'
import { MonoImager } from '../../simulated-microscope/mono-imager.ts'
import { type CameraModel, type CameraSettings, mainCamera, overviewCamera } from './camera-settings.ts'
import { type ColourRegion, interleave, mosaic } from './colour-image.ts'
import type { BayerOrder, ImageFormat } from './image-format.ts'
import { packBits, packGroups } from './pixel-packing.ts'
import { drawTestPattern } from './test-pattern.ts'

/** What images are made from. */
export type ImageMakerOptions = {
  readonly microscope: Microscope
  readonly camera: CameraModel['kind']
  readonly seed: number
  readonly width: number
  readonly height: number
  readonly frameRate: number
}

/** Makes the images of one of the microscope's cameras, as its settings ask, in the format that is sent. */
export class ImageMaker {
  readonly model: CameraModel
  readonly #imager: Imager
  /** One sample per pixel of up to 16 bits, before they are packed; grows with the image. */
  #samples = new Uint16Array(0)
  /** The overview camera's whole image. */
  readonly #rgb: Uint8Array

  constructor(options: ImageMakerOptions) {
    const { camera, width, height } = options
    this.model = camera === 'main' ? mainCamera(width, height) : overviewCamera(overviewWidth, overviewHeight)
    this.#imager = camera === 'main' ? new MonoImager(options) : new ColourImager(options)
    this.#rgb = new Uint8Array(camera === 'overview' ? this.#imager.maxFrameBytes : 0)
  }

  timing(settings: CameraSettings): ExposureTiming {
    this.#apply(settings)
    return this.#imager.timing()
  }

  /** Works on detail of the specimen that is still missing until `deadlineMs`; true when there is none. */
  prepare(settings: CameraSettings, deadlineMs: number): boolean {
    if (settings.testPattern !== 'Off') return true
    this.#apply(settings)
    return this.#imager.prepare(deadlineMs)
  }

  /** Writes an image to the beginning of `target`. `number` is what a moving test pattern shows. */
  make(settings: CameraSettings, target: Uint8Array<ArrayBuffer>, number: number): void {
    const { format, width, height, testPattern } = settings
    if (testPattern !== 'Off') {
      const { samples, size } = this.#patternSamples(settings, target)
      drawTestPattern(samples, testPattern, size, number)
      this.#pack(format, samples, target, width * height)
      return
    }
    this.#apply(settings)
    if (this.model.kind === 'main') this.#makeMono(settings, target)
    else this.#makeColour(settings, target)
  }

  #patternSamples(settings: CameraSettings, target: Uint8Array<ArrayBuffer>) {
    const { format, width, height } = settings
    const bytesPerPixel = settings.imageBytes / (width * height)
    const samplesPerPixel = format.bits === 8 ? Math.max(1, bytesPerPixel) : 1
    const samples = format.bits === 8 ? target : this.#wordsFor(format, target, width * height)
    return { samples, size: { width, height, samplesPerPixel, bits: format.bits } }
  }

  #makeMono(settings: CameraSettings, target: Uint8Array<ArrayBuffer>): void {
    const { format, width, height, exposureUs } = settings
    const pixels = width * height
    if (format.bits === 8) {
      this.#imager.capture(target, exposureUs / 1000)
      return
    }
    const samples = this.#wordsFor(format, target, pixels)
    this.#imager.capture(new Uint8Array(samples.buffer, samples.byteOffset, 2 * pixels), exposureUs / 1000)
    // The sensor's own depth is 12 bits.
    if (format.bits === 10) for (let i = 0; i < pixels; i += 1) samples[i] = (samples[i] ?? 0) >> 2
    this.#pack(format, samples, target, pixels)
  }

  #makeColour(settings: CameraSettings, target: Uint8Array<ArrayBuffer>): void {
    const { format, width, height, offsetX, offsetY, exposureUs } = settings
    this.#imager.capture(this.#rgb, exposureUs / 1000)
    const region: ColourRegion = {
      rgb: this.#rgb,
      rowPixels: this.model.sensorWidth,
      left: offsetX,
      top: offsetY,
      width,
      height,
    }
    const { colour } = format
    if (!isBayer(colour)) {
      interleave(region, colour, target)
      return
    }
    const samples = format.bits === 8 ? target : this.#wordsFor(format, target, width * height)
    mosaic(region, colour, format.bits, samples)
    this.#pack(format, samples, target, width * height)
  }

  /** Where samples of more than 8 bits go: in place where they are sent as words. */
  #wordsFor(
    { packing }: ImageFormat,
    target: Uint8Array<ArrayBuffer>,
    pixels: number,
  ): Uint16Array<ArrayBuffer> {
    if (packing === 'words') return new Uint16Array(target.buffer, target.byteOffset, pixels)
    if (this.#samples.length < pixels) this.#samples = new Uint16Array(pixels)
    return this.#samples
  }

  #pack(format: ImageFormat, samples: Uint8Array | Uint16Array, target: Uint8Array, pixels: number): void {
    const { packing, bits } = format
    if (!(samples instanceof Uint16Array) || (bits !== 10 && bits !== 12)) return
    if (packing === 'groups') packGroups(samples, target, pixels, bits)
    if (packing === 'bits') packBits(samples, target, pixels, bits)
  }

  #apply(settings: CameraSettings): void {
    const imager = this.#imager
    imager.set('exposureMs', settings.exposureUs / 1000)
    imager.set('frameRate', settings.frameRate)
    if (this.model.kind === 'overview') return
    const { binning, format } = settings
    imager.set('gain', settings.gainDb)
    imager.set('blackLevel', settings.blackLevel)
    imager.set('pixelFormat', format.bits === 8 ? 'Mono8' : format.bits === 16 ? 'Mono16' : 'Mono12')
    imager.set('binning', `${binning}x${binning}`)
    imager.set('roiX', settings.offsetX * binning)
    imager.set('roiY', settings.offsetY * binning)
    imager.set('roiWidth', settings.width * binning)
    imager.set('roiHeight', settings.height * binning)
  }
}

function isBayer(colour: ImageFormat['colour']): colour is BayerOrder {
  return colour === 'RG' || colour === 'GR' || colour === 'GB' || colour === 'BG'
}
