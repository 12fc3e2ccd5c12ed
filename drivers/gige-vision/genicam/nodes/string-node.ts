import type { Evaluation } from '../evaluation.ts'
import type { AccessMode } from '../feature.ts'
import type { StringNode } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import type { Reference } from '../reference.ts'
import { referenceOf } from '../value-sources.ts'
import { RuledNode } from './ruled-node.ts'
import { StoredValue } from './stored-value.ts'

/** String: a text of its own, or that of another node. */
export class StringValueNode extends RuledNode implements StringNode {
  readonly kind = 'string'
  readonly #place: Reference | StoredValue<string>

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#place = referenceOf(xml, scope, 'pValue') ?? new StoredValue(xml.name, xml.text('Value') ?? '')
  }

  read(evaluation: Evaluation): Promise<string> {
    return this.#place instanceof StoredValue
      ? Promise.resolve(this.#place.get())
      : this.#place.text(evaluation)
  }

  async write(value: string, evaluation: Evaluation): Promise<void> {
    if (this.#place instanceof StoredValue) this.#place.set(value, evaluation)
    else await this.#place.writeText(value, evaluation)
  }

  maxLength(evaluation: Evaluation): Promise<number> {
    return this.#place instanceof StoredValue
      ? Promise.resolve(Number.POSITIVE_INFINITY)
      : this.#place.maxLength(evaluation)
  }

  protected override ownAccess(evaluation: Evaluation): Promise<AccessMode> {
    return this.#place instanceof StoredValue ? Promise.resolve('RW') : this.#place.access(evaluation)
  }
}
