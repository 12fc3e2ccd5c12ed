/** Stains that show the tissue's architecture: actin (GFP), cytoplasm with vesicles (RFP) and eosin. */
import type { Canvas } from './canvas.ts'
import type { Cell, Fibre } from './cells.ts'
import { gaussian } from './gaussian.ts'
import { RandomStream } from './random.ts'
import { type NoiseTexture, smoothStep } from './smooth-noise.ts'
import type { CellBorders, TileGeometry } from './tile-geometry.ts'
import { type Tissue, tubuleKind } from './tissue.ts'

/** What structures are painted from. */
export type StructureContext = {
  readonly canvas: Canvas
  readonly tissue: Tissue
  readonly geometry: TileGeometry
  readonly borders: CellBorders
  readonly noise: NoiseTexture
}

/** Where pixels are coarser than this, fibres are an even tint, µm. */
export const coarsestFibrePixelUm = 2

/** Farther from a border than this no stain depends on the distance, µm. */
const exactBorderUm = 1.4

/** What is known of one row of pixels, one entry per pixel. */
class TissueRow {
  readonly heightsUm: Float32Array
  /** Distances from the border between two cells, µm; valid inside tubules only. */
  readonly bordersUm: Float32Array
  readonly kinds: Uint8Array
  readonly thicknessesUm: Float32Array
  readonly characters: Float32Array
  readonly #tubules: Uint16Array
  readonly #context: StructureContext
  readonly #withBorders: boolean

  constructor(context: StructureContext, options: { withBorders: boolean }) {
    const { size } = context.canvas
    this.#context = context
    this.#withBorders = options.withBorders
    this.heightsUm = new Float32Array(size)
    this.bordersUm = new Float32Array(size)
    this.kinds = new Uint8Array(size)
    this.thicknessesUm = new Float32Array(size)
    this.characters = new Float32Array(size)
    this.#tubules = new Uint16Array(size)
  }

