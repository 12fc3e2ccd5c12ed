import { descriptionError } from './description-error.ts'
import type { Evaluation } from './evaluation.ts'
import type { AccessMode } from './feature.ts'
import type { FloatNode, IntegerNode, ValueNode } from './map-nodes.ts'
import { wholeNumber } from './whole-number.ts'

/**
 * One node's reference to another, which it asks for a number of whatever kind it needs: integers, floats (cut off when
 * read, rounded when written), enumerations (the entry's value) and booleans (0, 1) stand for each other.
 */
export class Reference {
  /** The node referred to. */
  readonly name: string
  readonly #owner: string
  readonly #resolve: () => ValueNode

  /** @param resolve throws that node's own fault, if it has one. */
  constructor(owner: string, name: string, resolve: () => ValueNode) {
    this.#owner = owner
    this.name = name
    this.#resolve = resolve
  }

  node(): ValueNode {
    return this.#resolve()
  }

  access(evaluation: Evaluation): Promise<AccessMode> {
    const node = this.#resolve()
    return evaluation.within(this.name, 'access', () => node.access(evaluation))
  }

  async integer(evaluation: Evaluation): Promise<bigint> {
    return wholeNumber(await this.number(evaluation), this.#owner)
  }

  async float(evaluation: Evaluation): Promise<number> {
    return Number(await this.number(evaluation))
  }

  async truth(evaluation: Evaluation): Promise<boolean> {
    return Number(await this.number(evaluation)) !== 0
  }

  number(evaluation: Evaluation): Promise<bigint | number> {
    const node = this.#resolve()
    return evaluation.within<bigint | number>(this.name, 'value', async () => {
      switch (node.kind) {
        case 'integer':
        case 'float':
        case 'enumeration':
          return node.read(evaluation)
        case 'boolean':
          return (await node.read(evaluation)) ? 1n : 0n
        default:
          throw this.#noNumber(node)
      }
    })
  }

  async writeNumber(value: bigint | number, evaluation: Evaluation): Promise<void> {
    const node = this.#resolve()
    await evaluation.within(this.name, 'writing', async () => {
      switch (node.kind) {
        case 'integer':
        case 'enumeration':
          return node.write(
            wholeNumber(typeof value === 'number' ? Math.round(value) : value, this.#owner),
            evaluation,
          )
        case 'float':
          return node.write(Number(value), evaluation)
        case 'boolean':
          return node.write(Number(value) !== 0, evaluation)
        default:
          throw this.#noNumber(node)
      }
    })
  }

  async text(evaluation: Evaluation): Promise<string> {
    const node = this.#stringNode()
    return evaluation.within(this.name, 'value', () => node.read(evaluation))
  }

  async writeText(value: string, evaluation: Evaluation): Promise<void> {
    const node = this.#stringNode()
    await evaluation.within(this.name, 'writing', () => node.write(value, evaluation))
  }

  async maxLength(evaluation: Evaluation): Promise<number> {
    const node = this.#stringNode()
    return evaluation.within(this.name, 'max', () => node.maxLength(evaluation))
  }

  /** Undefined: the node has no limits. */
  async limit(aspect: 'min' | 'max' | 'inc', evaluation: Evaluation): Promise<bigint | number | undefined> {
    const node = this.#resolve()
    if (node.kind !== 'integer' && node.kind !== 'float') return undefined
    return evaluation.within<bigint | number | undefined>(this.name, aspect, () =>
      limitOf(node, aspect, evaluation),
    )
  }

  #stringNode() {
    const node = this.#resolve()
    if (node.kind !== 'string') {
      throw descriptionError(this.#owner, `it needs a string, and "${this.name}" is none`)
    }
    return node
  }

  #noNumber({ kind }: ValueNode) {
    return descriptionError(this.#owner, `it needs a number, and "${this.name}" is a ${kind}`)
  }
}

function limitOf(
  node: IntegerNode | FloatNode,
  aspect: 'min' | 'max' | 'inc',
  evaluation: Evaluation,
): Promise<bigint | number | undefined> {
  if (aspect === 'min') return node.min(evaluation)
  return aspect === 'max' ? node.max(evaluation) : node.inc(evaluation)
}
