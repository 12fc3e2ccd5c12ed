/** Values of a node that are given as a number (`Min`) or by another node (`pMin`). */
import { descriptionError } from './description-error.ts'
import type { Evaluation } from './evaluation.ts'
import type { NodeScope } from './node-scope.ts'
import type { NodeXml } from './node-xml.ts'
import type { Reference } from './reference.ts'

/** Reads an integer that a description states or refers to. */
export type IntegerSource = (evaluation: Evaluation) => Promise<bigint>
/** Reads a float that a description states or refers to. */
export type FloatSource = (evaluation: Evaluation) => Promise<number>

/** The integer `name`, or that of the node in `p` + name; undefined: neither is there. */
export function integerSource(xml: NodeXml, scope: NodeScope, name: string): IntegerSource | undefined {
  const reference = referenceOf(xml, scope, `p${name}`)
  if (reference !== undefined) return (evaluation) => reference.integer(evaluation)
  const value = xml.integer(name)
  return value === undefined ? undefined : () => Promise.resolve(value)
}

/** The number `name`, or that of the node in `p` + name; undefined: neither is there. */
export function floatSource(xml: NodeXml, scope: NodeScope, name: string): FloatSource | undefined {
  const reference = referenceOf(xml, scope, `p${name}`)
  if (reference !== undefined) return (evaluation) => reference.float(evaluation)
  const value = xml.float(name)
  return value === undefined ? undefined : () => Promise.resolve(value)
}

/** The node named in the element `name`; undefined: there is no such element. */
export function referenceOf(xml: NodeXml, scope: NodeScope, name: string): Reference | undefined {
  const target = xml.text(name)
  return target === undefined ? undefined : scope.reference(xml.name, target)
}

/** All nodes named in elements `name`. */
export function referencesOf(xml: NodeXml, scope: NodeScope, name: string): readonly Reference[] {
  return xml.all(name).map(({ text }) => scope.reference(xml.name, text))
}

/**
 * The node named in the element `name`.
 * @throws DEVICE_FAILED when there is no such element.
 */
export function requiredReference(xml: NodeXml, scope: NodeScope, name: string): Reference {
  const reference = referenceOf(xml, scope, name)
  if (reference === undefined) throw descriptionError(xml.name, `it has no ${name}`)
  return reference
}
