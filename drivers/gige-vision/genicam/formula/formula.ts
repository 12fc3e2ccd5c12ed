/** Formulas of SwissKnife and Converter nodes (GenICam standard 2.1.1, section 2.8.12) as trees. */

/** Binary operators with their rank: the higher, the tighter. All group from the left but `**`. */
export const binaryOperators = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '=': 6,
  '<>': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
  '**': 11,
} as const
/** An operator between two operands. */
export type BinaryOperator = keyof typeof binaryOperators
/** Those that always evaluate both sides. */
export type StrictOperator = Exclude<BinaryOperator, '||' | '&&'>
/** An operator before its operand. */
export type UnaryOperator = '-' | '+' | '~'

/** Functions with the numbers of arguments that they take. */
export const functions = {
  SGN: [1],
  NEG: [1],
  ABS: [1],
  TRUNC: [1],
  FLOOR: [1],
  CEIL: [1],
  ROUND: [1, 2],
  SQRT: [1],
  EXP: [1],
  LN: [1],
  LG: [1],
  SIN: [1],
  COS: [1],
  TAN: [1],
  ASIN: [1],
  ACOS: [1],
  ATAN: [1],
} as const satisfies Record<string, readonly number[]>
/** A function of the formula language. */
export type FunctionName = keyof typeof functions

/** A formula as a tree. */
export type Formula =
  /** `text` as it is written: decimal or 0x hexadecimal, with or without a fraction. */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Formula }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Formula
      readonly right: Formula
    }
  | { readonly kind: 'choice'; readonly condition: Formula; readonly yes: Formula; readonly no: Formula }
  | { readonly kind: 'call'; readonly called: FunctionName; readonly operands: readonly Formula[] }
