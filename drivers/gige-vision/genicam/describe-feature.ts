import { CoverslipError } from '../../../src-shared/errors.ts'
import { isReadable } from './access-mode.ts'
import type { Evaluation } from './evaluation.ts'
import type { AccessMode, EnumerationEntry, Feature } from './feature.ts'
import { type LimitedNode, limitsOf } from './limits.ts'
import type { EnumerationNode, ValueNode } from './map-nodes.ts'

/** What of a feature does not change. */
export type FeatureLabels = Pick<
  Feature,
  | 'name'
  | 'displayName'
  | 'tooltip'
  | 'description'
  | 'visibility'
  | 'categoryPath'
  | 'selects'
  | 'selectedBy'
  | 'streamable'
  | 'pollingMs'
>

/** Faults of the connection and not of one feature. */
const connectionFaults = new Set(['DEVICE_TIMEOUT', 'DEVICE_UNAVAILABLE'])

/**
 * What holds of a feature now. A fault of its description, or a register that the device refuses, is told in `fault`;
 * a device that does not answer rejects.
 */
export async function describeFeature(
  node: ValueNode,
  labels: FeatureLabels,
  evaluation: Evaluation,
): Promise<Feature> {
  try {
    const accessMode = await evaluation.within(node.name, 'access', () => node.access(evaluation))
    // Neither value nor limits of what is not there can be relied upon, as their registers may be missing.
    if (accessMode === 'NI' || accessMode === 'NA')
      return withoutValue(node, { ...labels, accessMode, fault: undefined })
    return await describeValue(node, { ...labels, accessMode, fault: undefined }, evaluation)
  } catch (error) {
    const fault = CoverslipError.from(error)
    if (connectionFaults.has(fault.code)) throw fault
    return withoutValue(node, { ...labels, accessMode: 'NA', fault })
  }
}

type Base = FeatureLabels & Pick<Feature, 'accessMode' | 'fault'>

async function describeValue(node: ValueNode, base: Base, evaluation: Evaluation): Promise<Feature> {
  const read = <Value>(get: () => Promise<Value>) => readable(base.accessMode, node, get, evaluation)
  switch (node.kind) {
    case 'integer': {
      const value = await read(() => node.read(evaluation))
      return { ...base, kind: 'integer', value, ...(await numberParts(node, evaluation)) }
    }
    case 'float': {
      const value = await read(() => node.read(evaluation))
      return { ...base, kind: 'float', value, ...(await numberParts(node, evaluation)) }
    }
    case 'enumeration': {
      const value = await read(() => node.read(evaluation))
      return {
        ...base,
        kind: 'enumeration',
        value: node.entries.find((entry) => entry.value === value)?.name,
        entries: await availableEntries(node, evaluation),
      }
    }
    case 'boolean':
      return { ...base, kind: 'boolean', value: await read(() => node.read(evaluation)) }
    case 'command':
      return { ...base, kind: 'command' }
    case 'string':
      return {
        ...base,
        kind: 'string',
        value: await read(() => node.read(evaluation)),
        maxLength: await node.maxLength(evaluation),
      }
    case 'register': {
      const value = await read(() => node.read(evaluation))
      return { ...base, kind: 'register', value: value?.slice(), length: await node.length(evaluation) }
    }
  }
}

/** What integers and floats have besides their value. */
async function numberParts<Value, Step>(node: LimitedNode<Value, Step>, evaluation: Evaluation) {
  const { unit, representation = 'linear' as const } = node.style()
  return { ...(await limitsOf(node, evaluation)), unit, representation }
}

/** A feature of which nothing but its labels can be told now. */
function withoutValue(node: ValueNode, base: Base): Feature {
  switch (node.kind) {
    case 'integer':
    case 'float': {
      const nothing = { ...base, unit: undefined, representation: 'linear' as const, value: undefined }
      return node.kind === 'integer'
        ? { ...nothing, kind: 'integer', min: 0n, max: 0n, inc: 1n }
        : { ...nothing, kind: 'float', min: 0, max: 0, inc: undefined }
    }
    case 'enumeration':
      return { ...base, kind: 'enumeration', value: undefined, entries: [] }
    case 'boolean':
      return { ...base, kind: 'boolean', value: undefined }
    case 'command':
      return { ...base, kind: 'command' }
    case 'string':
      return { ...base, kind: 'string', value: undefined, maxLength: 0 }
    case 'register':
      return { ...base, kind: 'register', value: undefined, length: 0 }
  }
}

async function readable<Value>(
  mode: AccessMode,
  node: ValueNode,
  read: () => Promise<Value>,
  evaluation: Evaluation,
): Promise<Value | undefined> {
  return isReadable(mode) ? evaluation.within(node.name, 'value', read) : undefined
}

async function availableEntries(
  { entries }: EnumerationNode,
  evaluation: Evaluation,
): Promise<readonly EnumerationEntry[]> {
  const available: EnumerationEntry[] = []
  for (const { name, displayName, tooltip, value, isAvailable } of entries) {
    if (await isAvailable(evaluation)) available.push({ name, displayName, tooltip, value })
  }
  return available
}
