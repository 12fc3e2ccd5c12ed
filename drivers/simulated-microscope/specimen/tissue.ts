/**
 * Architecture of the specimen: a section of kidney-like tissue of about 6 x 6 mm.
 *
 * Tubules, glomeruli and arteries are the cells of an additively weighted Voronoi diagram whose plane is gently
 * warped; what a place looks like follows from how deep it lies inside its tubule. In the right part of the section
 * the tubules run in parallel, as in the renal medulla.
 */
import { hash, RandomStream } from './random.ts'
import { SmoothNoise, smoothStep } from './smooth-noise.ts'

/** Kinds of tubule, as stored in `Tissue.kinds`. */
export const tubuleKind = { outside: 0, proximal: 1, distal: 2, glomerulus: 3, artery: 4 } as const

/** Thickness of what has no lumen, such as the tuft of a glomerulus, µm. */
export const solidUm = 1000

const spacingUm = 78
const gridHalf = 52
const gridSize = 2 * gridHalf + 1
/** Half-axes of the section in the warped plane: left, right, and vertical. */
const leftHalfUm = 3300
const rightHalfUm = 2300
const verticalHalfUm = 3200
/** Right of this the plane is compressed along x, which draws the tubules out to parallel ones. */
const medullaStartUm = 900
const medullaCompression = 0.4

/** What `Tissue.locate` finds. */
export type TissuePoint = {
  /** Index of the tubule the point belongs to, into `kinds`, `thicknessesUm` and `characters`. */
  tubule: number
  /** Height above the basement membrane, µm: negative in the interstitium, growing towards the lumen. */
  heightUm: number
  /** Unit vector pointing into the tubule, away from its wall. */
  inwardX: number
  inwardY: number
}

/** The plan of the tissue: what lies where. */
export class Tissue {
  readonly tubuleCount = gridSize * gridSize
  readonly kinds = new Uint8Array(gridSize * gridSize)
  /** Thickness of the epithelium or of the vessel wall, µm. */
  readonly thicknessesUm = new Float32Array(gridSize * gridSize)
  /** Individual staining of a tubule, 0 to 1. */
  readonly characters = new Float32Array(gridSize * gridSize)
  readonly #xs = new Float32Array(gridSize * gridSize)
  readonly #ys = new Float32Array(gridSize * gridSize)
  readonly #weights = new Float32Array(gridSize * gridSize)
  /** Neighbouring sites can be parts of one winding tubule: the site that stands for all of them. */
  readonly #roots = new Uint16Array(gridSize * gridSize)
  readonly #noise: SmoothNoise
  #warpedX = 0
  #warpedY = 0

  constructor(seed: number) {
    this.#noise = new SmoothNoise(hash(seed, 1, 0))
    for (let row = 0; row < gridSize; row += 1) {
      for (let column = 0; column < gridSize; column += 1) this.#placeTubule(column, row, seed)
    }
    for (let row = 0; row < gridSize - 1; row += 1) {
      for (let column = 0; column < gridSize - 1; column += 1) this.#joinTubule(column, row, seed)
    }
  }

