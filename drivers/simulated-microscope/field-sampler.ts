/** Looks at the specimen through the pixels of a camera. */
import { type KernelBuffer, type KernelMemory, roundedUp } from '../../src-shared/kernels/kernel-memory.ts'
import {
  densityScale,
  finestPixelUm,
  levelCount,
  levelPixelUm,
  type Specimen,
  type Stain,
  tileSize,
  tileStep,
} from './specimen/specimen.ts'

/** What part of the specimen a camera sees. */
export type FieldView = {
  /** Where the centre of the image lies in the specimen, µm. */
  readonly xUm: number
  readonly yUm: number
  /** Size of an image pixel in the specimen, µm. */
  readonly pixelUm: number
  readonly width: number
  readonly height: number
  /** Levels of detail to do without, as when the specimen moves; 0 = full detail. */
  readonly coarseness: number
}

type Patch = {
  readonly column: number
  readonly row: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** A tile and what the kernel may read beyond it. */
const tileBytes = 2 * tileSize * tileSize + 16

/** How many levels coarser a stand-in for a tile that is not there yet may be. */
const standInLevels = 3

/** A stain's density at every pixel of a view, filled in tile by tile. */
export class FieldSampler {
  readonly #memory: KernelMemory
  readonly #specimen: Specimen
  readonly #image: KernelBuffer
  readonly #tile: KernelBuffer
  readonly #tileValues: Uint16Array
  #view: FieldView = { xUm: 0, yUm: 0, pixelUm: 1, width: 0, height: 0, coarseness: 0 }
  #stain: Stain = 'nuclei'
  #pending: Patch[] = []

  /** For views of up to `pixels` pixels in all. */
  constructor(memory: KernelMemory, specimen: Specimen, pixels: number) {
    this.#memory = memory
    this.#specimen = specimen
    this.#image = memory.allocate(4 * pixels)
    this.#tile = memory.allocate(tileBytes)
    this.#tileValues = new Uint16Array(this.#tile.bytes.buffer, this.#tile.pointer, tileSize * tileSize)
  }

  /** Memory that a sampler takes. */
  static bytes(pixels: number): number {
    return roundedUp(4 * pixels) + roundedUp(tileBytes)
  }

  /** Where the densities are: `width` x `height` floats of the view, row by row. */
  get image(): KernelBuffer {
    return this.#image
  }

  /** True when everything is there at the wanted detail. */
  get complete(): boolean {
    return this.#pending.length === 0
  }

  /** Looks at a part of the specimen. What is at hand is shown at once, the rest blurred, until `refine`. */
  look(view: FieldView, stain: Stain): void {
    this.#view = view
    this.#stain = stain
    const level = this.#level()
    this.#pending = this.#patches().filter((patch) => {
      const tile = this.#specimen.cachedTile(stain, level, patch.column, patch.row)
      if (tile !== undefined) {
        this.#resample(tile, level, patch)
        return false
      }
      this.#standIn(patch, level)
      return true
    })
  }

  /** Fills in missing detail until `deadlineMs` (on `performance.now`'s clock); true when all of it is there. */
  refine(deadlineMs: number): boolean {
    const level = this.#level()
    while (this.#pending.length > 0 && performance.now() < deadlineMs) {
      const patch = this.#pending.pop()
      if (patch !== undefined) {
        this.#resample(this.#specimen.tile(this.#stain, level, patch.column, patch.row), level, patch)
      }
    }
    return this.complete
  }

  #level(): number {
    const { pixelUm, coarseness } = this.#view
    const finest = Math.floor(Math.log2(pixelUm / finestPixelUm) + 0.01)
    return Math.min(levelCount - 1, Math.max(0, finest) + coarseness)
  }

  /** The rectangles of the image that are covered by one tile each; those in the middle last. */
  #patches(): Patch[] {
    const { xUm, yUm, pixelUm, width, height } = this.#view
    const tileUm = tileStep * levelPixelUm(this.#level())
    const columns = spans(xUm - ((width - 1) / 2) * pixelUm, pixelUm, width, tileUm)
    const rows = spans(yUm - ((height - 1) / 2) * pixelUm, pixelUm, height, tileUm)
    const patches = rows.flatMap(([row, top, bottom]) =>
      columns.map(([column, left, right]) => ({ column, row, left, right, top, bottom })),
    )
    const off = (patch: Patch) =>
      Math.abs(patch.left + patch.right - width) + Math.abs(patch.top + patch.bottom - height)
    return patches.sort((a, b) => off(b) - off(a))
  }

  #standIn(patch: Patch, level: number): void {
    const last = Math.min(levelCount - 1, level + standInLevels)
    for (let coarser = level + 1; coarser <= last; coarser += 1) {
      const shift = coarser - level
      const column = patch.column >> shift
      const row = patch.row >> shift
      const tile =
        coarser === last
          ? this.#specimen.tile(this.#stain, coarser, column, row)
          : this.#specimen.cachedTile(this.#stain, coarser, column, row)
      if (tile === undefined) continue
      this.#resample(tile, coarser, { ...patch, column, row })
      return
    }
  }

  /** Draws a tile into its part of the image, bilinearly. */
  #resample(tile: Uint16Array, level: number, patch: Patch): void {
    const { xUm, yUm, pixelUm, width, height } = this.#view
    const levelUm = levelPixelUm(level)
    this.#tileValues.set(tile)
    this.#memory.functions.resampleTile(
      this.#tile.pointer,
      tileSize,
      this.#image.pointer,
      width,
      patch.left,
      patch.right,
      patch.top,
      patch.bottom,
      (xUm - ((width - 1) / 2) * pixelUm) / levelUm - patch.column * tileStep,
      (yUm - ((height - 1) / 2) * pixelUm) / levelUm - patch.row * tileStep,
      pixelUm / levelUm,
      1 / densityScale,
    )
  }
}

/** Cuts `count` pixels, the first centred at `startUm`, at multiples of `tileUm`: [tile, first, end] of each piece. */
function spans(startUm: number, pixelUm: number, count: number, tileUm: number): [number, number, number][] {
  const pieces: [number, number, number][] = []
  let first = 0
  while (first < count) {
    const tile = Math.floor((startUm + first * pixelUm) / tileUm)
    const end = Math.min(count, Math.max(first + 1, Math.ceil(((tile + 1) * tileUm - startUm) / pixelUm)))
    pieces.push([tile, first, end])
    first = end
  }
  return pieces
}
