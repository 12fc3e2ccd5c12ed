import { AccessRule, isReadable } from '../access-mode.ts'
import { descriptionError } from '../description-error.ts'
import type { Evaluation } from '../evaluation.ts'
import type { EnumerationNode, NodeEntry } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import { NodeXml } from '../node-xml.ts'
import { wholeNumber } from '../whole-number.ts'
import type { XmlElement } from '../xml-tree.ts'
import { type NumberValue, readNumberValue } from './number-value.ts'
import { RuledNode } from './ruled-node.ts'

/** Enumeration: a number whose values have names. */
export class EnumerationValueNode extends RuledNode implements EnumerationNode {
  readonly kind = 'enumeration'
  readonly entries: readonly NodeEntry[]
  readonly #value: NumberValue

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#value = readNumberValue(xml, scope, (text, what) => xml.toInteger(text, what))
    this.entries = xml.all('EnumEntry').map((element) => readEntry(element, xml, scope))
    xml.check(this.entries.length > 0, 'it has no EnumEntry')
  }

  async read(evaluation: Evaluation): Promise<bigint> {
    return wholeNumber(await this.#value.read(evaluation), this.name)
  }

  write(value: bigint, evaluation: Evaluation): Promise<void> {
    return this.#value.write(value, evaluation)
  }

  protected override ownAccess(evaluation: Evaluation) {
    return this.#value.access(evaluation)
  }
}

/** An entry's conditions belong to the enumeration: what they depend on changes it. */
function readEntry(element: XmlElement, owner: NodeXml, scope: NodeScope): NodeEntry {
  const name = element.attributes.get('Name') ?? ''
  owner.check(name !== '', 'one of its entries has no name')
  const xml = new NodeXml(element, owner.name)
  const value = xml.integer('Value')
  if (value === undefined) throw descriptionError(owner.name, `its entry "${name}" has no Value`)
  const rule = new AccessRule(xml, scope)
  return {
    name,
    displayName: xml.text('DisplayName') ?? name,
    tooltip: xml.text('ToolTip'),
    value,
    isAvailable: async (evaluation) => isReadable(await rule.apply(evaluation, () => Promise.resolve('RW'))),
  }
}