  /** Makes a site part of the tubule of its right or lower neighbour, now and then. */
  #joinTubule(column: number, row: number, seed: number): void {
    const index = row * gridSize + column
    const random = new RandomStream(hash(column, row, seed + 1))
    if (random.next() > 0.42) return
    const neighbour = random.next() < 0.5 ? index + 1 : index + gridSize
    if (!isTubule(this.kinds[index]) || !isTubule(this.kinds[neighbour])) return
    const root = this.#roots[index] ?? index
    this.#roots[neighbour] = root
    this.kinds[neighbour] = this.kinds[root] ?? 0
    this.characters[neighbour] = this.characters[root] ?? 0
    this.thicknessesUm[neighbour] = this.thicknessesUm[root] ?? 0
  }

  #placeTubule(column: number, row: number, seed: number): void {
    const index = row * gridSize + column
    const random = new RandomStream(hash(column, row, seed))
    const x = (column - gridHalf + random.between(-0.42, 0.42)) * spacingUm
    const y = (row - gridHalf + random.between(-0.42, 0.42)) * spacingUm
    this.#xs[index] = x
    this.#ys[index] = y
    this.#roots[index] = index
    const reach = length(x / (x < 0 ? leftHalfUm : rightHalfUm), y / verticalHalfUm)
    const choice = random.next()
    const character = random.next()
    this.characters[index] = character
    if (reach + 0.05 * this.#noise.at(x / 700, y / 700) > 1) return
    const cortex = x < medullaStartUm
    if (cortex && choice < 0.042 && reach < 0.95) {
      this.kinds[index] = tubuleKind.glomerulus
      this.thicknessesUm[index] = solidUm
      this.#weights[index] = random.between(24, 36)
      return
    }
    if (choice > 0.978) {
      this.kinds[index] = tubuleKind.artery
      this.thicknessesUm[index] = random.between(10, 20)
      this.#weights[index] = random.between(4, 22)
      return
    }
    const proximal = cortex ? choice < 0.66 : choice < 0.3
    this.kinds[index] = proximal ? tubuleKind.proximal : tubuleKind.distal
    this.thicknessesUm[index] = proximal ? random.between(12.5, 16) : random.between(8, 10.5)
    this.#weights[index] = random.between(-13, 10)
  }

  /** Place of the glomerulus nearest to (x, y), µm, as a good place to start from. */
  glomerulusNear(xUm: number, yUm: number): { xUm: number; yUm: number } {
    let best = { xUm, yUm }
    let bestDistance = Infinity
    for (let index = 0; index < this.tubuleCount; index += 1) {
      if (this.kinds[index] !== tubuleKind.glomerulus) continue
      const place = this.#unwarp(this.#xs[index] ?? 0, this.#ys[index] ?? 0)
      const distance = length(place.xUm - xUm, place.yUm - yUm)
      if (distance >= bestDistance) continue
      bestDistance = distance
      best = place
    }
    return best
  }

  #unwarp(x: number, y: number): { xUm: number; yUm: number } {
    let xUm = x
    let yUm = y
    for (let round = 0; round < 12; round += 1) {
      this.warp(xUm, yUm)
      xUm += (x - this.#warpedX) * 0.8
      yUm += (y - this.#warpedY) * 0.8
    }
    return { xUm, yUm }
  }

  /** Place in the warped plane of a place in the specimen, µm. Read by `warpedX` and `warpedY` (no allocation). */
  warp(xUm: number, yUm: number): void {
    const noise = this.#noise
    const sweepX =
      xUm + 170 * noise.at(xUm / 1500 + 7.3, yUm / 1500) + 9 * noise.at(xUm / 88, yUm / 88 + 31.7)
    const sweepY =
      yUm + 170 * noise.at(xUm / 1500, yUm / 1500 + 3.1) + 9 * noise.at(xUm / 88 + 57.1, yUm / 88)
    const x = sweepX + 2.4 * noise.at(xUm / 27 + 11.9, yUm / 27)
    this.#warpedY = sweepY + 2.4 * noise.at(xUm / 27, yUm / 27 + 83.3)
    this.#warpedX = x <= medullaStartUm ? x : compressed(x)
  }

  get warpedX(): number {
    return this.#warpedX
  }

  get warpedY(): number {
    return this.#warpedY
  }

  /** Half-width of the interstitium at a place, µm: some regions have loose tissue between the tubules. */
  gapUm(xUm: number, yUm: number): number {
    const region = this.#noise.at(xUm / 430 + 130.5, yUm / 430 + 17.5)
    return 2 + 1.1 * this.#noise.at(xUm / 60, yUm / 60 + 201.3) + 9 * smoothStep(0.2, 0.75, region)
  }

  /** Weighted distance of a place in the warped plane from a tubule's axis, µm. */
  distance(tubule: number, warpedX: number, warpedY: number): number {
    const dx = (this.#xs[tubule] ?? 0) - warpedX
    const dy = (this.#ys[tubule] ?? 0) - warpedY
    return Math.sqrt(dx * dx + dy * dy) - (this.#weights[tubule] ?? 0)
  }

  /** The tubule that a site is part of. */
  root(site: number): number {
    return this.#roots[site] ?? 0
  }

  /**
   * Writes the sites that matter anywhere within `reachUm` of a place in the warped plane into `found`, and returns
   * how many there are (at most 25).
   */
  candidates(warpedX: number, warpedY: number, reachUm: number, found: Int32Array): number {
    const column = Math.round(warpedX / spacingUm) + gridHalf
    const row = Math.round(warpedY / spacingUm) + gridHalf
    const firstColumn = Math.max(0, column - 2)
    const lastColumn = Math.min(gridSize - 1, column + 2)
    const firstRow = Math.max(0, row - 2)
    const lastRow = Math.min(gridSize - 1, row + 2)
    const distances = this.#distances
    let nearest = Infinity
    let nearestRoot = -1
    let second = Infinity
    let looked = 0
    for (let r = firstRow; r <= lastRow; r += 1) {
      for (let c = firstColumn; c <= lastColumn; c += 1) {
        const site = r * gridSize + c
        const distance = this.distance(site, warpedX, warpedY)
        found[looked] = site
        distances[looked] = distance
        looked += 1
        if (distance >= second) continue
        const root = this.#roots[site] ?? 0
        if (distance < nearest) {
          if (root !== nearestRoot) second = nearest
          nearest = distance
          nearestRoot = root
        } else if (root !== nearestRoot) second = distance
      }
    }
    const limit = second + 2 * reachUm + roundingUm
    let count = 0
    for (let index = 0; index < looked; index += 1) {
      if ((distances[index] ?? 0) > limit) continue
      found[count] = found[index] ?? 0
      count += 1
    }
    return count
  }

  readonly #found = new Int32Array(25)

  /** Which tubule a place belongs to and how deep it lies in it. Writes into `point` and returns it. */
  locate(xUm: number, yUm: number, point: TissuePoint): TissuePoint {
    this.warp(xUm, yUm)
    const x = this.#warpedX
    const y = this.#warpedY
    const count = this.candidates(x, y, 0, this.#found)
    const depth = this.depth(x, y, this.#found, count)
    point.tubule = this.tubule
    point.heightUm = depth - this.gapUm(xUm, yUm)
    const step = 0.5
    const slopeX = this.depth(x + step, y, this.#found, count) - depth
    const slopeXSign = this.tubule === point.tubule ? 1 : -1
    const slopeY = this.depth(x, y + step, this.#found, count) - depth
    const slopeYSign = this.tubule === point.tubule ? 1 : -1
    const inwardX = slopeX * slopeXSign
    const inwardY = slopeY * slopeYSign
    const norm = length(inwardX, inwardY) + 1e-6
    point.inwardX = inwardX / norm
    point.inwardY = inwardY / norm
    return point
  }

  /** The tubule found by the last call of `depth`. */
  tubule = 0
  readonly #distances = new Float64Array(25)

  /**
   * How far inside its tubule a place in the warped plane lies, µm: 0 on the border between two. `sites` are the
   * first `count` of `candidates`. The distances to all neighbours are joined so that corners come out round.
   */
  depth(warpedX: number, warpedY: number, sites: Int32Array, count: number): number {
    let nearest = Infinity
    let first = 0
    for (let index = 0; index < count; index += 1) {
      const distance = this.distance(sites[index] ?? 0, warpedX, warpedY)
      this.#distances[index] = distance
      if (distance >= nearest) continue
      nearest = distance
      first = sites[index] ?? 0
    }
    const root = this.#roots[first] ?? 0
    this.tubule = root
    let sum = 0
    for (let index = 0; index < count; index += 1) {
      if (this.#roots[sites[index] ?? 0] === root) continue
      const inverse = 2 / ((this.#distances[index] ?? 0) - nearest + 1e-3)
      const squared = inverse * inverse
      sum += squared * squared
    }
    return sum === 0 ? 1000 : 1 / Math.sqrt(Math.sqrt(sum))
  }
}

/** How much farther than the nearest wall a neighbour may be to still round a corner, µm. */
const roundingUm = 28

function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y)
}

function isTubule(kind: number | undefined): boolean {
  return kind === tubuleKind.proximal || kind === tubuleKind.distal
}

/** x in the warped plane beyond the start of the medulla: the slope goes smoothly from 1 to the compression. */
function compressed(x: number): number {
  const beyond = x - medullaStartUm
  const transition = 500
  const slopeLoss = 1 - medullaCompression
  if (beyond > transition) return x - slopeLoss * (beyond - transition / 2)
  return x - (slopeLoss * beyond * beyond) / (2 * transition)
}

/** An empty point for `Tissue.locate` to write into. */
export function emptyTissuePoint(): TissuePoint {
  return { tubule: 0, heightUm: 0, inwardX: 1, inwardY: 0 }
}
