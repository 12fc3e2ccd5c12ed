/** What integer and float nodes have in common that have no register of their own. */
import type { Evaluation } from '../evaluation.ts'
import type { FloatNode, IntegerNode, NumberStyle } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { readNumberStyle } from './number-style.ts'
import { RuledNode } from './ruled-node.ts'

const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

abstract class NumberNode extends RuledNode {
  readonly #style: NumberStyle

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#style = readNumberStyle(xml)
  }

  style(): NumberStyle {
    return this.#style
  }
}

/** Any integer of 64 bits, unless a subclass knows of other limits. */
export abstract class AnyInteger extends NumberNode implements IntegerNode {
  readonly kind = 'integer'

  abstract read(evaluation: Evaluation): Promise<bigint>
  abstract write(value: bigint, evaluation: Evaluation): Promise<void>

  min(_evaluation: Evaluation): Promise<bigint> {
    return Promise.resolve(int64.min)
  }

  max(_evaluation: Evaluation): Promise<bigint> {
    return Promise.resolve(int64.max)
  }

  inc(_evaluation: Evaluation): Promise<bigint> {
    return Promise.resolve(1n)
  }
}

/** Any number, unless a subclass knows of limits. */
export abstract class AnyFloat extends NumberNode implements FloatNode {
  readonly kind = 'float'

  abstract read(evaluation: Evaluation): Promise<number>
  abstract write(value: number, evaluation: Evaluation): Promise<void>

  min(_evaluation: Evaluation): Promise<number> {
    return Promise.resolve(Number.NEGATIVE_INFINITY)
  }

  max(_evaluation: Evaluation): Promise<number> {
    return Promise.resolve(Number.POSITIVE_INFINITY)
  }

  inc(_evaluation: Evaluation): Promise<number | undefined> {
    return Promise.resolve(undefined)
  }
}
