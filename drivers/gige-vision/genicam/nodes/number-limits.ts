import type { Evaluation } from '../evaluation.ts'
import type { NumberValue } from './number-value.ts'

type Aspect = 'min' | 'max' | 'inc'
type Own<T> = Readonly<Record<Aspect, ((evaluation: Evaluation) => Promise<T>) | undefined>>

/** Min, Max and Inc of a node: its own, or else those of the node that it takes its value from. */
export class NumberLimits<T> {
  readonly #own: Own<T>
  readonly #value: NumberValue
  readonly #convert: (limit: number | bigint) => T | undefined

  /** @param convert undefined: such a limit is none. */
  constructor(own: Own<T>, value: NumberValue, convert: (limit: number | bigint) => T | undefined) {
    this.#own = own
    this.#value = value
    this.#convert = convert
  }

  async get(aspect: Aspect, evaluation: Evaluation): Promise<T | undefined> {
    const own = this.#own[aspect]
    if (own !== undefined) return own(evaluation)
    const inherited = await this.#value.source?.limit(aspect, evaluation)
    return inherited === undefined ? undefined : this.#convert(inherited)
  }
}
