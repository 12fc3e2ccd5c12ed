import type { Evaluation } from '../evaluation.ts'
import type { IntegerNode, NumberStyle } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { type IntegerSource, integerSource } from '../value-sources.ts'
import { wholeNumber } from '../whole-number.ts'
import { inheritedStyle, readNumberStyle } from './number-style.ts'
import { type NumberValue, readNumberValue } from './number-value.ts'
import { RuledNode } from './ruled-node.ts'

export const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

/** Integer. Limits that it does not give are those of the node it takes its value from. */
export class IntegerValueNode extends RuledNode implements IntegerNode {
  readonly kind = 'integer'
  readonly #value: NumberValue
  readonly #style: NumberStyle
  readonly #limits: Readonly<Record<'min' | 'max' | 'inc', IntegerSource | undefined>>

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#value = readNumberValue(xml, scope, (text, what) => xml.toInteger(text, what))
    this.#style = readNumberStyle(xml)
    this.#limits = {
      min: integerSource(xml, scope, 'Min'),
      max: integerSource(xml, scope, 'Max'),
      inc: integerSource(xml, scope, 'Inc'),
    }
  }

  async read(evaluation: Evaluation): Promise<bigint> {
    return wholeNumber(await this.#value.read(evaluation), this.name)
  }

  write(value: bigint, evaluation: Evaluation): Promise<void> {
    return this.#value.write(value, evaluation)
  }

  min(evaluation: Evaluation): Promise<bigint> {
    return this.#limit('min', int64.min, evaluation)
  }

  max(evaluation: Evaluation): Promise<bigint> {
    return this.#limit('max', int64.max, evaluation)
  }

  inc(evaluation: Evaluation): Promise<bigint> {
    return this.#limit('inc', 1n, evaluation)
  }

  style() {
    return inheritedStyle(this.#style, this.#value.source)
  }

  protected override ownAccess(evaluation: Evaluation) {
    return this.#value.access(evaluation)
  }

  async #limit(aspect: 'min' | 'max' | 'inc', otherwise: bigint, evaluation: Evaluation): Promise<bigint> {
    const own = this.#limits[aspect]
    if (own !== undefined) return own(evaluation)
    const inherited = await this.#value.source?.limit(aspect, evaluation)
    if (inherited === undefined) return otherwise
    if (typeof inherited === 'bigint') return inherited
    return Number.isFinite(inherited) ? wholeNumber(inherited, this.name) : otherwise
  }
}
