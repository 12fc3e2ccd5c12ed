/** IntSwissKnife and SwissKnife: numbers computed from other nodes. */
import { descriptionError } from '../description-error.ts'
import type { Evaluation } from '../evaluation.ts'
import type { AccessMode } from '../feature.ts'
import { floatArithmetic } from '../formula/float-arithmetic.ts'
import { integerArithmetic } from '../formula/integer-arithmetic.ts'
import type { FloatNode, IntegerNode, NumberStyle } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { int64 } from './integer-value-node.ts'
import { buildFormula, type NodeFormula } from './node-formula.ts'
import { readNumberStyle } from './number-style.ts'
import { RuledNode } from './ruled-node.ts'

export class IntSwissKnifeNode extends RuledNode implements IntegerNode {
  readonly kind = 'integer'
  readonly #formula: NodeFormula<bigint>
  readonly #style: NumberStyle

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#formula = buildFormula(xml, scope, { arithmetic: integerArithmetic, element: 'Formula' })
    this.#style = readNumberStyle(xml)
  }

  read(evaluation: Evaluation): Promise<bigint> {
    return this.#formula.evaluate(evaluation)
  }

  write(): Promise<void> {
    return Promise.reject(computedError(this.name))
  }

  min(): Promise<bigint> {
    return Promise.resolve(int64.min)
  }

  max(): Promise<bigint> {
    return Promise.resolve(int64.max)
  }

  inc(): Promise<bigint> {
    return Promise.resolve(1n)
  }

  style() {
    return this.#style
  }

  protected override ownAccess(evaluation: Evaluation): Promise<AccessMode> {
    return this.#formula.access(evaluation)
  }
}

export class SwissKnifeNode extends RuledNode implements FloatNode {
  readonly kind = 'float'
  readonly #formula: NodeFormula<number>
  readonly #style: NumberStyle

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#formula = buildFormula(xml, scope, { arithmetic: floatArithmetic, element: 'Formula' })
    this.#style = readNumberStyle(xml)
  }

  read(evaluation: Evaluation): Promise<number> {
    return this.#formula.evaluate(evaluation)
  }

  write(): Promise<void> {
    return Promise.reject(computedError(this.name))
  }

  min(): Promise<number> {
    return Promise.resolve(Number.NEGATIVE_INFINITY)
  }

  max(): Promise<number> {
    return Promise.resolve(Number.POSITIVE_INFINITY)
  }

  inc(): Promise<undefined> {
    return Promise.resolve(undefined)
  }

  style() {
    return this.#style
  }

  protected override ownAccess(evaluation: Evaluation): Promise<AccessMode> {
    return this.#formula.access(evaluation)
  }
}

function computedError(node: string) {
  return descriptionError(node, 'it is computed, and another node would write it')
}
