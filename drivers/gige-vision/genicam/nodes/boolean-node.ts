import type { Evaluation } from '../evaluation.ts'
import type { BooleanNode } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { type NumberValue, readNumberValue } from './number-value.ts'
import { RuledNode } from './ruled-node.ts'

/** Boolean: a number that is OnValue or OffValue. */
export class BooleanValueNode extends RuledNode implements BooleanNode {
  readonly kind = 'boolean'
  readonly #value: NumberValue
  readonly #on: bigint
  readonly #off: bigint

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#on = xml.integer('OnValue') ?? 1n
    this.#off = xml.integer('OffValue') ?? 0n
    this.#value = readNumberValue(
      xml,
      scope,
      (text, what) => this.#written(text) ?? xml.toInteger(text, what),
    )
  }

  async read(evaluation: Evaluation): Promise<boolean> {
    return Number(await this.#value.read(evaluation)) === Number(this.#on)
  }

  write(value: boolean, evaluation: Evaluation): Promise<void> {
    return this.#value.write(value ? this.#on : this.#off, evaluation)
  }

  protected override ownAccess(evaluation: Evaluation) {
    return this.#value.access(evaluation)
  }

  /** A value of its own is written as a word or a number. */
  #written(text: string): bigint | undefined {
    if (text.toLowerCase() === 'true') return this.#on
    return text.toLowerCase() === 'false' ? this.#off : undefined
  }
}
