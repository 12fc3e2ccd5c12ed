import type { Evaluation } from '../evaluation.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { floatSource } from '../value-sources.ts'
import { NumberLimits } from './number-limits.ts'
import { AnyFloat } from './number-node.ts'
import { inheritedStyle } from './number-style.ts'
import { type NumberValue, readNumberValue } from './number-value.ts'

/** Float. Limits that it does not give are those of the node it takes its value from. */
export class FloatValueNode extends AnyFloat {
  readonly #value: NumberValue
  readonly #limits: NumberLimits<number>

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#value = readNumberValue(xml, scope, (text, what) => xml.toFloat(text, what))
    const own = {
      min: floatSource(xml, scope, 'Min'),
      max: floatSource(xml, scope, 'Max'),
      inc: floatSource(xml, scope, 'Inc'),
    }
    this.#limits = new NumberLimits(own, this.#value, Number)
  }

  async read(evaluation: Evaluation): Promise<number> {
    return Number(await this.#value.read(evaluation))
  }

  write(value: number, evaluation: Evaluation): Promise<void> {
    return this.#value.write(value, evaluation)
  }

  override async min(evaluation: Evaluation): Promise<number> {
    return (await this.#limits.get('min', evaluation)) ?? super.min(evaluation)
  }

  override async max(evaluation: Evaluation): Promise<number> {
    return (await this.#limits.get('max', evaluation)) ?? super.max(evaluation)
  }

  override inc(evaluation: Evaluation): Promise<number | undefined> {
    return this.#limits.get('inc', evaluation)
  }

  override style() {
    return inheritedStyle(super.style(), this.#value.source)
  }

  protected override ownAccess(evaluation: Evaluation) {
    return this.#value.access(evaluation)
  }
}
