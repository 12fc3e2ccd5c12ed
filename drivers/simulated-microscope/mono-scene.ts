/** What the objective projects onto Camera 1: light per pixel, before the sensor adds its noise. */
import { type KernelBuffer, type KernelMemory, roundedUp } from '../../src-shared/kernels/kernel-memory.ts'
import { BlurLadder, ladderPosition, lastRung } from './blur-ladder.ts'
import { FieldSampler, type FieldView } from './field-sampler.ts'
import type { Microscope } from './microscope.ts'
import { type Illumination, rowMargin } from './mono-sensor.ts'
import { defocusSigmaUm, fluorescenceBrightness, focusSurfaceUm, transmittedBrightness } from './optics.ts'
import type { Stain } from './specimen/specimen.ts'

/** Photo-electrons per second and pixel at 20x/0.75 and full power: of a density of 1, and of an empty bright field. */
const fluorescenceRate = 1.25e6
const transmittedRate = 4e6
/** Share of the exciting light that reaches the camera where there is no filter, and through a filter. */
const reflectedRate = 3e5
const leakRate = 4e3
/** Light from above and below the focal plane: its share, and how far it spreads. */
const hazeShare = 0.16
const hazeSigmaUm = 24
/** Loss of light in the corners of the image. */
const vignetting = 0.14
/** Sideways travel during an exposure that is not yet rendered coarser, image pixels. */
const sharpTravelPixels = 4
const coarsestMotion = 3
/** Blurs less than this far up the ladder are not seen. */
const visibleBlur = 0.08
const blockPixels = 64

/** Geometry of the image on the sensor, in the specimen. */
export type SceneGeometry = {
  readonly width: number
  readonly height: number
  /** Size of a binned pixel on the sensor, µm. */
  readonly pitchUm: number
  /** Where the image centre lies from the optical axis, µm on the sensor. */
  readonly offsetX: number
  readonly offsetY: number
  readonly exposureMs: number
}

type Layer = {
  readonly stain: Stain
  /** Photo-electrons per second of a density of 1. */
  readonly rate: number
  readonly heightUm: number
  readonly haze: boolean
}

type Look = {
  readonly view: FieldView
  /** What there is to see through the filter; its detail is made in the dark, too, to be there when the light comes. */
  readonly stain: Stain
  readonly layer: Layer | undefined
  /** Light that does not come from the specimen's structure, electrons per second. */
  readonly flatRate: number
  readonly zUm: number
}

/** The image on the sensor, brought up to date when something has changed. */
export class MonoScene implements Illumination {
  readonly #memory: KernelMemory
  readonly #microscope: Microscope
  readonly #field: FieldSampler
  readonly #ladder: BlurLadder
  /** Rows of floats for the kernels. */
  readonly #shades: KernelBuffer
  readonly #structure: KernelBuffer
  readonly #blurrier: KernelBuffer
  readonly #hazy: KernelBuffer
  readonly #dark: KernelBuffer
  #look: Look | undefined
  /** Position on the blur ladder of each block of pixels, row by row; empty where all of the image is sharp. */
  #blurs = new Float32Array(0)
  #hazeRung = 0

  /** For images of up to `width` x `height` pixels. */
  constructor(memory: KernelMemory, microscope: Microscope, width: number, height: number) {
    this.#memory = memory
    this.#microscope = microscope
    this.#field = new FieldSampler(memory, microscope.specimen, width * height)
    this.#ladder = new BlurLadder(memory, this.#field.image.pointer, width, height)
    this.#shades = memory.allocate(rowBytes(width))
    this.#structure = memory.allocate(rowBytes(width))
    this.#blurrier = memory.allocate(rowBytes(width))
    this.#hazy = memory.allocate(rowBytes(width))
    this.#dark = memory.allocate(rowBytes(width))
  }

