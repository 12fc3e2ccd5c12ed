/** Chromatin: DAPI in fluorescence, hematoxylin in bright field. */
import { Canvas } from './canvas.ts'
import type { Cell } from './cells.ts'
import { RandomStream } from './random.ts'
import type { NoiseTexture } from './smooth-noise.ts'

/** Nuclei reach at most this far from their centre, their glow included, µm. */
export const nucleusReachUm = 22

/** `dna`: bright chromocentres and a glow from above and below the focal plane; `stain`: neither. */
export type ChromatinLook = 'dna' | 'stain'

/** Adds the nuclei of cells to a tile. */
export function paintNuclei(
  canvas: Canvas,
  cells: readonly Cell[],
  noise: NoiseTexture,
  look: ChromatinLook,
): void {
  for (const cell of cells) {
    if (cell.kind !== 'blood') paintNucleus(canvas, cell, noise, look)
  }
  if (look === 'dna') paintGlow(canvas, cells)
}

function paintNucleus(canvas: Canvas, cell: Cell, noise: NoiseTexture, look: ChromatinLook): void {
  const margin = cell.longRadiusUm + 2 * cell.softnessUm + 2 * canvas.pixelUm
  const right = canvas.leftUm + canvas.size * canvas.pixelUm
  const bottom = canvas.topUm + canvas.size * canvas.pixelUm
  if (cell.xUm < canvas.leftUm - margin || cell.xUm > right + margin) return
  if (cell.yUm < canvas.topUm - margin || cell.yUm > bottom + margin) return
  const random = new RandomStream(cell.seed ^ 0x77)
  const alongX = Math.cos(cell.angle)
  const alongY = Math.sin(cell.angle)
  if (cell.phase === 'metaphase') {
    paintEllipse(
      canvas,
      { ...cell, longRadiusUm: 4.2, shortRadiusUm: 1.1, level: 2.1, softnessUm: 0.4 },
      undefined,
    )
    return
  }
  if (cell.phase === 'anaphase') {
    for (const side of [-1, 1]) {
      const xUm = cell.xUm - side * 2.6 * alongY
      const yUm = cell.yUm + side * 2.6 * alongX
      const plate = { ...cell, xUm, yUm, longRadiusUm: 3.4, shortRadiusUm: 0.95, level: 1.9, softnessUm: 0.4 }
      paintEllipse(canvas, plate, undefined)
    }
    return
  }
  if (cell.phase === 'apoptotic') {
    const fragments = 3 + Math.floor(random.next() * 4)
    for (let index = 0; index < fragments; index += 1) {
      const xUm = cell.xUm + random.normal() * 1.7
      const yUm = cell.yUm + random.normal() * 1.7
      canvas.spot(xUm, yUm, random.between(0.5, 1), random.between(1.2, 2.2))
    }
    return
  }
  const debris = cell.kind === 'debris' ? 0.25 : 1
  paintEllipse(canvas, debris === 1 ? cell : { ...cell, level: cell.level * debris }, noise)
  if (look === 'stain' || debris !== 1 || canvas.pixelUm > 1) return
  const chromocentres = 3 + Math.floor(random.next() * 6)
  const sigmaUm = Math.sqrt(0.34 ** 2 + (cell.softnessUm * 0.6) ** 2)
  const peak = (0.75 * cell.level * 0.34 ** 2) / sigmaUm ** 2
  for (let index = 0; index < chromocentres; index += 1) {
    const turn = random.between(0, 2 * Math.PI)
    const reach = Math.sqrt(random.next()) * 0.78
    const along = reach * Math.cos(turn) * cell.longRadiusUm
    const across = reach * Math.sin(turn) * cell.shortRadiusUm
    const xUm = cell.xUm + along * alongX - across * alongY
    const yUm = cell.yUm + along * alongY + across * alongX
    canvas.spot(xUm, yUm, sigmaUm * random.between(0.8, 1.35), peak * random.between(0.6, 1.5))
  }
}

type Ellipse = Pick<
  Cell,
  'xUm' | 'yUm' | 'angle' | 'longRadiusUm' | 'shortRadiusUm' | 'level' | 'softnessUm' | 'seed'
>

/** Adds a filled ellipse with soft edges, mottled by `noise`. */
function paintEllipse(canvas: Canvas, shape: Ellipse, noise: NoiseTexture | undefined): void {
  const { size, pixelUm, values } = canvas
  const soft = Math.sqrt(shape.softnessUm ** 2 + (0.55 * pixelUm) ** 2)
  const reach = shape.longRadiusUm + soft
  const x = (shape.xUm - canvas.leftUm) / pixelUm
  const y = (shape.yUm - canvas.topUm) / pixelUm
  const left = Math.max(0, Math.ceil(x - reach / pixelUm))
  const right = Math.min(size - 1, Math.floor(x + reach / pixelUm))
  const top = Math.max(0, Math.ceil(y - reach / pixelUm))
  const bottom = Math.min(size - 1, Math.floor(y + reach / pixelUm))
  const alongX = Math.cos(shape.angle)
  const alongY = Math.sin(shape.angle)
  const offsetX = (shape.seed & 127) + 0.5
  const offsetY = ((shape.seed >>> 8) & 127) + 0.5
  // Nuclei that are smaller than their blur keep their light: they get wider and dimmer.
  const spread = shape.shortRadiusUm / Math.max(shape.shortRadiusUm, soft)
  const grainUm = Math.max(0.85, 1.3 * pixelUm)
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) {
      const dx = (column - x) * pixelUm
      const dy = (row - y) * pixelUm
      const along = dx * alongX + dy * alongY
      const across = dy * alongX - dx * alongY
      const radius = Math.sqrt((along / shape.longRadiusUm) ** 2 + (across / shape.shortRadiusUm) ** 2)
      const depth = (1 - radius) * shape.shortRadiusUm
      if (depth <= -soft) continue
      let value = shape.level * spread
      if (depth < soft) {
        const t = 0.5 + depth / (2 * soft)
        value *= t * t * (3 - 2 * t)
      }
      if (noise !== undefined) {
        const coarse = noise.at(along / (2.1 * grainUm) + offsetX, across / (2.1 * grainUm) + offsetY)
        const fine = noise.at(along / (0.75 * grainUm) + offsetY, across / (0.75 * grainUm) + offsetX)
        // Slightly domed, with a darker nucleolus where the coarse pattern dips.
        value *= 0.82 + 0.22 * (1 - radius) + 0.28 * coarse + 0.16 * fine
      }
      const index = row * size + column
      values[index] = (values[index] ?? 0) + value
    }
  }
}

const glowSigmaUm = 7.5
const glowPixelUm = 5.2
const glowMarginPixels = 1

/** Light from nuclei above and below the focal plane, as a widefield microscope sees it. */
function paintGlow(canvas: Canvas, cells: readonly Cell[]): void {
  const left = Math.floor(canvas.leftUm / glowPixelUm) - glowMarginPixels
  const top = Math.floor(canvas.topUm / glowPixelUm) - glowMarginPixels
  const glow = new Canvas({
    size: Math.ceil((canvas.size * canvas.pixelUm) / glowPixelUm) + 2 * glowMarginPixels + 2,
    leftUm: left * glowPixelUm,
    topUm: top * glowPixelUm,
    pixelUm: glowPixelUm,
  })
  for (const cell of cells) {
    if (cell.kind === 'blood' || cell.kind === 'debris') continue
    glow.spot(cell.xUm, cell.yUm, glowSigmaUm, 0.042 * cell.level)
  }
  canvas.addEnlarged(glow)
}
