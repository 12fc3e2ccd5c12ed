/** Nodes of a node map, as they are asked by each other and by features. */
import type { AccessMode, Representation } from './feature.ts'
import type { Evaluation } from './evaluation.ts'

interface Node {
  readonly name: string
  /** What may be done with it now, as far as the description tells. */
  access(evaluation: Evaluation): Promise<AccessMode>
}

/** How a number is shown; undefined: nothing is said. */
export type NumberStyle = {
  readonly unit: string | undefined
  readonly representation: Representation | undefined
}

/** A node whose value is an integer. */
export interface IntegerNode extends Node {
  readonly kind: 'integer'
  read(evaluation: Evaluation): Promise<bigint>
  write(value: bigint, evaluation: Evaluation): Promise<void>
  min(evaluation: Evaluation): Promise<bigint>
  max(evaluation: Evaluation): Promise<bigint>
  inc(evaluation: Evaluation): Promise<bigint>
  style(): NumberStyle
}

/** A node whose value is a float. */
export interface FloatNode extends Node {
  readonly kind: 'float'
  read(evaluation: Evaluation): Promise<number>
  write(value: number, evaluation: Evaluation): Promise<void>
  min(evaluation: Evaluation): Promise<number>
  max(evaluation: Evaluation): Promise<number>
  inc(evaluation: Evaluation): Promise<number | undefined>
  style(): NumberStyle
}

/** One entry of an enumeration, and whether it may be used. */
export type NodeEntry = {
  readonly name: string
  readonly displayName: string
  readonly tooltip: string | undefined
  readonly value: bigint
  /** Whether it may be chosen now. */
  isAvailable(evaluation: Evaluation): Promise<boolean>
}

/** A node whose value is one of its entries. */
export interface EnumerationNode extends Node {
  readonly kind: 'enumeration'
  readonly entries: readonly NodeEntry[]
  read(evaluation: Evaluation): Promise<bigint>
  write(value: bigint, evaluation: Evaluation): Promise<void>
}

/** A node whose value is true or false. */
export interface BooleanNode extends Node {
  readonly kind: 'boolean'
  read(evaluation: Evaluation): Promise<boolean>
  write(value: boolean, evaluation: Evaluation): Promise<void>
}

/** A node that has the device do something. */
export interface CommandNode extends Node {
  readonly kind: 'command'
  execute(evaluation: Evaluation): Promise<void>
  /** `evaluation` must be a fresh one. */
  isDone(evaluation: Evaluation): Promise<boolean>
}

/** A node whose value is a text. */
export interface StringNode extends Node {
  readonly kind: 'string'
  read(evaluation: Evaluation): Promise<string>
  write(value: string, evaluation: Evaluation): Promise<void>
  /** Bytes of UTF-8 that it holds. */
  maxLength(evaluation: Evaluation): Promise<number>
}

/** A node whose value is bytes of the device's memory. */
export interface RegisterNode extends Node {
  readonly kind: 'register'
  /** The bytes are the cache's: not to be changed, nor kept. */
  read(evaluation: Evaluation): Promise<Uint8Array>
  /** @throws INVALID_INPUT unless `value` is as long as the register. */
  write(value: Uint8Array, evaluation: Evaluation): Promise<void>
  length(evaluation: Evaluation): Promise<number>
}

/** A node that has a value, by its kind. */
export type ValueNode =
  | IntegerNode
  | FloatNode
  | EnumerationNode
  | BooleanNode
  | CommandNode
  | StringNode
  | RegisterNode
