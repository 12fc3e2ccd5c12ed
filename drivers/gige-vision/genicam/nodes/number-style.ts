import type { Representation } from '../feature.ts'
import type { NumberStyle } from '../map-nodes.ts'
import type { NodeXml } from '../node-xml.ts'
import type { Reference } from '../reference.ts'

const representations: Readonly<Record<string, Representation>> = {
  Linear: 'linear',
  Logarithmic: 'logarithmic',
  Boolean: 'boolean',
  PureNumber: 'pureNumber',
  HexNumber: 'hexNumber',
  IPV4Address: 'ipV4Address',
  MACAddress: 'macAddress',
}

/** Unit and Representation of a node. */
export function readNumberStyle(xml: NodeXml): NumberStyle {
  return {
    unit: xml.text('Unit'),
    representation: xml.labelChoice<Representation | undefined>('Representation', representations, undefined),
  }
}

/** What `own` does not say, as the node says from which the value comes. */
export function inheritedStyle(own: NumberStyle, source: Reference | undefined): NumberStyle {
  if (source === undefined || (own.unit !== undefined && own.representation !== undefined)) return own
  const node = source.node()
  if (node.kind !== 'integer' && node.kind !== 'float') return own
  const inherited = node.style()
  return {
    unit: own.unit ?? inherited.unit,
    representation: own.representation ?? inherited.representation,
  }
}
