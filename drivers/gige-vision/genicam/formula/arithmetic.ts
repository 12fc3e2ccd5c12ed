import type { FunctionName, StrictOperator, UnaryOperator } from './formula.ts'

/** What formulas are computed in: 64-bit integers (IntSwissKnife, IntConverter), or doubles (SwissKnife, Converter). */
export interface Arithmetic<Value extends bigint | number> {
  /**
   * The value of a node as one of this arithmetic.
   * @throws FormulaError for what it does not have (no integer is infinite).
   */
  from(value: bigint | number): Value
  /** @throws FormulaError for a literal that this arithmetic does not have. */
  literal(text: string): Value
  /** @throws FormulaError for constants (PI, E) that this arithmetic does not have. */
  constant(name: string): Value | undefined
  readonly truth: (value: Value) => boolean
  readonly fromTruth: (truth: boolean) => Value
  readonly unary: Readonly<Record<UnaryOperator, (operand: Value) => Value>>
  /** These throw FormulaError where there is no result (division by zero). */
  readonly binary: Readonly<Record<StrictOperator, (left: Value, right: Value) => Value>>
  readonly functions: Readonly<Record<FunctionName, (first: Value, second: Value | undefined) => Value>>
}