  load(row: number): void {
    const { geometry, borders, tissue } = this.#context
    const { kinds, thicknessesUm, characters } = this
    geometry.row(row, this.heightsUm, this.#tubules)
    for (let column = 0; column < this.#tubules.length; column += 1) {
      const tubule = this.#tubules[column] ?? 0
      kinds[column] = tissue.kinds[tubule] ?? 0
      thicknessesUm[column] = tissue.thicknessesUm[tubule] ?? 0
      characters[column] = tissue.characters[tubule] ?? 0
    }
    if (this.#withBorders) borders.row(row, this.heightsUm, this.thicknessesUm, exactBorderUm, this.bordersUm)
  }
}

/** One pixel of tissue: where it is, and in what. The same object for every pixel. */
type TissuePixel = {
  xUm: number
  yUm: number
  /** Above the tubule's base, µm; below 0: outside of it. */
  heightUm: number
  thicknessUm: number
  borderUm: number
  kind: number
  character: number
}

/** Adds to every pixel of tissue what `stainOf` says of it. */
function stainTissue(
  context: StructureContext,
  options: { withBorders: boolean },
  stainOf: (pixel: TissuePixel) => number,
): void {
  const { pixelUm, values, size, leftUm, topUm } = context.canvas
  const tissue = new TissueRow(context, options)
  const pixel = { xUm: 0, yUm: 0, heightUm: 0, thicknessUm: 0, borderUm: 0, kind: 0, character: 0 }
  for (let row = 0; row < size; row += 1) {
    tissue.load(row)
    pixel.yUm = topUm + row * pixelUm
    for (let column = 0; column < size; column += 1) {
      pixel.kind = tissue.kinds[column] ?? 0
      if (pixel.kind === tubuleKind.outside) continue
      pixel.xUm = leftUm + column * pixelUm
      pixel.heightUm = tissue.heightsUm[column] ?? 0
      pixel.thicknessUm = tissue.thicknessesUm[column] ?? 0
      pixel.borderUm = tissue.bordersUm[column] ?? 0
      pixel.character = tissue.characters[column] ?? 0
      const index = row * size + column
      values[index] = (values[index] ?? 0) + stainOf(pixel)
    }
  }
}

/** Amplitude and width of a line of `widthUm` as pixels of `pixelUm` show it: never narrower than they are. */
function lineProfile(widthUm: number, pixelUm: number): { widthUm: number; amplitude: number } {
  const shown = Math.sqrt(widthUm ** 2 + (0.5 * pixelUm) ** 2)
  return { widthUm: shown, amplitude: widthUm / shown }
}

/** The lobes of a glomerulus, -1 to 1. */
function tuftLobe(noise: NoiseTexture, xUm: number, yUm: number): number {
  return noise.at(xUm / 14 + yUm / 40 + 5.5, yUm / 14 - xUm / 40)
}

/** F-actin: brush borders, cell cortex, smooth muscle, fibres. */
export function paintCytoskeleton(context: StructureContext, fibres: readonly Fibre[]): void {
  const { canvas, noise } = context
  const { pixelUm } = canvas
  const cortex = lineProfile(0.38, pixelUm)
  const membrane = lineProfile(0.7, pixelUm)
  const lamina = lineProfile(0.8, pixelUm)
  const proximalBrush = lineProfile(1.15, pixelUm)
  const fibreTint = pixelUm < coarsestFibrePixelUm ? 0 : 0.14
  const distalBrush = lineProfile(0.3, pixelUm)
  const perGrain = 1 / Math.max(0.9, pixelUm * 1.2)
  stainTissue(
    context,
    { withBorders: true },
    ({ xUm, yUm, heightUm, thicknessUm, borderUm, kind, character }) => {
      const grain = noise.at(xUm * perGrain, yUm * perGrain)
      const patch = noise.at(xUm * (1 / 6.5) + 91.3, yUm * (1 / 6.5))
      let value = 0
      if (heightUm < 3 && heightUm > -3) {
        value = 0.42 * membrane.amplitude * gaussian((heightUm + 0.2) / membrane.widthUm)
      }
      if (heightUm < 0) value += 0.11 + fibreTint + 0.05 * patch + 0.03 * grain
      else if (kind === tubuleKind.glomerulus) {
        if (heightUm < 2.6) value += 0.24 + 0.05 * grain
        else {
          const lobe = tuftLobe(noise, xUm, yUm)
          const tuft = smoothStep(7, 8.6, heightUm + 2.6 * lobe)
          const wobble = 0.9 * noise.at(xUm / 3.3 + yUm / 9, yUm / 3.3 - xUm / 9)
          const wall = gaussian((borderUm - 0.7 + wobble) / 0.75)
          const loop = gaussian((borderUm - 3.4 + 1.6 * wobble) / 0.6)
          const rim = gaussian(heightUm + 2.6 * lobe - 8.6)
          value +=
            0.03 +
            tuft * (0.16 + 0.12 * patch + 0.07 * grain + (0.5 + 0.35 * lobe) * wall + 0.3 * loop + 0.3 * rim)
        }
      } else if (kind === tubuleKind.artery) {
        const wall = 1 - smoothStep(thicknessUm - 0.8, thicknessUm + 0.8, heightUm)
        const wave = heightUm - thicknessUm + 0.7 * noise.at(xUm / 2.4, yUm / 2.4)
        value += 0.03 + wall * (0.3 + 0.12 * patch + 0.05 * grain)
        value += 0.9 * lamina.amplitude * gaussian(wave / lamina.widthUm)
      } else if (heightUm > thicknessUm + 5) value += 0.025
      else {
        const proximal = kind === tubuleKind.proximal
        const inside = 1 - smoothStep(thicknessUm - 0.7, thicknessUm + 0.7, heightUm)
        const cytoplasm = (0.1 + 0.1 * character) * (1 + 0.3 * grain + 0.35 * patch)
        const lateral = borderUm < 2 ? 0.5 * cortex.amplitude * gaussian(borderUm / cortex.widthUm) : 0
        const profile = proximal ? proximalBrush : distalBrush
        const apex =
          heightUm - thicknessUm + (proximal ? 1.3 : 0.3) + 0.5 * noise.at(xUm / 3.1 + 17.9, yUm / 3.1)
        const level = (proximal ? 0.75 + 0.75 * character : 0.6) * (1 + 0.22 * grain + 0.2 * patch)
        value += 0.025 + inside * (cytoplasm + lateral)
        value += level * profile.amplitude * gaussian(apex / profile.widthUm)
      }
      return value
    },
  )
  for (const fibre of fibres) canvas.line(fibre.points, fibre.radiusUm, 0.75 * fibre.level)
}

/** Diffuse cytoplasm with mitochondria and vesicles: many in proximal cells, few elsewhere. */
export function paintVesicles(context: StructureContext, cells: readonly Cell[]): void {
  const { canvas, noise } = context
  const { pixelUm } = canvas
  stainTissue(context, { withBorders: false }, ({ xUm, yUm, heightUm, thicknessUm, kind, character }) => {
    // Turned, so that the lattice of the noise does not show.
    const grain = noise.at(xUm / 2.6 + yUm / 3.4, yUm / 2.6 - xUm / 3.4)
    let value = 0.045 + 0.015 * grain
    if (heightUm >= 0 && kind === tubuleKind.glomerulus) value = heightUm > 8 ? 0.075 + 0.03 * grain : 0.025
    else if (heightUm >= 0 && kind === tubuleKind.artery) value = heightUm < thicknessUm ? 0.1 : 0.03
    else if (heightUm >= 0) {
      const inside = 1 - smoothStep(thicknessUm - 1.5, thicknessUm + 0.5, heightUm)
      const level = kind === tubuleKind.proximal ? 0.13 + 0.12 * character : 0.06 + 0.05 * character
      value = 0.018 + inside * level * (1 + 0.3 * grain)
    }
    return value
  })
  // Where pixels are coarse, fewer and stronger spots give the same light.
  const share = pixelUm < 1 ? 1 : pixelUm < 2 ? 0.4 : 0.15
  for (const cell of cells) paintVesiclesOf(cell, context, share)
}

function paintVesiclesOf(cell: Cell, { canvas, tissue }: StructureContext, share: number): void {
  const reachUm = 16
  const sideUm = canvas.size * canvas.pixelUm
  if (cell.xUm < canvas.leftUm - reachUm || cell.xUm > canvas.leftUm + sideUm + reachUm) return
  if (cell.yUm < canvas.topUm - reachUm || cell.yUm > canvas.topUm + sideUm + reachUm) return
  if (cell.kind === 'blood') {
    canvas.spot(cell.xUm, cell.yUm, 1.7, 0.5)
    return
  }
  const character = tissue.characters[cell.tubule] ?? 0
  const random = new RandomStream(cell.seed ^ 0x3c1)
  const rich = cell.kind === 'interstitial' && random.next() < 0.06
  const count = Math.max(1, Math.round(share * vesicleCount(cell, tissue, rich)))
  const alongX = Math.cos(cell.angle)
  const alongY = Math.sin(cell.angle)
  const epithelial = cell.kind === 'epithelial'
  for (let index = 0; index < count; index += 1) {
    const along = random.normal() * (epithelial ? 3.9 : 3)
    const across = random.normal() * (epithelial ? 2.9 : 1.6)
    // Not in the nucleus.
    if (epithelial && (along / cell.longRadiusUm) ** 2 + (across / cell.shortRadiusUm) ** 2 < 0.75) continue
    const xUm = cell.xUm + along * alongX - across * alongY
    const yUm = cell.yUm + along * alongY + across * alongX
    const sizeUm = rich ? random.between(0.45, 0.8) : random.between(0.2, 0.36)
    const level = (rich ? 1.5 : 0.35 + 0.9 * random.next() ** 2 + 0.25 * character) * cell.level
    canvas.spot(xUm, yUm, sizeUm, level / share)
  }
}

/** `rich`: a macrophage full of them. */
function vesicleCount(cell: Cell, tissue: Tissue, rich: boolean): number {
  if (rich) return 26
  if (cell.kind === 'debris') return 3
  if (cell.kind !== 'epithelial') return 5
  const character = tissue.characters[cell.tubule] ?? 0
  return tissue.kinds[cell.tubule] === tubuleKind.proximal ? 34 + 22 * character : 14 + 10 * character
}

/** Eosin: cytoplasm, collagen, red blood cells. In optical density. */
export function paintEosin(
  context: StructureContext,
  fibres: readonly Fibre[],
  cells: readonly Cell[],
): void {
  const { canvas, noise } = context
  const { pixelUm } = canvas
  const cortex = lineProfile(0.35, pixelUm)
  const fibreTint = pixelUm < coarsestFibrePixelUm ? 0 : 0.05
  const grainUm = Math.max(1.1, pixelUm)
  stainTissue(
    context,
    { withBorders: true },
    ({ xUm, yUm, heightUm, thicknessUm, borderUm, kind, character }) => {
      const patch = noise.at(xUm / 5 + 11.7, yUm / 5)
      const grain = noise.at(xUm / grainUm, yUm / grainUm)
      let value = 0.2 + fibreTint + 0.06 * patch + 0.03 * grain
      if (heightUm >= 0 && kind === tubuleKind.glomerulus) {
        const tuft = smoothStep(7, 8.6, heightUm + 2.6 * tuftLobe(noise, xUm, yUm))
        // Open capillaries between the cells' bodies.
        const open = smoothStep(2.2, 4, borderUm + noise.at(xUm / 3.3 + yUm / 9, yUm / 3.3 - xUm / 9))
        value = heightUm < 2.6 ? 0.3 : 0.02 + tuft * (0.42 + 0.08 * grain + 0.06 * patch - 0.2 * open)
      } else if (heightUm >= 0 && kind === tubuleKind.artery) {
        const wall = 1 - smoothStep(thicknessUm - 0.8, thicknessUm + 0.8, heightUm)
        value = 0.02 + wall * (0.62 + 0.1 * patch + 0.05 * grain)
      } else if (heightUm >= 0) {
        const inside = 1 - smoothStep(thicknessUm - 0.8, thicknessUm + 0.8, heightUm)
        const proximal = kind === tubuleKind.proximal
        const level = proximal ? 0.5 + 0.14 * character : 0.28 + 0.1 * character
        const brush = proximal ? 0.12 * gaussian((heightUm - thicknessUm + 1.5) / 1.2) : 0
        const lateral = 0.1 * cortex.amplitude * gaussian(borderUm / cortex.widthUm)
        value = 0.015 + inside * (level * (1 + 0.12 * patch + 0.12 * grain) + lateral) + brush
      }
      return value
    },
  )
  for (const fibre of fibres) canvas.line(fibre.points, fibre.radiusUm * 1.3, 0.22 * fibre.level)
  for (const cell of cells) {
    if (cell.kind === 'blood') canvas.spot(cell.xUm, cell.yUm, 1.9, 0.95)
  }
}
