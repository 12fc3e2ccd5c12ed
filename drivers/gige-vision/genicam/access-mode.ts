import type { Evaluation } from './evaluation.ts'
import type { AccessMode } from './feature.ts'
import type { NodeScope } from './node-scope.ts'
import type { NodeXml } from './node-xml.ts'
import { referenceOf } from './value-sources.ts'
import type { Reference } from './reference.ts'

/** Whether a feature has a value to be read now. */
export function isReadable(mode: AccessMode): boolean {
  return mode === 'RO' || mode === 'RW'
}

/** Whether a feature takes a value now. */
export function isWritable(mode: AccessMode): boolean {
  return mode === 'WO' || mode === 'RW'
}

/** What both allow. */
export function combinedAccess(one: AccessMode, other: AccessMode): AccessMode {
  if (one === 'NI' || other === 'NI') return 'NI'
  if (one === 'NA' || other === 'NA') return 'NA'
  if (one === 'RW') return other
  if (other === 'RW' || one === other) return one
  return 'NA'
}

/** The mode in the element `name`. */
export function readAccessMode(xml: NodeXml, name: string, otherwise: AccessMode): AccessMode {
  return xml.choice<AccessMode>(name, { RO: 'RO', WO: 'WO', RW: 'RW' }, otherwise)
}

/** What a node says of its access besides what it is made of: ImposedAccessMode, pIsImplemented, pIsAvailable, pIsLocked. */
export class AccessRule {
  readonly #imposed: AccessMode
  readonly #isImplemented: Reference | undefined
  readonly #isAvailable: Reference | undefined
  readonly #isLocked: Reference | undefined

  constructor(xml: NodeXml, scope: NodeScope) {
    this.#imposed = readAccessMode(xml, 'ImposedAccessMode', 'RW')
    this.#isImplemented = referenceOf(xml, scope, 'pIsImplemented')
    this.#isAvailable = referenceOf(xml, scope, 'pIsAvailable')
    this.#isLocked = referenceOf(xml, scope, 'pIsLocked')
  }

  /** @param own asked only when the node is there at all. */
  async apply(evaluation: Evaluation, own: () => Promise<AccessMode>): Promise<AccessMode> {
    if (this.#isImplemented !== undefined && !(await this.#isImplemented.truth(evaluation))) return 'NI'
    if (this.#isAvailable !== undefined && !(await this.#isAvailable.truth(evaluation))) return 'NA'
    const mode = combinedAccess(this.#imposed, await own())
    if (!isWritable(mode) || this.#isLocked === undefined) return mode
    return (await this.#isLocked.truth(evaluation)) ? combinedAccess(mode, 'RO') : mode
  }
}
