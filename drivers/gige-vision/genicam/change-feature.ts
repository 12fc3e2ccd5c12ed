/** Setting features, with the checks that the description asks for. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { isWritable } from './access-mode.ts'
import type { Evaluation } from './evaluation.ts'
import type { FeatureValue } from './feature.ts'
import { limitsOf } from './limits.ts'
import type { EnumerationNode, FloatNode, IntegerNode, ValueNode } from './map-nodes.ts'

/** How far a float may be off its step, in steps: what rounding in single precision can do. */
const stepTolerance = 1e-3

/**
 * Sets `node` to `value`.
 * @throws PROPERTY_READ_ONLY, INVALID_INPUT (wrong type), OUT_OF_RANGE.
 */
export async function setFeature(
  node: ValueNode,
  value: FeatureValue,
  evaluation: Evaluation,
): Promise<void> {
  await checkWritable(node, evaluation)
  await evaluation.within(node.name, 'writing', () => writeChecked(node, value, evaluation))
}

/**
 * Gives the command `node`.
 * @throws PROPERTY_READ_ONLY, INVALID_INPUT when it is no command.
 */
export async function executeFeature(node: ValueNode, evaluation: Evaluation): Promise<void> {
  if (node.kind !== 'command') {
    throw new CoverslipError('INVALID_INPUT', `"${node.name}" is no command`, {
      hint: 'Set its value instead.',
    })
  }
  await checkWritable(node, evaluation)
  await evaluation.within(node.name, 'writing', () => node.execute(evaluation))
}

async function checkWritable(node: ValueNode, evaluation: Evaluation): Promise<void> {
  const accessMode = await evaluation.within(node.name, 'access', () => node.access(evaluation))
  if (isWritable(accessMode)) return
  const reason = {
    NI: 'this camera does not have it',
    NA: 'it is not available in the present settings',
    RO: 'it can only be read now',
  }[accessMode === 'NI' || accessMode === 'NA' ? accessMode : 'RO']
  throw new CoverslipError('PROPERTY_READ_ONLY', `"${node.name}" cannot be set: ${reason}`, {
    hint: 'Stop the acquisition, or change the settings it depends on.',
    data: { node: node.name, accessMode },
  })
}

async function writeChecked(node: ValueNode, value: FeatureValue, evaluation: Evaluation): Promise<void> {
  switch (node.kind) {
    case 'integer':
      return writeInteger(node, value, evaluation)
    case 'float':
      return writeFloat(node, value, evaluation)
    case 'enumeration':
      return writeEntry(node, value, evaluation)
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(node, 'true or false', value)
      return node.write(value, evaluation)
    case 'string':
      if (typeof value !== 'string') throw wrongType(node, 'a text', value)
      return node.write(value, evaluation)
    case 'register':
      if (!(value instanceof Uint8Array)) throw wrongType(node, 'bytes', value)
      return node.write(value, evaluation)
    case 'command':
      throw new CoverslipError('INVALID_INPUT', `"${node.name}" is a command`, {
        hint: 'Execute it instead.',
      })
  }
}

async function writeInteger(node: IntegerNode, value: FeatureValue, evaluation: Evaluation): Promise<void> {
  if (typeof value !== 'bigint' && !(typeof value === 'number' && Number.isSafeInteger(value))) {
    throw wrongType(node, 'an integer', value)
  }
  const number = BigInt(value)
  const { min, max, inc } = await limitsOf(node, evaluation)
  if (number < min || number > max) throw outOfRange(node, number, `between ${min} and ${max}`)
  if (inc > 1n && (number - min) % inc !== 0n) {
    throw outOfRange(node, number, `${min} plus a multiple of ${inc}`)
  }
  await node.write(number, evaluation)
}

async function writeFloat(node: FloatNode, value: FeatureValue, evaluation: Evaluation): Promise<void> {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw wrongType(node, 'a number', value)
  const number = Number(value)
  const { min, max, inc } = await limitsOf(node, evaluation)
  // Not a number is neither.
  if (!(number >= min && number <= max)) throw outOfRange(node, number, `between ${min} and ${max}`)
  if (inc !== undefined && inc > 0 && Number.isFinite(min)) {
    const steps = (number - min) / inc
    if (Math.abs(steps - Math.round(steps)) > stepTolerance) {
      throw outOfRange(node, number, `${min} plus a multiple of ${inc}`)
    }
  }
  await node.write(number, evaluation)
}

async function writeEntry(node: EnumerationNode, value: FeatureValue, evaluation: Evaluation): Promise<void> {
  if (typeof value !== 'string') throw wrongType(node, 'the name of an entry', value)
  const entry = node.entries.find(({ name }) => name === value)
  if (entry === undefined) {
    throw outOfRange(node, value, `one of ${node.entries.map(({ name }) => name).join(', ')}`)
  }
  if (!(await entry.isAvailable(evaluation))) throw outOfRange(node, value, 'an entry that is available now')
  await node.write(entry.value, evaluation)
}

function outOfRange(node: ValueNode, value: bigint | number | string, allowed: string): CoverslipError {
  return new CoverslipError('OUT_OF_RANGE', `"${node.name}" cannot be ${value}: it must be ${allowed}`, {
    hint: 'Choose an allowed value. What is allowed may depend on other settings.',
    data: { node: node.name, value: String(value) },
  })
}

function wrongType(node: ValueNode, needed: string, value: FeatureValue): CoverslipError {
  const given = value instanceof Uint8Array ? 'bytes' : `${typeof value} ${String(value)}`
  return new CoverslipError('INVALID_INPUT', `"${node.name}" needs ${needed}, not ${given}`, {
    hint: 'Give a value of its type.',
    data: { node: node.name },
  })
}
