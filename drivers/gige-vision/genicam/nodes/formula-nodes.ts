/** IntSwissKnife and SwissKnife: numbers computed from other nodes. */
import { descriptionError } from '../description-error.ts'
import type { Evaluation } from '../evaluation.ts'
import type { AccessMode } from '../feature.ts'
import { floatArithmetic } from '../formula/float-arithmetic.ts'
import { integerArithmetic } from '../formula/integer-arithmetic.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { buildFormula, type NodeFormula } from './node-formula.ts'
import { AnyFloat, AnyInteger } from './number-node.ts'

/** `IntSwissKnife`: an integer that is computed. */
export class IntSwissKnifeNode extends AnyInteger {
  readonly #formula: NodeFormula<bigint>

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#formula = buildFormula(xml, scope, { arithmetic: integerArithmetic, element: 'Formula' })
  }

  read(evaluation: Evaluation): Promise<bigint> {
    return this.#formula.evaluate(evaluation)
  }

  write(): Promise<void> {
    return Promise.reject(computedError(this.name))
  }

  protected override ownAccess(evaluation: Evaluation): Promise<AccessMode> {
    return this.#formula.access(evaluation)
  }
}

/** `SwissKnife`: a float that is computed. */
export class SwissKnifeNode extends AnyFloat {
  readonly #formula: NodeFormula<number>

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#formula = buildFormula(xml, scope, { arithmetic: floatArithmetic, element: 'Formula' })
  }

  read(evaluation: Evaluation): Promise<number> {
    return this.#formula.evaluate(evaluation)
  }

  write(): Promise<void> {
    return Promise.reject(computedError(this.name))
  }

  protected override ownAccess(evaluation: Evaluation): Promise<AccessMode> {
    return this.#formula.access(evaluation)
  }
}

function computedError(node: string) {
  return descriptionError(node, 'it is computed, and another node would write it')
}
