import {
  type PropertyDescriptorInput,
  type PropertyValue,
  standardProperty,
} from '../../src-shared/devices.ts'
import { type BayerColour, bayerColour, type BayerPattern } from '../../src-shared/frames/bayer-pattern.ts'
import { imageBytes } from '../../src-shared/frames/pixel-format.ts'
import { type KernelBuffer, KernelMemory, roundedUp } from '../../src-shared/kernels/kernel-memory.ts'
import type { ExposureTiming } from './exposure-clock.ts'
import { FieldSampler, type FieldView } from './field-sampler.ts'
import type { FrameDetails, Imager } from './imager.ts'
import type { Microscope } from './microscope.ts'
import { type Illumination, MonoSensor, rowMargin } from './mono-sensor.ts'

/** Width of the overview camera's images, pixels. */
export const overviewWidth = 1280
/** Height of the overview camera's images, pixels. */
export const overviewHeight = 960
/** Pixels of 3.25 µm behind a lens of 1.25x. */
const pixelUm = 2.6
/** Photo-electrons per second and pixel where the light passes freely, per colour. */
const whiteRates = [1.36e6, 1.35e6, 1.31e6] as const
const vignetting = 0.1

/** Optical density per unit of stain in red, green and blue (Ruifrok & Johnston, Anal. Quant. Cytol. Histol. 23, 2001). */
const hematoxylin = [1.1, 1.19, 0.49] as const
const eosin = [0.1, 1.05, 0.42] as const

/** Steps of the table of colours, per unit of stain and in all. */
const stepsPerUnit = 80
const tableSteps = 256

/** Samples per pixel and bits per sample. `BayerRG…`: the sensor's own, of which it makes RGB. */
const formats = {
  RGB8: { samples: 3, bits: 8 },
  BayerRG8: { samples: 1, bits: 8 },
  BayerRG12: { samples: 1, bits: 12 },
} as const
type Format = keyof typeof formats
const isFormat = (value: PropertyValue): value is Format =>
  typeof value === 'string' && Object.hasOwn(formats, value)

const pattern: BayerPattern = 'RG'
const channelOf: Record<BayerColour, 0 | 1 | 2> = { red: 0, green: 1, blue: 2 }

