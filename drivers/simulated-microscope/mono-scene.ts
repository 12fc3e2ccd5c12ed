/** What the objective projects onto Camera 1: light per pixel, before the sensor adds its noise. */
import { BlurLadder, ladderPosition, lastRung } from './blur-ladder.ts'
import { FieldSampler, type FieldView } from './field-sampler.ts'
import type { Microscope } from './microscope.ts'
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
  readonly layer: Layer | undefined
  /** Light that does not come from the specimen's structure, electrons per second. */
  readonly flatRate: number
  readonly zUm: number
}

export class MonoScene {
  readonly #microscope: Microscope
  #look: Look | undefined
  #field: FieldSampler | undefined
  #ladder: BlurLadder | undefined
  #rowA = new Float32Array(0)
  #rowB = new Float32Array(0)

  constructor(microscope: Microscope) {
    this.#microscope = microscope
  }

  /** What the last `update` has looked at: the image centre, its focus and its pixel size. */
  get shown(): FieldView & { readonly zUm: number } {
    if (this.#look === undefined) throw new Error('The scene has not been looked at yet')
    return { ...this.#look.view, zUm: this.#look.zUm }
  }

  /** True when the scene shows all its detail. */
  get complete(): boolean {
    return this.#field?.complete ?? this.#look !== undefined
  }

  /**
   * Brings the scene up to date, working on missing detail until `deadlineMs` (`performance.now`); detail that is
   * then still missing is shown blurred. Returns whether anything has changed.
   */
  update(geometry: SceneGeometry, deadlineMs: number): boolean {
    const look = this.#lookNow(geometry)
    const before = this.#look
    this.#look = look
    if (before !== undefined && isSame(before, look)) {
      if (this.complete) return false
      this.#field?.refine(deadlineMs)
      this.#ladder?.invalidate()
      return true
    }
    if (look.layer === undefined) {
      this.#field = undefined
      return true
    }
    const { view, layer } = look
    const isElsewhere =
      this.#field === undefined || before?.layer?.stain !== layer.stain || !isSameView(before.view, view)
    if (isElsewhere) this.#lookElsewhere(view, layer.stain)
    if (!this.complete) {
      this.#field?.refine(deadlineMs)
      this.#ladder?.invalidate()
    }
    return true
  }

  #lookElsewhere(view: FieldView, stain: Stain): void {
    const isSameSize =
      this.#rowA.length === view.width && this.#field?.values.length === view.width * view.height
    if (this.#field === undefined || !isSameSize) {
      this.#field = new FieldSampler(this.#microscope.specimen, view.width * view.height)
      this.#rowA = new Float32Array(view.width)
      this.#rowB = new Float32Array(view.width)
      this.#ladder = new BlurLadder(this.#field.values, view.width, view.height)
    }
    this.#field.look(view, stain)
    this.#ladder?.invalidate()
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

  #illumination(): { layer: Layer | undefined; flatRate: number } {
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
      const layer = { stain: fluorescence.stain, rate: glow, heightUm: fluorescence.heightUm, haze: true }
      return { layer, flatRate: flatRate + 0.7 * shine }
    }
    if (shine === 0) return { layer: undefined, flatRate }
    return {
      layer: { stain: 'transmission', rate: shine, heightUm: 0, haze: false },
      flatRate: flatRate + 0.1 * glow,
    }
  }

  /** Writes the photo-electrons per second of a sensor pixel at each image pixel of row `y` into `row`. */
  row(y: number, row: Float32Array): void {
    const look = this.#look
    if (look === undefined) return
    const { layer, flatRate, view } = look
    const rise = ((2 * y) / view.height - 1) ** 2
    if (layer === undefined) row.fill(0)
    else {
      this.#structureRow(look, layer, y, row)
      if (layer.haze) this.#addHaze(look, y, row)
    }
    const rate = layer?.rate ?? 0
    const base = 1 - (vignetting / 2) * rise
    const slope = 2 / view.width
    for (let x = 0; x < row.length; x += 1) {
      const run = x * slope - 1
      row[x] = ((row[x] ?? 0) * rate + flatRate) * (base - (vignetting / 2) * run * run)
    }
  }

  #addHaze({ view }: Look, y: number, row: Float32Array): void {
    const rung = Math.round(ladderPosition(hazeSigmaUm / view.pixelUm))
    this.#ladder?.row(rung, y, this.#rowA)
    const rowA = this.#rowA
    for (let x = 0; x < row.length; x += 1) {
      row[x] = (row[x] ?? 0) * (1 - hazeShare) + (rowA[x] ?? 0) * hazeShare
    }
  }

  /** The specimen as sharp as the focus is there: blocks of pixels are mixed from two rungs of the ladder. */
  #structureRow(look: Look, layer: Layer, y: number, row: Float32Array): void {
    const { width } = look.view
    const first = this.#blur(look, layer, 0, y)
    const middle = this.#blur(look, layer, width / 2, y)
    const last = this.#blur(look, layer, width, y)
    if (Math.max(first, middle, last) < visibleBlur) {
      this.#ladder?.row(0, y, row)
      return
    }
    let loaded = -1
    for (let left = 0; left < width; left += blockPixels) {
      const blur = this.#blur(look, layer, left + blockPixels / 2, y)
      const rung = Math.floor(blur)
      if (rung !== loaded) {
        this.#ladder?.row(rung, y, this.#rowA)
        if (rung < lastRung) this.#ladder?.row(rung + 1, y, this.#rowB)
        loaded = rung
      }
      const share = blur - rung
      const right = Math.min(width, left + blockPixels)
      const rowA = this.#rowA
      const rowB = this.#rowB
      for (let x = left; x < right; x += 1) {
        const sharp = rowA[x] ?? 0
        row[x] = sharp + ((rowB[x] ?? 0) - sharp) * share
      }
    }
  }

  /** Position on the blur ladder at a pixel. */
  #blur({ view, zUm }: Look, layer: Layer, x: number, y: number): number {
    const xUm = view.xUm + (x - view.width / 2) * view.pixelUm
    const yUm = view.yUm + (y - view.height / 2) * view.pixelUm
    const distanceUm = zUm - layer.heightUm - focusSurfaceUm(xUm, yUm)
    return ladderPosition(defocusSigmaUm(distanceUm, this.#microscope.objective.item) / view.pixelUm)
  }
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
    a.zUm === b.zUm &&
    a.flatRate === b.flatRate &&
    a.layer?.stain === b.layer?.stain &&
    a.layer?.rate === b.layer?.rate
  )
}
