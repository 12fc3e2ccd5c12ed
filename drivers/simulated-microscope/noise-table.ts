import { RandomStream } from './specimen/random.ts'

/** Deviates are stored in steps of 1/32 of a standard deviation, up to 127 steps: what the sensor kernels take. */
const deviateScale = 32
/** Number of independent deviates; the table goes on after them with its beginning. */
const deviateCount = 1 << 18

/**
 * Normally distributed deviates, computed once. A frame reads a run of them for each row from a random place: rows
 * and frames are independent of each other for all that can be measured, at the price of a table look-up.
 */
export class NoiseTable {
  readonly #random: RandomStream

  /** Fills `deviates`, whose length is `NoiseTable.bytes` of the longest run that will be read. */
  constructor(seed: number, deviates: Int8Array) {
    this.#random = new RandomStream(seed)
    // Both values of each Box-Muller pair are used.
    for (let index = 0; index < deviateCount; index += 2) {
      const radius = deviateScale * Math.sqrt(-2 * Math.log(1 - this.#random.next()))
      const angle = 2 * Math.PI * this.#random.next()
      deviates[index] = clamp(radius * Math.cos(angle))
      deviates[index + 1] = clamp(radius * Math.sin(angle))
    }
    deviates.copyWithin(deviateCount, 0, deviates.length - deviateCount)
  }

  /** Size of a table from which runs of up to `longestRun` deviates can be read. */
  static bytes(longestRun: number): number {
    return deviateCount + longestRun
  }

  /** Where the next run starts. */
  nextStart(): number {
    return Math.floor(this.#random.next() * deviateCount)
  }
}

function clamp(value: number): number {
  return Math.max(-127, Math.min(127, Math.round(value)))
}