  /** Memory that a scene takes. */
  static bytes(width: number, height: number): number {
    return (
      FieldSampler.bytes(width * height) + BlurLadder.bytes(width, height) + 5 * roundedUp(rowBytes(width))
    )
  }

  /** What the last `update` has looked at: the image centre, its focus and its pixel size. */
  get shown(): FieldView & { readonly zUm: number } {
    if (this.#look === undefined) throw new Error('The scene has not been looked at yet')
    return { ...this.#look.view, zUm: this.#look.zUm }
  }

  /** True when the scene shows all its detail. */
  get complete(): boolean {
    return this.#look !== undefined && this.#field.complete
  }

  /**
   * Brings the scene up to date, working on missing detail until `deadlineMs` (`performance.now`); detail that is
   * then still missing is shown blurred. Returns whether anything has changed.
   */
  update(geometry: SceneGeometry, deadlineMs: number): boolean {
    const look = this.#lookNow(geometry)
    const before = this.#look
    const isUnchanged = before !== undefined && isSame(before, look)
    if (isUnchanged && this.complete) return false
    this.#look = look
    const { view, stain, layer } = look
    const isElsewhere = before?.stain !== stain || !isSameView(before.view, view)
    if (isElsewhere) this.#field.look(view, stain)
    const wasComplete = this.#field.complete
    if (!wasComplete) this.#field.refine(deadlineMs)
    if (isElsewhere || !wasComplete) this.#ladder.reset(view.width, view.height)
    if (layer !== undefined && !isUnchanged) this.#focus(look, layer)
    return true
  }

  #lookNow(geometry: SceneGeometry): Look {
    const { stage, objective } = this.#microscope
    const { magnification } = objective.item
    const position = stage.position()
    const pixelUm = geometry.pitchUm / magnification
    const travelPixels = (stage.lateralSpeed() * geometry.exposureMs) / 1000 / pixelUm
    const coarseness = Math.max(
      0,
      Math.min(coarsestMotion, Math.ceil(Math.log2(travelPixels / sharpTravelPixels))),
    )
    return {
      view: {
        xUm: position.x + geometry.offsetX / magnification,
        yUm: position.y + geometry.offsetY / magnification,
        pixelUm,
        width: geometry.width,
        height: geometry.height,
        coarseness,
      },
      zUm: position.z,
      ...this.#illumination(),
    }
  }

  #illumination(): Pick<Look, 'stain' | 'layer' | 'flatRate'> {
    const { filter, objective, lights } = this.#microscope
    const { fluorescence, transmission } = filter.item
    const exciting = fluorescence === undefined ? 0 : this.#microscope.power(fluorescence.light)
    const glow = fluorescenceRate * exciting * fluorescenceBrightness(objective.item)
    const shine =
      transmittedRate *
      this.#microscope.power('led-bf') *
      transmission *
      transmittedBrightness(objective.item)
    const others = lights
      .filter((light) => light.id !== 'led-bf')
      .reduce((sum, light) => sum + light.power, 0)
    const flatRate = others * (fluorescence === undefined ? reflectedRate : leakRate)
    // With both at work the stronger one is seen; the other veils it.
    if (fluorescence !== undefined && glow >= shine && glow > 0) {
      const { stain, heightUm } = fluorescence
      return { stain, layer: { stain, rate: glow, heightUm, haze: true }, flatRate: flatRate + 0.7 * shine }
    }
    if (shine === 0) return { stain: fluorescence?.stain ?? 'transmission', layer: undefined, flatRate }
    return {
      stain: 'transmission',
      layer: { stain: 'transmission', rate: shine, heightUm: 0, haze: false },
      flatRate: flatRate + 0.1 * glow,
    }
  }

