import { readAccessMode } from '../access-mode.ts'
import type { AccessMode } from '../feature.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { RuledNode } from '../nodes/ruled-node.ts'
import { RegisterAccess } from './register-access.ts'

/** What all register nodes have in common. */
export abstract class RegisterBase extends RuledNode {
  protected readonly register: RegisterAccess
  /** Read only, unless it says otherwise. */
  protected readonly mode: AccessMode

  constructor(xml: NodeXml, scope: NodeScope) {
    super(xml, scope)
    this.register = new RegisterAccess(xml, scope)
    this.mode = readAccessMode(xml, 'AccessMode', 'RO')
  }

  protected override ownAccess(): Promise<AccessMode> {
    return Promise.resolve(this.register.isConnected() ? this.mode : 'NA')
  }
}

/** The file format has it misspelled; files that spell it right are read as well. */
export function isBigEndian(xml: NodeXml): boolean {
  const choices = { LittleEndian: false, BigEndian: true }
  return xml.choice('Endianess', choices, xml.choice('Endianness', choices, false))
}
