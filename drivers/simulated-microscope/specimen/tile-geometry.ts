/** What the tissue is like at every pixel of a tile, evaluated once and shared by all stains. */
import type { Cell } from './cells.ts'
import { solidUm, type Tissue } from './tissue.ts'

/** Spacing of the nodes at which the tissue is evaluated, µm (or one pixel, where pixels are coarser). */
const nodeSpacingUm = 1.3
const warpCellUm = 10.4
/** Cells are sorted into buckets of this size, µm, to find those near a bin; pixels of a bin share their candidates. */
const bucketUm = 13
const binUm = bucketUm / 2
/** Where pixels are coarser than this, borders between cells cannot be told apart, µm. */
export const coarsestBorderPixelUm = 1

/** Where the pixels of a tile lie in the specimen. */
export type TileGrid = {
  readonly size: number
  /** Specimen coordinates of the centre of pixel (0, 0), µm. */
  readonly leftUm: number
  readonly topUm: number
  readonly pixelUm: number
}

/** Rows of the tissue map of one tile. */
export class TileGeometry {
  readonly grid: TileGrid
  readonly #pixelsPerNode: number
  readonly #nodesPerSide: number
  readonly #heights: Float32Array
  readonly #tubules: Uint16Array

  constructor(tissue: Tissue, grid: TileGrid) {
    this.grid = grid
    // Coarser where pixels are coarse, too: what happens within 2.6 µm shows little there.
    const spacingUm = grid.pixelUm < nodeSpacingUm ? nodeSpacingUm : 2 * nodeSpacingUm
    this.#pixelsPerNode = Math.max(1, Math.round(spacingUm / grid.pixelUm))
    this.#nodesPerSide = Math.ceil((grid.size - 1) / this.#pixelsPerNode) + 2
    const nodes = this.#nodesPerSide * this.#nodesPerSide
    this.#heights = new Float32Array(nodes)
    this.#tubules = new Uint16Array(nodes)
    this.#evaluate(tissue)
  }

