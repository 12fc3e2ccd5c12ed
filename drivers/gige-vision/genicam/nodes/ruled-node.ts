import { AccessRule } from '../access-mode.ts'
import type { Evaluation } from '../evaluation.ts'
import type { AccessMode } from '../feature.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'

/** What all nodes have in common: a name, and elements that say when they may be used and when they have changed. */
export abstract class RuledNode {
  readonly name: string
  readonly #rule: AccessRule

  constructor(xml: NodeXml, scope: NodeScope) {
    this.name = xml.name
    this.#rule = new AccessRule(xml, scope)
    for (const { text } of xml.all('pInvalidator')) scope.graph.addInvalidation(xml.name, text)
  }

  access(evaluation: Evaluation): Promise<AccessMode> {
    return this.#rule.apply(evaluation, () => this.ownAccess(evaluation))
  }

  /** What would be allowed if nothing else were said. */
  protected abstract ownAccess(evaluation: Evaluation): Promise<AccessMode>
}
