/** The cells of the tissue: where they lie, what they are, and the fibres between them. */
import { hash, RandomStream } from './random.ts'
import { emptyTissuePoint, type Tissue, tubuleKind } from './tissue.ts'

const candidateSpacingUm = 12.5
const candidatesPerSide = 8
/** Cells are made and kept in square chunks of this size, µm. */
const chunkUm = candidateSpacingUm * candidatesPerSide
const maxChunks = 4000

/** `tuft`: in a glomerulus; `muscle`: in a vessel wall; `blood`: a red blood cell, which has no nucleus. */
export type CellKind = 'epithelial' | 'interstitial' | 'tuft' | 'muscle' | 'blood' | 'debris'
/** Where a cell is in its cycle, as its nucleus shows. */
export type NucleusPhase = 'resting' | 'metaphase' | 'anaphase' | 'apoptotic'

/** One cell of the tissue. */
export type Cell = {
  readonly kind: CellKind
  readonly phase: NucleusPhase
  /** Centre of the nucleus, µm. */
  readonly xUm: number
  readonly yUm: number
  /** Direction of the nucleus' long axis, radians. */
  readonly angle: number
  readonly longRadiusUm: number
  readonly shortRadiusUm: number
  /** How brightly it stains, about 1. */
  readonly level: number
  /** Blur of the nucleus' edge, µm: cells lie at different depths in the section. */
  readonly softnessUm: number
  readonly tubule: number
  readonly seed: number
}

/** A fibre of connective tissue or a stress fibre: a chain of points. */
export type Fibre = {
  /** x0, y0, x1, y1, ... µm. */
  readonly points: Float32Array
  readonly level: number
  readonly radiusUm: number
}

type Chunk = { readonly cells: readonly Cell[]; fibres: readonly Fibre[] | undefined }

/** The cells of the tissue, made where they are looked at. */
export class Cells {
  readonly #tissue: Tissue
  readonly #seed: number
  readonly #chunks = new Map<number, Chunk>()
  readonly #point = emptyTissuePoint()

  constructor(tissue: Tissue, seed: number) {
    this.#tissue = tissue
    this.#seed = hash(seed, 2, 0)
  }

  /** All cells whose nucleus lies in a rectangle, and some around it. */
  cellsIn(leftUm: number, topUm: number, rightUm: number, bottomUm: number): Cell[] {
    return this.#chunksIn(leftUm, topUm, rightUm, bottomUm).flatMap((chunk) => chunk.cells)
  }

