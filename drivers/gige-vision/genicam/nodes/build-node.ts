import { descriptionError } from '../description-error.ts'
import type { ValueNode } from '../map-nodes.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import { RawRegister, StringRegister } from '../registers/bytes-registers.ts'
import { FloatRegister } from '../registers/float-register.ts'
import { IntegerRegister } from '../registers/integer-register.ts'
import { BooleanValueNode } from './boolean-node.ts'
import { CommandValueNode } from './command-node.ts'
import { ConverterNode, IntConverterNode } from './converter-nodes.ts'
import { EnumerationValueNode } from './enumeration-node.ts'
import { FloatValueNode } from './float-value-node.ts'
import { IntSwissKnifeNode, SwissKnifeNode } from './formula-nodes.ts'
import { IntegerValueNode } from './integer-value-node.ts'
import { StringValueNode } from './string-node.ts'

const nodeTypes: Readonly<Record<string, new (xml: NodeXml, scope: NodeScope) => ValueNode>> = {
  Integer: IntegerValueNode,
  IntReg: IntegerRegister,
  MaskedIntReg: IntegerRegister,
  IntSwissKnife: IntSwissKnifeNode,
  IntConverter: IntConverterNode,
  Float: FloatValueNode,
  FloatReg: FloatRegister,
  SwissKnife: SwissKnifeNode,
  Converter: ConverterNode,
  Enumeration: EnumerationValueNode,
  Boolean: BooleanValueNode,
  Command: CommandValueNode,
  String: StringValueNode,
  StringReg: StringRegister,
  Register: RawRegister,
}

/** Nodes that have no value: they are no features, and nothing can refer to them for one. */
const typesWithoutValue = new Set(['Category', 'Port'])

/** Whether a node of the description has a value; categories, ports and the like have none. */
export function hasValue({ type }: NodeXml): boolean {
  return !typesWithoutValue.has(type)
}

/** @throws DEVICE_FAILED for what the description says wrongly of it, and for a type that is not known. */
export function buildNode(xml: NodeXml, scope: NodeScope): ValueNode {
  const Type = Object.hasOwn(nodeTypes, xml.type) ? nodeTypes[xml.type] : undefined
  if (Type === undefined) throw descriptionError(xml.name, `nodes of type ${xml.type} are not known`)
  return new Type(xml, scope)
}
