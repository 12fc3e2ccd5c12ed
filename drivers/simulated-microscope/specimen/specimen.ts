/** The specimen as tiles of stain density, made when first looked at and kept. */
import { Canvas } from './canvas.ts'
import { Cells, fibreReachUm } from './cells.ts'
import { nucleusReachUm, paintNuclei } from './paint-nuclei.ts'
import {
  coarsestFibrePixelUm,
  paintCytoskeleton,
  paintEosin,
  paintVesicles,
  type StructureContext,
} from './paint-structure.ts'
import { hash } from './random.ts'
import { NoiseTexture } from './smooth-noise.ts'
import { CellBorders, coarsestBorderPixelUm, TileGeometry } from './tile-geometry.ts'
import { Tissue } from './tissue.ts'

/** `nuclei`, `cytoskeleton` and `vesicles` fluoresce; `hematoxylin` and `eosin` absorb; `transmission` is what they let through. */
export type Stain = 'nuclei' | 'cytoskeleton' | 'vesicles' | 'hematoxylin' | 'eosin' | 'transmission'
/** All stains. */
export const stains: readonly Stain[] = [
  'nuclei',
  'cytoskeleton',
  'vesicles',
  'hematoxylin',
  'eosin',
  'transmission',
]

/** Pixel size of level 0, µm; every further level has pixels twice as large. */
export const finestPixelUm = 0.1625
/** Number of levels of detail; each is half as fine as the one before. */
export const levelCount = 6
/** Pixels along the side of a tile that belong to it; one more row and column repeat the next tile's first. */
export const tileStep = 256
/** Pixels along the side of a tile, as it is stored. */
export const tileSize = tileStep + 1
/** Stored value of a density of 1: densities up to 8 can be stored. */
export const densityScale = 8192

const maxTiles = 720

/** Pixel size of a level, µm. */
export function levelPixelUm(level: number): number {
  return finestPixelUm * 2 ** level
}

/** The specimen as tiles of densities, made when they are needed. */
export class Specimen {
  readonly #tissue: Tissue
  readonly #cells: Cells
  readonly #noise: NoiseTexture
  /** By key; the least recently used first. */
  readonly #tiles = new Map<number, Uint16Array>()
  readonly #scratch = new Float32Array(tileSize * tileSize)
  #geometry:
    | { readonly key: string; readonly geometry: TileGeometry; readonly borders: CellBorders }
    | undefined
  /** Specimen coordinates of the origin of the stage, µm: next to a glomerulus. */
  readonly #originX: number
  readonly #originY: number

  constructor(seed: number) {
    this.#tissue = new Tissue(hash(seed, 0, 11))
    this.#cells = new Cells(this.#tissue, hash(seed, 0, 12))
    this.#noise = new NoiseTexture(hash(seed, 0, 13))
    const start = this.#tissue.glomerulusNear(-600, 100)
    // Whole tiles, so that no level's grid depends on the seed.
    const step = levelPixelUm(levelCount - 1)
    this.#originX = Math.round((start.xUm + 55) / step) * step
    this.#originY = Math.round((start.yUm - 40) / step) * step
  }

  /** The tile if it has been made already. */
  cachedTile(stain: Stain, level: number, column: number, row: number): Uint16Array | undefined {
    const key = tileKey(stain, level, column, row)
    const tile = this.#tiles.get(key)
    if (tile === undefined) return undefined
    this.#tiles.delete(key)
    this.#tiles.set(key, tile)
    return tile
  }

  /**
   * A tile of `tileSize` x `tileSize` densities, in units of 1/`densityScale`. Its pixel (0, 0) is centred on the
   * stage coordinates `column`, `row` times `tileStep` pixels of the level. Not to be written to.
   */
  tile(stain: Stain, level: number, column: number, row: number): Uint16Array {
    return this.cachedTile(stain, level, column, row) ?? this.#makeTile(stain, level, column, row)
  }

  #makeTile(stain: Stain, level: number, column: number, row: number): Uint16Array {
    const tile = new Uint16Array(tileSize * tileSize)
    if (stain === 'transmission') this.#transmit(tile, level, column, row)
    else this.#store(this.#paint(stain, level, column, row), tile)
    for (const oldest of this.#tiles.keys()) {
      if (this.#tiles.size < maxTiles) break
      this.#tiles.delete(oldest)
    }
    this.#tiles.set(tileKey(stain, level, column, row), tile)
    return tile
  }

  #store(canvas: Canvas, tile: Uint16Array): void {
    for (let index = 0; index < tile.length; index += 1) {
      const value = (canvas.values[index] ?? 0) * densityScale + 0.5
      tile[index] = value > 65535 ? 65535 : value < 0 ? 0 : value
    }
  }

  /** White light through both stains, for a monochrome camera. */
  #transmit(tile: Uint16Array, level: number, column: number, row: number): void {
    const blue = this.tile('hematoxylin', level, column, row)
    const pink = this.tile('eosin', level, column, row)
    for (let index = 0; index < tile.length; index += 1) {
      const density = (1.25 * (blue[index] ?? 0) + 0.8 * (pink[index] ?? 0)) / densityScale
      tile[index] = Math.exp(-density) * densityScale
    }
  }

  #paint(stain: Exclude<Stain, 'transmission'>, level: number, column: number, row: number): Canvas {
    const pixelUm = levelPixelUm(level)
    const canvas = new Canvas({
      size: tileSize,
      leftUm: this.#originX + column * tileStep * pixelUm,
      topUm: this.#originY + row * tileStep * pixelUm,
      pixelUm,
      values: this.#scratch.fill(0),
    })
    const right = canvas.leftUm + tileSize * pixelUm
    const bottom = canvas.topUm + tileSize * pixelUm
    const around = (marginUm: number) =>
      [canvas.leftUm - marginUm, canvas.topUm - marginUm, right + marginUm, bottom + marginUm] as const
    // Only for the stains that need them: making them takes most of the time where pixels are coarse.
    const cells = () => this.#cells.cellsIn(...around(nucleusReachUm))
    if (stain === 'nuclei') paintNuclei(canvas, cells(), this.#noise, 'dna')
    else if (stain === 'hematoxylin') paintNuclei(canvas, cells(), this.#noise, 'stain')
    else {
      const context = this.#context(canvas, `${level} ${column} ${row}`)
      const fibres = () =>
        pixelUm < coarsestFibrePixelUm ? this.#cells.fibresIn(...around(fibreReachUm)) : []
      if (stain === 'cytoskeleton') paintCytoskeleton(context, fibres())
      else if (stain === 'eosin') paintEosin(context, fibres(), cells())
      else paintVesicles(context, cells())
    }
    return canvas
  }

  #context(canvas: Canvas, key: string): StructureContext {
    if (this.#geometry?.key !== key) {
      const reach = 40
      const side = canvas.size * canvas.pixelUm
      const { leftUm, topUm, pixelUm } = canvas
      const cells =
        pixelUm < coarsestBorderPixelUm
          ? this.#cells.cellsIn(leftUm - reach, topUm - reach, leftUm + side + reach, topUm + side + reach)
          : []
      this.#geometry = {
        key,
        geometry: new TileGeometry(this.#tissue, canvas),
        borders: new CellBorders(cells, canvas),
      }
    }
    const { geometry, borders } = this.#geometry
    return { canvas, tissue: this.#tissue, geometry, borders, noise: this.#noise }
  }
}

function tileKey(stain: Stain, level: number, column: number, row: number): number {
  return ((stains.indexOf(stain) * levelCount + level) * 8192 + (row + 4096)) * 8192 + (column + 4096)
}
