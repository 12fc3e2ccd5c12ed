/** Weight that a measurement keeps when the next is made: the last ten or so count. */
const remembers = 0.9
/** Distances that differ less than this share of their mean say nothing of what a longer one takes. */
const leastSpread = 0.05

/**
 * A straight line through measurements, the later ones counting more: least squares with exponential forgetting.
 * Neither its slope nor what it says is ever negative.
 */
export class LineFit {
  #weight = 0
  #x = 0
  #y = 0
  #xx = 0
  #xy = 0

  add(x: number, y: number): void {
    this.#weight = remembers * this.#weight + 1
    this.#x = remembers * this.#x + x
    this.#y = remembers * this.#y + y
    this.#xx = remembers * this.#xx + x * x
    this.#xy = remembers * this.#xy + x * y
  }

  /** The line at `x`; `slope` is taken where the measurements show none. Undefined: nothing was measured. */
  at(x: number, slope: number): number | undefined {
    if (this.#weight === 0) return undefined
    const [meanX, meanY] = [this.#x / this.#weight, this.#y / this.#weight]
    const spread = this.#xx / this.#weight - meanX * meanX
    const shown = (this.#xy / this.#weight - meanX * meanY) / spread
    const own = spread > (leastSpread * meanX) ** 2 ? Math.max(0, shown) : slope
    return Math.max(0, meanY + own * (x - meanX))
  }
}