/** Camera 2: sees the stained section from afar in colour, by a ring light of its own that is always on. */
export class ColourImager implements Imager {
  readonly maxFrameBytes = imageBytes('RGB8', overviewWidth, overviewHeight)
  readonly #microscope: Microscope
  readonly #seed: number
  readonly #settings: { exposureMs: number; frameRate: number; pixelFormat: Format } = {
    exposureMs: 10,
    frameRate: 15,
    pixelFormat: 'RGB8',
  }
  /** Made when first used. */
  #optics:
    | {
        readonly hematoxylin: FieldSampler
        readonly eosin: FieldSampler
        readonly sensor: MonoSensor
        readonly illumination: ColourIllumination
      }
    | undefined
  #view: FieldView | undefined
  /** What the sensor's averages were computed for. */
  #exposed: { readonly exposureMs: number; readonly pixelFormat: Format } | undefined

  constructor(options: { microscope: Microscope; seed: number }) {
    this.#microscope = options.microscope
    this.#seed = options.seed
  }

  properties(): readonly PropertyDescriptorInput[] {
    return [
      {
        name: standardProperty.exposureMs,
        title: 'Exposure',
        category: 'Exposure',
        type: 'number',
        unit: 'ms',
        value: this.#settings.exposureMs,
        min: 0.1,
        max: 1000,
        scale: 'log',
      },
      {
        name: standardProperty.frameRate,
        title: 'Frame rate',
        category: 'Exposure',
        type: 'number',
        unit: 'fps',
        value: this.#settings.frameRate,
        min: 1,
        max: 60,
      },
      {
        name: standardProperty.pixelFormat,
        title: 'Pixel format',
        category: 'Geometry',
        description: 'RGB8: colour made in the camera. Bayer: what the sensor sees, one colour per pixel.',
        type: 'option',
        value: this.#settings.pixelFormat,
        options: Object.keys(formats),
        lockedWhileAcquiring: true,
      },
    ]
  }

  set(name: string, value: PropertyValue): void {
    if (name === standardProperty.pixelFormat && isFormat(value)) this.#settings.pixelFormat = value
    if (typeof value !== 'number') return
    if (name === standardProperty.exposureMs) this.#settings.exposureMs = value
    if (name === standardProperty.frameRate) this.#settings.frameRate = value
  }

  timing(): ExposureTiming {
    const { exposureMs, frameRate } = this.#settings
    return { exposureMs, periodMs: Math.max(exposureMs, 1000 / frameRate) }
  }

  #open() {
    if (this.#optics !== undefined) return this.#optics
    const pixels = overviewWidth * overviewHeight
    // Three samples per pixel, side by side.
    const sensor = { seed: this.#seed, sensorWidth: 3 * overviewWidth, sensorHeight: overviewHeight }
    const rowBytes = 4 * (3 * overviewWidth + rowMargin)
    const memory = new KernelMemory(
      2 * FieldSampler.bytes(pixels) + MonoSensor.bytes(sensor) + 2 * roundedUp(rowBytes),
    )
    const floats = ({ bytes, pointer }: KernelBuffer, length: number) =>
      new Float32Array(bytes.buffer, pointer, length)
    const blue = new FieldSampler(memory, this.#microscope.specimen, pixels)
    const pink = new FieldSampler(memory, this.#microscope.specimen, pixels)
    const row = memory.allocate(rowBytes)
    this.#optics = {
      hematoxylin: blue,
      eosin: pink,
      sensor: new MonoSensor(memory, sensor),
      illumination: new ColourIllumination({
        hematoxylin: floats(blue.image, pixels),
        eosin: floats(pink.image, pixels),
        row: floats(row, 3 * overviewWidth),
        rowPointer: row.pointer,
        shades: memory.allocate(rowBytes).pointer,
      }),
    }
    return this.#optics
  }

  prepare(deadlineMs: number): boolean {
    const optics = this.#open()
    const { x, y } = this.#microscope.stage.position()
    const view = { xUm: x, yUm: y, pixelUm, width: overviewWidth, height: overviewHeight, coarseness: 0 }
    if (this.#view?.xUm !== x || this.#view.yUm !== y) {
      this.#view = view
      optics.hematoxylin.look(view, 'hematoxylin')
      optics.eosin.look(view, 'eosin')
      this.#exposed = undefined
    }
    if (optics.hematoxylin.complete && optics.eosin.complete) return true
    this.#exposed = undefined
    return optics.hematoxylin.refine(deadlineMs) && optics.eosin.refine(deadlineMs)
  }

  capture(pixels: Uint8Array<ArrayBufferLike>, exposureMs: number): FrameDetails {
    const optics = this.#open()
    const { pixelFormat } = this.#settings
    const { samples, bits } = formats[pixelFormat]
    if (this.#exposed?.exposureMs !== exposureMs || this.#exposed.pixelFormat !== pixelFormat) {
      const settings = { gainDb: 0, blackLevel: 16, bits, binning: 1, left: 0, top: 0 } as const
      const size = { width: samples * overviewWidth, height: overviewHeight }
      optics.illumination.mosaic = samples === 1
      optics.sensor.expose({ ...settings, ...size, exposureMs }, optics.illumination)
      this.#exposed = { exposureMs, pixelFormat }
    }
    optics.sensor.read(pixels)
    const { xUm = 0, yUm = 0 } = this.#view ?? {}
    return {
      width: overviewWidth,
      height: overviewHeight,
      pixelFormat,
      significantBits: bits,
      gain: 0,
      pixelSizeUm: pixelUm,
      stage: { x: xUm, y: yUm, z: this.#microscope.stage.position().z },
    }
  }
}

type ColourOptions = {
  /** Densities of the view's pixels. */
  readonly hematoxylin: Float32Array
  readonly eosin: Float32Array
  /** One row of light, R, G, B, R, ..., or of the mosaic's colours; and where it is in the kernels' memory. */
  readonly row: Float32Array
  readonly rowPointer: number
  /** A row of zeros: the shading is part of the light. */
  readonly shades: number
}

/** White light through the two stains. */
class ColourIllumination implements Illumination {
  readonly rate = 1
  readonly flat = 0
  readonly shades: number
  /** Each pixel of the sensor behind its own colour; otherwise three samples per pixel. */
  mosaic = false
  readonly #options: ColourOptions
  readonly #colours = colourTable()

  constructor(options: ColourOptions) {
    this.#options = options
    this.shades = options.shades
  }

  base(y: number): number {
    return 1 - (vignetting / 2) * ((2 * y) / overviewHeight - 1) ** 2
  }

  row(y: number): number {
    const { hematoxylin: blue, eosin: pink, row, rowPointer } = this.#options
    const colours = this.#colours
    const start = y * overviewWidth
    for (let x = 0; x < overviewWidth; x += 1) {
      const light = 1 - (vignetting / 2) * ((2 * x) / overviewWidth - 1) ** 2
      const h = Math.min(tableSteps - 1, ((blue[start + x] ?? 0) * stepsPerUnit) | 0)
      const e = Math.min(tableSteps - 1, ((pink[start + x] ?? 0) * stepsPerUnit) | 0)
      const colour = 3 * (h * tableSteps + e)
      if (this.mosaic) {
        row[x] = (colours[colour + channelOf[bayerColour(pattern, x, y)]] ?? 0) * light
        continue
      }
      row[3 * x] = (colours[colour] ?? 0) * light
      row[3 * x + 1] = (colours[colour + 1] ?? 0) * light
      row[3 * x + 2] = (colours[colour + 2] ?? 0) * light
    }
    return rowPointer
  }
}

/** Light in red, green and blue for each step of hematoxylin and eosin. */
function colourTable(): Float32Array {
  const table = new Float32Array(3 * tableSteps * tableSteps)
  for (let h = 0; h < tableSteps; h += 1) {
    for (let e = 0; e < tableSteps; e += 1) {
      for (const [colour, white] of whiteRates.entries()) {
        const density = ((hematoxylin[colour] ?? 0) * h + (eosin[colour] ?? 0) * e) / stepsPerUnit
        table[3 * (h * tableSteps + e) + colour] = white * Math.exp(-density)
      }
    }
  }
  return table
}
