import type { Evaluation } from '../evaluation.ts'

/** The value of a node that keeps it itself (`Value` instead of `pValue`). */
export class StoredValue<Value> {
  readonly #node: string
  #value: Value

  constructor(node: string, value: Value) {
    this.#node = node
    this.#value = value
  }

  get(): Value {
    return this.#value
  }

  set(value: Value, evaluation: Evaluation): void {
    this.#value = value
    evaluation.changed.add(this.#node)
  }
}
