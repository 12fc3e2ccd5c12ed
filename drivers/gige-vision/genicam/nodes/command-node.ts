import { isReadable, isWritable } from '../access-mode.ts'
import { descriptionError } from '../description-error.ts'
import type { Evaluation } from '../evaluation.ts'
import type { AccessMode } from '../feature.ts'
import type { CommandNode } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { type IntegerSource, integerSource } from '../value-sources.ts'
import { type NumberValue, readNumberValue } from './number-value.ts'
import { RuledNode } from './ruled-node.ts'

/** Command: writes a value somewhere; it is done when something else can be read there. */
export class CommandValueNode extends RuledNode implements CommandNode {
  readonly kind = 'command'
  readonly #value: NumberValue
  readonly #command: IntegerSource

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.#value = readNumberValue(xml, scope, (text, what) => xml.toInteger(text, what))
    const command = integerSource(xml, scope, 'CommandValue')
    if (command === undefined) throw descriptionError(xml.name, 'it has no CommandValue')
    this.#command = command
  }

  async execute(evaluation: Evaluation): Promise<void> {
    await this.#value.write(await this.#command(evaluation), evaluation)
  }

  async isDone(evaluation: Evaluation): Promise<boolean> {
    // A value of its own: nothing is there that could be waited for.
    if (this.#value.source === undefined || !isReadable(await this.#value.access(evaluation))) return true
    return Number(await this.#value.read(evaluation)) !== Number(await this.#command(evaluation))
  }

  protected override async ownAccess(evaluation: Evaluation): Promise<AccessMode> {
    const mode = await this.#value.access(evaluation)
    return isWritable(mode) || mode === 'NI' ? mode : 'NA'
  }
}
