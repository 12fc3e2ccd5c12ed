/** Reading values of features, in the forms that callers ask for. */
import { CoverslipError } from '../../../src-shared/errors.ts'
import { isReadable } from './access-mode.ts'
import { descriptionError } from './description-error.ts'
import type { Evaluation } from './evaluation.ts'
import type { FeatureValue } from './feature.ts'
import { notOfType } from './feature-error.ts'
import type { ValueNode } from './map-nodes.ts'
import { Reference } from './reference.ts'

/** The value as the node's kind has it. @throws INVALID_INPUT when it cannot be read now. */
export async function readFeature(node: ValueNode, evaluation: Evaluation): Promise<FeatureValue> {
  await checkReadable(node, evaluation)
  return evaluation.within<FeatureValue>(node.name, 'value', async () => {
    if (node.kind === 'command') throw notOfType(node.name, 'something with a value')
    if (node.kind === 'register') return (await node.read(evaluation)).slice()
    if (node.kind !== 'enumeration') return node.read(evaluation)
    const value = await node.read(evaluation)
    const entry = node.entries.find((one) => one.value === value)
    if (entry !== undefined) return entry.name
    throw descriptionError(node.name, `the camera says ${value}, which is none of its entries`)
  })
}

/** The value as an integer. @throws INVALID_INPUT when it is none, or cannot be read now. */
export async function readInteger(node: ValueNode, evaluation: Evaluation): Promise<bigint> {
  if (node.kind !== 'integer' && node.kind !== 'boolean' && node.kind !== 'enumeration') {
    throw notOfType(node.name, 'an integer')
  }
  await checkReadable(node, evaluation)
  return selfReference(node).integer(evaluation)
}

/** The value as a number. @throws INVALID_INPUT when it is none, or cannot be read now. */
export async function readFloat(node: ValueNode, evaluation: Evaluation): Promise<number> {
  if (node.kind !== 'float' && node.kind !== 'integer') throw notOfType(node.name, 'a number')
  await checkReadable(node, evaluation)
  return selfReference(node).float(evaluation)
}

async function checkReadable(node: ValueNode, evaluation: Evaluation): Promise<void> {
  const mode = await selfReference(node).access(evaluation)
  if (isReadable(mode)) return
  throw new CoverslipError('INVALID_INPUT', `"${node.name}" cannot be read now (access mode ${mode})`, {
    hint: 'It may be there in other settings of the camera.',
    data: { node: node.name, accessMode: mode },
  })
}

function selfReference(node: ValueNode): Reference {
  return new Reference(node.name, node.name, () => node)
}
