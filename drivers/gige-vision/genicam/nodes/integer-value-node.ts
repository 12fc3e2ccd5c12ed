import type { Evaluation } from '../evaluation.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { integerSource } from '../value-sources.ts'
import { wholeNumber } from '../whole-number.ts'
import { NumberLimits } from './number-limits.ts'
import { AnyInteger } from './number-node.ts'
import { inheritedStyle } from './number-style.ts'
import { type NumberValue, readNumberValue } from './number-value.ts'

/** Integer. Limits that it does not give are those of the node it takes its value from. */
export class IntegerValueNode extends AnyInteger {
  readonly #value: NumberValue
  readonly #limits: NumberLimits<bigint>

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#value = readNumberValue(xml, scope, (text, what) => xml.toInteger(text, what))
    const own = {
      min: integerSource(xml, scope, 'Min'),
      max: integerSource(xml, scope, 'Max'),
      inc: integerSource(xml, scope, 'Inc'),
    }
    // A float's limit may be infinite: that is none.
    this.#limits = new NumberLimits(own, this.#value, (limit) =>
      Number.isFinite(Number(limit)) ? wholeNumber(limit, this.name) : undefined,
    )
  }

  async read(evaluation: Evaluation): Promise<bigint> {
    return wholeNumber(await this.#value.read(evaluation), this.name)
  }

  write(value: bigint, evaluation: Evaluation): Promise<void> {
    return this.#value.write(value, evaluation)
  }

  override async min(evaluation: Evaluation): Promise<bigint> {
    return (await this.#limits.get('min', evaluation)) ?? super.min(evaluation)
  }

  override async max(evaluation: Evaluation): Promise<bigint> {
    return (await this.#limits.get('max', evaluation)) ?? super.max(evaluation)
  }

  override async inc(evaluation: Evaluation): Promise<bigint> {
    return (await this.#limits.get('inc', evaluation)) ?? super.inc(evaluation)
  }

  override style() {
    return inheritedStyle(super.style(), this.#value.source)
  }

  protected override ownAccess(evaluation: Evaluation) {
    return this.#value.access(evaluation)
  }
}