  /** Evaluates square blocks of nodes, in which the warp is taken as bilinear and few tubules compete. */
  #evaluate(tissue: Tissue): void {
    const nodeUm = this.#pixelsPerNode * this.grid.pixelUm
    const block = Math.max(1, Math.round(warpCellUm / nodeUm))
    const found = new Int32Array(25)
    for (let top = 0; top < this.#nodesPerSide; top += block) {
      for (let left = 0; left < this.#nodesPerSide; left += block) {
        this.#evaluateBlock(tissue, left, top, block, nodeUm, found)
      }
    }
  }

  #evaluateBlock(
    tissue: Tissue,
    left: number,
    top: number,
    block: number,
    nodeUm: number,
    found: Int32Array,
  ): void {
    const x0 = this.grid.leftUm + left * nodeUm
    const y0 = this.grid.topUm + top * nodeUm
    const sideUm = block * nodeUm
    tissue.warp(x0, y0)
    const ax = tissue.warpedX
    const ay = tissue.warpedY
    tissue.warp(x0 + sideUm, y0)
    const bx = tissue.warpedX
    const by = tissue.warpedY
    tissue.warp(x0, y0 + sideUm)
    const cx = tissue.warpedX
    const cy = tissue.warpedY
    tissue.warp(x0 + sideUm, y0 + sideUm)
    const dx = tissue.warpedX
    const dy = tissue.warpedY
    const middleX = (ax + bx + cx + dx) / 4
    const middleY = (ay + by + cy + dy) / 4
    const reach = Math.sqrt(
      Math.max(
        (ax - middleX) ** 2 + (ay - middleY) ** 2,
        (bx - middleX) ** 2 + (by - middleY) ** 2,
        (cx - middleX) ** 2 + (cy - middleY) ** 2,
        (dx - middleX) ** 2 + (dy - middleY) ** 2,
      ),
    )
    const count = tissue.candidates(middleX, middleY, reach, found)
    const ga = tissue.gapUm(x0, y0)
    const gb = tissue.gapUm(x0 + sideUm, y0)
    const gc = tissue.gapUm(x0, y0 + sideUm)
    const gd = tissue.gapUm(x0 + sideUm, y0 + sideUm)
    const right = Math.min(this.#nodesPerSide, left + block)
    const bottom = Math.min(this.#nodesPerSide, top + block)
    for (let row = top; row < bottom; row += 1) {
      const v = (row - top) / block
      for (let column = left; column < right; column += 1) {
        const u = (column - left) / block
        const x = (ax + (bx - ax) * u) * (1 - v) + (cx + (dx - cx) * u) * v
        const y = (ay + (by - ay) * u) * (1 - v) + (cy + (dy - cy) * u) * v
        const gap = (ga + (gb - ga) * u) * (1 - v) + (gc + (gd - gc) * u) * v
        const node = row * this.#nodesPerSide + column
        this.#heights[node] = tissue.depth(x, y, found, count) - gap
        this.#tubules[node] = tissue.tubule
      }
    }
  }

  /** Writes height above the basement membrane (µm) and tubule of each pixel of row `y` into the given arrays. */
  row(y: number, heights: Float32Array, tubules: Uint16Array): void {
    const per = this.#pixelsPerNode
    const nodeRow = Math.floor(y / per)
    const v = (y - nodeRow * per) / per
    const upper = nodeRow * this.#nodesPerSide
    const lower = upper + this.#nodesPerSide
    const nearestRow = v < 0.5 ? upper : lower
    const { size } = this.grid
    for (let node = 0; node * per < size; node += 1) {
      const a = this.#heights[upper + node] ?? 0
      const b = this.#heights[upper + node + 1] ?? 0
      const c = this.#heights[lower + node] ?? 0
      const d = this.#heights[lower + node + 1] ?? 0
      const left = a + (c - a) * v
      const slope = (b + (d - b) * v - left) / per
      const end = Math.min(per, size - node * per)
      for (let step = 0; step < end; step += 1) {
        const x = node * per + step
        heights[x] = left + slope * step
        tubules[x] = this.#tubules[nearestRow + (2 * step < per ? node : node + 1)] ?? 0
      }
    }
  }
}

const bucketRings = 2
/** Stands for the mean distance from a border where borders are not resolved, µm. */
const unresolvedBorderUm = 1.6

/** Distance of every pixel of a tile from the border between two cells. */
export class CellBorders {
  readonly #grid: TileGrid
  readonly #binsPerSide: number
  readonly #xs: Float32Array
  readonly #ys: Float32Array
  /** Per bin: start of its cells in `#memberXs` and `#memberYs`; one more at the end. */
  readonly #starts: Int32Array
  readonly #memberXs: Float32Array
  readonly #memberYs: Float32Array

  constructor(cells: readonly Cell[], grid: TileGrid) {
    this.#grid = grid
    const solid = cells.filter(
      (cell) => cell.kind === 'epithelial' || cell.kind === 'tuft' || cell.kind === 'muscle',
    )
    this.#xs = Float32Array.from(solid, (cell) => cell.xUm - grid.leftUm)
    this.#ys = Float32Array.from(solid, (cell) => cell.yUm - grid.topUm)
    const resolved = grid.pixelUm < coarsestBorderPixelUm
    this.#binsPerSide = resolved ? Math.ceil((grid.size * grid.pixelUm) / binUm) : 0
    const bins = this.#binsPerSide * this.#binsPerSide
    this.#starts = new Int32Array(bins + 1)
    const members: number[] = []
    const bucketsPerSide = Math.ceil((grid.size * grid.pixelUm) / bucketUm) + 2 * bucketRings
    const buckets = resolved ? this.#bucket(bucketsPerSide) : []
    for (let bin = 0; bin < bins; bin += 1) {
      this.#collect(bin, buckets, bucketsPerSide, members)
      this.#starts[bin + 1] = members.length
    }
    this.#memberXs = Float32Array.from(members, (cell) => this.#xs[cell] ?? 0)
    this.#memberYs = Float32Array.from(members, (cell) => this.#ys[cell] ?? 0)
  }

  /** Cells by bucket, with rings of buckets around the tile. */
  #bucket(side: number): number[][] {
    const buckets: number[][] = Array.from({ length: side * side }, () => [])
    for (let cell = 0; cell < this.#xs.length; cell += 1) {
      const column = Math.floor((this.#xs[cell] ?? 0) / bucketUm) + bucketRings
      const row = Math.floor((this.#ys[cell] ?? 0) / bucketUm) + bucketRings
      if (column >= 0 && column < side && row >= 0 && row < side) buckets[row * side + column]?.push(cell)
    }
    return buckets
  }

  /** Appends the cells that can be first or second nearest somewhere in a bin. */
  #collect(bin: number, buckets: readonly number[][], bucketsPerSide: number, members: number[]): void {
    const column = bin % this.#binsPerSide
    const x = (column + 0.5) * binUm
    const y = ((bin - column) / this.#binsPerSide + 0.5) * binUm
    const left = Math.floor(x / bucketUm)
    const top = Math.floor(y / bucketUm)
    const start = members.length
    const distances: number[] = []
    let nearest = Infinity
    let second = Infinity
    for (let r = top; r <= top + 2 * bucketRings; r += 1) {
      for (let c = left; c <= left + 2 * bucketRings; c += 1) {
        for (const cell of buckets[r * bucketsPerSide + c] ?? []) {
          const dx = (this.#xs[cell] ?? 0) - x
          const dy = (this.#ys[cell] ?? 0) - y
          const distance = Math.sqrt(dx * dx + dy * dy)
          members.push(cell)
          distances.push(distance)
          if (distance < nearest) {
            second = nearest
            nearest = distance
          } else if (distance < second) second = distance
        }
      }
    }
    const limit = second + binUm * Math.SQRT2
    let kept = start
    for (let index = 0; index < distances.length; index += 1) {
      if ((distances[index] ?? 0) > limit) continue
      members[kept] = members[start + index] ?? 0
      kept += 1
    }
    members.length = kept
  }

  /**
   * Writes the distance to the nearest border (µm) of each pixel of row `y` that lies in an epithelium or a tuft.
   * In an epithelium, distances beyond `exactUm` are only lower bounds: a distance changes by at most a pixel's width
   * per pixel, so that the pixels after a distant one can be passed over.
   */
  row(
    y: number,
    heights: Float32Array,
    thicknesses: Float32Array,
    exactUm: number,
    borders: Float32Array,
  ): void {
    const { size, pixelUm } = this.#grid
    if (this.#binsPerSide === 0) {
      borders.fill(unresolvedBorderUm)
      return
    }
    const yUm = y * pixelUm
    const binRow = Math.floor(yUm / binUm) * this.#binsPerSide
    let x = 0
    while (x < size) {
      const height = heights[x] ?? 0
      const thickness = thicknesses[x] ?? 0
      if (height < 0 || height > thickness) {
        x += 1
        continue
      }
      const xUm = x * pixelUm
      const bin = binRow + Math.floor(xUm / binUm)
      const end = this.#starts[bin + 1] ?? 0
      let nearest = 1e6
      let next = 1e6
      for (let index = this.#starts[bin] ?? 0; index < end; index += 1) {
        const dx = (this.#memberXs[index] ?? 0) - xUm
        const dy = (this.#memberYs[index] ?? 0) - yUm
        const squared = dx * dx + dy * dy
        if (squared < nearest) {
          next = nearest
          nearest = squared
        } else if (squared < next) next = squared
      }
      const distance = (Math.sqrt(next) - Math.sqrt(nearest)) / 2
      borders[x] = distance
      x += 1
      if (thickness === solidUm) continue
      for (let bound = distance - pixelUm; bound > exactUm && x < size; bound -= pixelUm) {
        borders[x] = bound
        x += 1
      }
    }
  }
}
