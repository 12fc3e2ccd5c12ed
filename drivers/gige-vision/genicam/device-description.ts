/** A device's description: which nodes there are, before anything is made of them. */
import type { CoverslipError } from '../../../src-shared/errors.ts'
import { descriptionError, unusableDescription } from './description-error.ts'
import type { DescribedDevice } from './node-map.ts'
import { NodeXml } from './node-xml.ts'
import { readXml, type XmlElement } from './xml-tree.ts'

/** The XML description of a device, by the names of its nodes. */
export type DeviceDescription = {
  readonly device: DescribedDevice
  /** By name, in the order of the document. Groups are resolved, StructRegs taken apart. */
  readonly nodes: ReadonlyMap<string, NodeXml>
  readonly faults: readonly CoverslipError[]
}

const maxNodes = 100_000

/**
 * Reads a description in the schema of GenApi 1.0 or 1.1.
 * @throws DEVICE_FAILED when the document as a whole cannot be read; faulty nodes are told in `faults`.
 */
export function readDescription(document: string): DeviceDescription {
  const root = readXml(document)
  if (root.name !== 'RegisterDescription') {
    throw unusableDescription(`its root element is "${root.name}" instead of "RegisterDescription"`)
  }
  const nodes = new Map<string, NodeXml>()
  const faults: CoverslipError[] = []
  for (const node of nodesIn(root)) {
    if (nodes.size === maxNodes) throw unusableDescription(`it has more than ${maxNodes} nodes`)
    if (node.name === '') faults.push(descriptionError(node.type, 'a node of this type has no name'))
    else if (nodes.has(node.name)) {
      faults.push(descriptionError(node.name, 'the name is used twice; the first node counts'))
    } else nodes.set(node.name, node)
  }
  return { device: describedDevice(root), nodes, faults }
}

function describedDevice({ attributes }: XmlElement): DescribedDevice {
  const versionOf = (prefix: string) =>
    ['Major', 'Minor', 'SubMinor'].map((part) => attributes.get(`${prefix}${part}Version`) ?? '0').join('.')
  return {
    vendorName: attributes.get('VendorName') ?? '',
    modelName: attributes.get('ModelName') ?? '',
    toolTip: attributes.get('ToolTip') ?? '',
    standardNameSpace: attributes.get('StandardNameSpace') ?? '',
    schemaVersion: versionOf('Schema'),
    version: versionOf(''),
  }
}

function* nodesIn(parent: XmlElement): Generator<NodeXml> {
  for (const element of parent.children) {
    if (element.name === 'Group') yield* nodesIn(element)
    else if (element.name === 'StructReg') yield* structEntries(element)
    else if (element.name !== 'Extension') yield new NodeXml(element)
  }
}

/** Each StructEntry is a MaskedIntReg of its own that has what the StructReg says, unless it says so itself. */
function* structEntries(struct: XmlElement): Generator<NodeXml> {
  const common = struct.children.filter(({ name }) => name !== 'StructEntry')
  for (const entry of struct.children.filter(({ name }) => name === 'StructEntry')) {
    const own = new Set(entry.children.map(({ name }) => name))
    const children = [...common.filter(({ name }) => !own.has(name)), ...entry.children]
    yield new NodeXml({ ...entry, name: 'MaskedIntReg', children })
  }
}
