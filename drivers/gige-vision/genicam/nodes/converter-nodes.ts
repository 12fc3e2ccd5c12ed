/** IntConverter and Converter: another node's value in other terms, for reading and writing. */
import type { Evaluation } from '../evaluation.ts'
import type { AccessMode } from '../feature.ts'
import { floatArithmetic } from '../formula/float-arithmetic.ts'
import { integerArithmetic } from '../formula/integer-arithmetic.ts'
import type { FloatNode, IntegerNode, NumberStyle } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { ConverterParts } from './converter-parts.ts'
import { int64 } from './integer-value-node.ts'
import { readNumberStyle } from './number-style.ts'
import { RuledNode } from './ruled-node.ts'

export class IntConverterNode extends RuledNode implements IntegerNode {
  readonly kind = 'integer'
  readonly #parts: ConverterParts<bigint>
  readonly #style: NumberStyle

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#parts = new ConverterParts(xml, scope, integerArithmetic)
    this.#style = readNumberStyle(xml)
  }

  read(evaluation: Evaluation): Promise<bigint> {
    return this.#parts.read(evaluation)
  }

  write(value: bigint, evaluation: Evaluation): Promise<void> {
    return this.#parts.write(value, evaluation)
  }

  async min(evaluation: Evaluation): Promise<bigint> {
    return (await this.#parts.limit('min', evaluation)) ?? int64.min
  }

  async max(evaluation: Evaluation): Promise<bigint> {
    return (await this.#parts.limit('max', evaluation)) ?? int64.max
  }

  inc(): Promise<bigint> {
    return Promise.resolve(1n)
  }

  style() {
    return this.#style
  }

  protected override ownAccess(evaluation: Evaluation): Promise<AccessMode> {
    return this.#parts.access(evaluation)
  }
}

export class ConverterNode extends RuledNode implements FloatNode {
  readonly kind = 'float'
  readonly #parts: ConverterParts<number>
  readonly #style: NumberStyle

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#parts = new ConverterParts(xml, scope, floatArithmetic)
    this.#style = readNumberStyle(xml)
  }

  read(evaluation: Evaluation): Promise<number> {
    return this.#parts.read(evaluation)
  }

  write(value: number, evaluation: Evaluation): Promise<void> {
    return this.#parts.write(value, evaluation)
  }

  async min(evaluation: Evaluation): Promise<number> {
    return (await this.#parts.limit('min', evaluation)) ?? Number.NEGATIVE_INFINITY
  }

  async max(evaluation: Evaluation): Promise<number> {
    return (await this.#parts.limit('max', evaluation)) ?? Number.POSITIVE_INFINITY
  }

  inc(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  style() {
    return this.#style
  }

  protected override ownAccess(evaluation: Evaluation): Promise<AccessMode> {
    return this.#parts.access(evaluation)
  }
}