  /** Works out how blurred the image is where, and how its corners are shaded. */
  #focus({ view, zUm }: Look, layer: Layer): void {
    const { width, height, pixelUm } = view
    const { item } = this.#microscope.objective
    const columns = Math.ceil(width / blockPixels)
    const rows = Math.ceil(height / blockPixels)
    this.#blurs = new Float32Array(columns * rows)
    for (let block = 0; block < this.#blurs.length; block += 1) {
      const column = block % columns
      const xUm = view.xUm + ((column + 0.5) * blockPixels - width / 2) * pixelUm
      const yUm = view.yUm + (((block - column) / columns + 0.5) * blockPixels - height / 2) * pixelUm
      const distanceUm = zUm - layer.heightUm - focusSurfaceUm(xUm, yUm)
      this.#blurs[block] = ladderPosition(defocusSigmaUm(distanceUm, item) / pixelUm)
    }
    if (this.#blurs.every((blur) => blur < visibleBlur)) this.#blurs = new Float32Array(0)
    this.#hazeRung = Math.max(1, Math.round(ladderPosition(hazeSigmaUm / pixelUm)))
    const shades = new Float32Array(this.#shades.bytes.buffer, this.#shades.pointer, width)
    for (let x = 0; x < width; x += 1) shades[x] = (vignetting / 2) * ((2 * x) / width - 1) ** 2
  }

  get rate(): number {
    return this.#look?.layer?.rate ?? 1
  }

  get flat(): number {
    return (this.#look?.flatRate ?? 0) / this.rate
  }

  get shades(): number {
    return this.#shades.pointer
  }

  base(y: number): number {
    return 1 - (vignetting / 2) * ((2 * y) / this.shown.height - 1) ** 2
  }

  row(y: number): number {
    const { layer, view } = this.#look ?? {}
    if (layer === undefined || view === undefined) return this.#dark.pointer
    const structure = this.#structureRow(view.width, y)
    if (!layer.haze) return structure
    this.#ladder.row(this.#hazeRung, y, this.#hazy.pointer)
    const { mixRows } = this.#memory.functions
    mixRows(structure, this.#hazy.pointer, this.#structure.pointer, view.width, hazeShare)
    return this.#structure.pointer
  }

  /** The specimen as sharp as the focus is there: blocks of pixels are mixed from two rungs of the ladder. */
  #structureRow(width: number, y: number): number {
    const sharp = this.#field.image.pointer + 4 * y * width
    if (this.#blurs.length === 0) return sharp
    const columns = Math.ceil(width / blockPixels)
    const first = Math.floor(y / blockPixels) * columns
    let loaded = -1
    let lower = sharp
    for (let column = 0; column < columns; column += 1) {
      const blur = this.#blurs[first + column] ?? 0
      const rung = Math.min(lastRung - 1, Math.floor(blur))
      if (rung !== loaded) {
        loaded = rung
        lower = rung === 0 ? sharp : this.#hazy.pointer
        if (rung > 0) this.#ladder.row(rung, y, lower)
        this.#ladder.row(rung + 1, y, this.#blurrier.pointer)
      }
      const at = 4 * column * blockPixels
      const count = Math.min(blockPixels, width - column * blockPixels)
      const { mixRows } = this.#memory.functions
      mixRows(lower + at, this.#blurrier.pointer + at, this.#structure.pointer + at, count, blur - rung)
    }
    return this.#structure.pointer
  }
}

/** Rows have room for what the kernels may read or write beyond their end. */
function rowBytes(width: number): number {
  return 4 * (width + rowMargin)
}

function isSameView(a: FieldView, b: FieldView): boolean {
  return (
    a.xUm === b.xUm &&
    a.yUm === b.yUm &&
    a.pixelUm === b.pixelUm &&
    a.width === b.width &&
    a.height === b.height &&
    a.coarseness === b.coarseness
  )
}

function isSame(a: Look, b: Look): boolean {
  return (
    isSameView(a.view, b.view) &&
    a.stain === b.stain &&
    a.zUm === b.zUm &&
    a.flatRate === b.flatRate &&
    a.layer?.stain === b.layer?.stain &&
    a.layer?.rate === b.layer?.rate
  )
}
