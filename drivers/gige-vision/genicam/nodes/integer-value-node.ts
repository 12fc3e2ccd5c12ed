import type { Evaluation } from '../evaluation.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { type IntegerSource, integerSource } from '../value-sources.ts'
import { wholeNumber } from '../whole-number.ts'
import { AnyInteger } from './number-node.ts'
import { inheritedStyle } from './number-style.ts'
import { type NumberValue, readNumberValue } from './number-value.ts'

/** Integer. Limits that it does not give are those of the node it takes its value from. */
export class IntegerValueNode extends AnyInteger {
  readonly #value: NumberValue
  readonly #limits: Readonly<Record<'min' | 'max' | 'inc', IntegerSource | undefined>>

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#value = readNumberValue(xml, scope, (text, what) => xml.toInteger(text, what))
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

  override async min(evaluation: Evaluation): Promise<bigint> {
    return (await this.#limit('min', evaluation)) ?? super.min(evaluation)
  }

  override async max(evaluation: Evaluation): Promise<bigint> {
    return (await this.#limit('max', evaluation)) ?? super.max(evaluation)
  }

  override async inc(evaluation: Evaluation): Promise<bigint> {
    return (await this.#limit('inc', evaluation)) ?? super.inc(evaluation)
  }

  override style() {
    return inheritedStyle(super.style(), this.#value.source)
  }

  protected override ownAccess(evaluation: Evaluation) {
    return this.#value.access(evaluation)
  }

  async #limit(aspect: 'min' | 'max' | 'inc', evaluation: Evaluation): Promise<bigint | undefined> {
    const own = this.#limits[aspect]
    if (own !== undefined) return own(evaluation)
    const inherited = await this.#value.source?.limit(aspect, evaluation)
    if (inherited === undefined || !Number.isFinite(Number(inherited))) return undefined
    return wholeNumber(inherited, this.name)
  }
}
