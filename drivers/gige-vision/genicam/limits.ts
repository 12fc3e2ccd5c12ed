import type { Evaluation } from './evaluation.ts'
import type { NumberStyle } from './map-nodes.ts'

/** An integer or a float, whose value and step are of the types given. */
export interface LimitedNode<Value, Step> {
  readonly name: string
  min(evaluation: Evaluation): Promise<Value>
  max(evaluation: Evaluation): Promise<Value>
  inc(evaluation: Evaluation): Promise<Step>
  style(): NumberStyle
}

/** Which values a number may have now. */
export async function limitsOf<Value, Step>(node: LimitedNode<Value, Step>, evaluation: Evaluation) {
  return {
    min: await evaluation.within(node.name, 'min', () => node.min(evaluation)),
    max: await evaluation.within(node.name, 'max', () => node.max(evaluation)),
    inc: await evaluation.within(node.name, 'inc', () => node.inc(evaluation)),
  }
}