  /** All fibres that start in a rectangle, and some around it; a fibre is at most `fibreReachUm` long. */
  fibresIn(leftUm: number, topUm: number, rightUm: number, bottomUm: number): Fibre[] {
    return this.#chunksIn(leftUm, topUm, rightUm, bottomUm).flatMap((chunk) => {
      chunk.fibres ??= chunk.cells.flatMap((cell) => this.#fibresOf(cell))
      return chunk.fibres
    })
  }

  #chunksIn(leftUm: number, topUm: number, rightUm: number, bottomUm: number): Chunk[] {
    const chunks: Chunk[] = []
    for (let row = Math.floor(topUm / chunkUm); row * chunkUm < bottomUm; row += 1) {
      for (let column = Math.floor(leftUm / chunkUm); column * chunkUm < rightUm; column += 1) {
        chunks.push(this.#chunk(column, row))
      }
    }
    return chunks
  }

  #chunk(column: number, row: number): Chunk {
    const key = row * 65536 + column
    const known = this.#chunks.get(key)
    if (known !== undefined) return known
    const cells: Cell[] = []
    for (let r = 0; r < candidatesPerSide; r += 1) {
      for (let c = 0; c < candidatesPerSide; c += 1) {
        const cell = this.#candidate(column * candidatesPerSide + c, row * candidatesPerSide + r)
        if (cell !== undefined) cells.push(cell)
      }
    }
    const chunk: Chunk = { cells, fibres: undefined }
    if (this.#chunks.size >= maxChunks) {
      for (const oldest of this.#chunks.keys()) {
        this.#chunks.delete(oldest)
        break
      }
    }
    this.#chunks.set(key, chunk)
    return chunk
  }

  #candidate(column: number, row: number): Cell | undefined {
    const seed = hash(column, row, this.#seed)
    const random = new RandomStream(seed)
    const xUm = (column + 0.5 + random.between(-0.36, 0.36)) * candidateSpacingUm
    const yUm = (row + 0.5 + random.between(-0.36, 0.36)) * candidateSpacingUm
    const point = this.#tissue.locate(xUm, yUm, this.#point)
    const kind = this.#tissue.kinds[point.tubule] ?? 0
    const heightUm = point.heightUm
    const { tubule, inwardX, inwardY } = point
    const along = Math.atan2(inwardX, -inwardY)
    const level = 0.75 + 0.25 * random.normal() * 0.7 + 0.2 * random.next()
    const softnessUm = 0.35 + (random.next() < 0.3 ? random.between(0.6, 2) : random.between(0, 0.35))
    const base = { level: Math.max(0.35, level), softnessUm, tubule, seed, phase: 'resting' as const }
    const thicknessUm = this.#tissue.thicknessesUm[tubule] ?? 0

    if (kind === tubuleKind.outside) {
      if (random.next() > 0.0015) return undefined
      const radius = random.between(1, 6)
      return {
        ...base,
        kind: 'debris',
        xUm,
        yUm,
        angle: along,
        longRadiusUm: radius,
        shortRadiusUm: radius * 0.6,
      }
    }
    if (heightUm < 0.8) {
      // Sparse and flat in the thin gaps, more of them where the connective tissue is wide.
      if (random.next() > 0.5) return undefined
      return {
        ...base,
        kind: 'interstitial',
        xUm: xUm - inwardX * (heightUm + 1.2),
        yUm: yUm - inwardY * (heightUm + 1.2),
        angle: along + 0.25 * random.normal(),
        longRadiusUm: random.between(3.4, 6),
        shortRadiusUm: random.between(1.1, 1.9),
        level: base.level * 1.1,
      }
    }
    if (kind === tubuleKind.glomerulus) {
      if (heightUm > 3 && heightUm < 9) return undefined
      const radius = random.between(2.1, 2.9)
      return {
        ...base,
        kind: 'tuft',
        xUm,
        yUm,
        angle: random.between(0, Math.PI),
        longRadiusUm: radius * random.between(1.1, 1.5),
        shortRadiusUm: radius,
        level: base.level * 1.05,
      }
    }
    if (kind === tubuleKind.artery) {
      if (heightUm < thicknessUm) {
        return {
          ...base,
          kind: 'muscle',
          xUm,
          yUm,
          angle: along + 0.12 * random.normal(),
          longRadiusUm: random.between(4, 6.5),
          shortRadiusUm: random.between(1, 1.5),
        }
      }
      if (random.next() > 0.55) return undefined
      return {
        ...base,
        kind: 'blood',
        xUm,
        yUm,
        angle: along,
        longRadiusUm: 2.9,
        shortRadiusUm: random.between(1.9, 2.8),
      }
    }
    if (heightUm > thicknessUm + 1.5) {
      if (random.next() > 0.012) return undefined
      const radius = random.between(1, 2.5)
      return {
        ...base,
        kind: 'debris',
        xUm,
        yUm,
        angle: along,
        longRadiusUm: radius,
        shortRadiusUm: radius,
        level: 0.5,
      }
    }
    // The nuclei of an epithelium stand in a row at about the same height.
    const rowUm = thicknessUm * (0.43 + 0.07 * random.normal())
    const shift = (rowUm - heightUm) * 0.85
    const chance = random.next()
    const phase: NucleusPhase =
      chance < 0.003 ? 'metaphase' : chance < 0.0045 ? 'anaphase' : chance < 0.008 ? 'apoptotic' : 'resting'
    const radius = random.between(2.45, 3.15)
    return {
      ...base,
      kind: 'epithelial',
      phase,
      xUm: xUm + inwardX * shift,
      yUm: yUm + inwardY * shift,
      angle: along + Math.PI / 2 + 0.5 * random.normal(),
      longRadiusUm: radius * random.between(1, 1.3),
      shortRadiusUm: radius,
    }
  }

  /** Fibres follow the walls of the tubules, or wind around a vessel. */
  #fibresOf(cell: Cell): Fibre[] {
    if (cell.kind !== 'interstitial' && cell.kind !== 'muscle') return []
    const random = new RandomStream(cell.seed ^ 0x51ab)
    const fibres: Fibre[] = []
    const count = cell.kind === 'muscle' ? 5 : 6
    for (let index = 0; index < count; index += 1) {
      const steps = cell.kind === 'muscle' ? 9 : 6 + Math.floor(random.next() * 9)
      const points = new Float32Array(2 * (steps + 1))
      let x = cell.xUm + random.normal() * 4
      let y = cell.yUm + random.normal() * 4
      const sway = random.between(-0.2, 0.2)
      let headingX = Math.cos(cell.angle) * (random.next() < 0.5 ? -1 : 1)
      let headingY = Math.sin(cell.angle) * (random.next() < 0.5 ? -1 : 1)
      for (let step = 0; step <= steps; step += 1) {
        points[2 * step] = x
        points[2 * step + 1] = y
        const { inwardX, inwardY, heightUm } = this.#tissue.locate(x, y, this.#point)
        // Along the wall, keeping the sense of direction where the nearest wall changes; turning only slowly.
        const forward = inwardX * headingY - inwardY * headingX >= 0 ? 1 : -1
        headingX += 0.7 * (sway * inwardX - forward * inwardY) - 0.3 * headingX
        headingY += 0.7 * (forward * inwardX + sway * inwardY) - 0.3 * headingY
        const norm = Math.sqrt(headingX * headingX + headingY * headingY) + 1e-6
        headingX /= norm
        headingY /= norm
        const pull = cell.kind === 'interstitial' ? Math.max(-0.8, Math.min(0.8, -0.25 * (heightUm + 1))) : 0
        x += fibreStepUm * headingX + pull * inwardX
        y += fibreStepUm * headingY + pull * inwardY
      }
      fibres.push({ points, level: random.between(0.3, 1), radiusUm: random.between(0.16, 0.34) })
    }
    return fibres
  }
}

const fibreStepUm = 3.2
/** No fibre reaches farther from its cell, µm. */
export const fibreReachUm = 16 * fibreStepUm + 20
