/** IntConverter and Converter: another node's value in other terms, for reading and writing. */
import type { Evaluation } from '../evaluation.ts'
import type { AccessMode } from '../feature.ts'
import { floatArithmetic } from '../formula/float-arithmetic.ts'
import { integerArithmetic } from '../formula/integer-arithmetic.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { ConverterParts } from './converter-parts.ts'
import { AnyFloat, AnyInteger } from './number-node.ts'

/** `IntConverter`: an integer that is kept as another one. */
export class IntConverterNode extends AnyInteger {
  readonly #parts: ConverterParts<bigint>

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#parts = new ConverterParts(xml, scope, integerArithmetic)
  }

  read(evaluation: Evaluation): Promise<bigint> {
    return this.#parts.read(evaluation)
  }

  write(value: bigint, evaluation: Evaluation): Promise<void> {
    return this.#parts.write(value, evaluation)
  }

  override async min(evaluation: Evaluation): Promise<bigint> {
    return (await this.#parts.limit('min', evaluation)) ?? super.min(evaluation)
  }

  override async max(evaluation: Evaluation): Promise<bigint> {
    return (await this.#parts.limit('max', evaluation)) ?? super.max(evaluation)
  }

  protected override ownAccess(evaluation: Evaluation): Promise<AccessMode> {
    return this.#parts.access(evaluation)
  }
}

/** `Converter`: a float that is kept as another number. */
export class ConverterNode extends AnyFloat {
  readonly #parts: ConverterParts<number>

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#parts = new ConverterParts(xml, scope, floatArithmetic)
  }

  read(evaluation: Evaluation): Promise<number> {
    return this.#parts.read(evaluation)
  }

  write(value: number, evaluation: Evaluation): Promise<void> {
    return this.#parts.write(value, evaluation)
  }

  override async min(evaluation: Evaluation): Promise<number> {
    return (await this.#parts.limit('min', evaluation)) ?? super.min(evaluation)
  }

  override async max(evaluation: Evaluation): Promise<number> {
    return (await this.#parts.limit('max', evaluation)) ?? super.max(evaluation)
  }

  protected override ownAccess(evaluation: Evaluation): Promise<AccessMode> {
    return this.#parts.access(evaluation)
  }
}
