import { type KernelBuffer, type KernelMemory, roundedUp } from '../../src-shared/kernels/kernel-memory.ts'

/** Standard deviation of each rung's blur, pixels of the full image. Rung 0 is the image itself. */
const rungSigmas: readonly number[] = [0, 1, 2.08, 4.65, 9.5, 19.2, 38.5, 77, 154]
/** The rung of the strongest blur. */
export const lastRung = rungSigmas.length - 1

/** Position on the ladder of a blur of `sigma` pixels: rung number plus share of the next rung (by variance). */
export function ladderPosition(sigma: number): number {
  for (let rung = 0; rung < lastRung; rung += 1) {
    const low = (rungSigmas[rung] ?? 0) ** 2
    const high = (rungSigmas[rung + 1] ?? 0) ** 2
    if (sigma * sigma < high) return rung + (sigma * sigma - low) / (high - low)
  }
  return lastRung
}

type Rung = { readonly width: number; readonly height: number; readonly pointer: number }

/**
 * An image at a ladder of blurs, each made when first needed: a Gaussian pyramid (Burt & Adelson, IEEE Trans. Commun.
 * 31, 1983). Rung 1 has the size of the image, each further one half the size of the one before. Blurs in between are
 * mixed from two rungs.
 */
export class BlurLadder {
  readonly #memory: KernelMemory
  #image: Rung
  readonly #rungs: (Rung | undefined)[] = []
  readonly #buffers: readonly KernelBuffer[]
  readonly #halves: KernelBuffer
  readonly #line: KernelBuffer

  /** `image` points to an image of up to `width` x `height` floats in `memory`. */
  constructor(memory: KernelMemory, image: number, width: number, height: number) {
    this.#memory = memory
    this.#image = { width, height, pointer: image }
    this.#buffers = rungSizes(width, height).map((bytes) => memory.allocate(bytes))
    this.#halves = memory.allocate(halvesSize(width, height))
    this.#line = memory.allocate(lineSize(width))
  }

  /** Memory that a ladder takes. */
  static bytes(width: number, height: number): number {
    const sizes = [...rungSizes(width, height), halvesSize(width, height), lineSize(width)]
    return sizes.reduce((sum, bytes) => sum + roundedUp(bytes), 0)
  }

  /** To be called when the image has changed; its size is now `width` x `height`. */
  reset(width: number, height: number): void {
    this.#image = { ...this.#image, width, height }
    this.#rungs.length = 0
  }

  /** Writes row `y` of the image, blurred as by rung `rung` of 1 or more, to `row`, which has room for 4 floats more. */
  row(rung: number, y: number, row: number): void {
    const { pointer, width, height } = this.#rung(rung)
    this.#memory.functions.enlargeRow(pointer, width, height, 2 ** (rung - 1), y, row, this.#image.width)
  }

  #rung(index: number): Rung {
    const known = this.#rungs[index]
    if (known !== undefined) return known
    // Rung 2 is made from the image itself, so that rung 1 need not be there.
    const source = index <= 2 ? this.#image : this.#rung(index - 1)
    const pointer = this.#buffers[index - 1]?.pointer
    if (pointer === undefined) throw new RangeError(`The ladder has no rung ${index}`)
    const made = index === 1 ? { ...source, pointer } : { ...halved(source), pointer }
    const { blurImage, halveImage } = this.#memory.functions
    if (index > 1) halveImage(source.pointer, source.width, source.height, this.#halves.pointer)
    const sharp = index > 1 ? this.#halves.pointer : source.pointer
    blurImage(sharp, made.width, made.height, pointer, this.#line.pointer)
    this.#rungs[index] = made
    return made
  }
}

function halved(image: { readonly width: number; readonly height: number }): {
  width: number
  height: number
} {
  return { width: Math.ceil(image.width / 2), height: Math.ceil(image.height / 2) }
}

function rungSizes(width: number, height: number): number[] {
  let size = { width, height }
  return Array.from({ length: lastRung }, (_, index) => {
    if (index > 0) size = halved(size)
    return 4 * size.width * size.height
  })
}

function halvesSize(width: number, height: number): number {
  const size = halved({ width, height })
  return 4 * size.width * size.height
}

function lineSize(width: number): number {
  return 4 * (width + 8)
}
