import type { Arithmetic } from './arithmetic.ts'
import { FormulaError } from './formula-error.ts'
import { cutOff, integerArithmetic } from './integer-arithmetic.ts'

/** Doubles. Bits are combined as those of 64-bit integers, fractions cut off. */
export const floatArithmetic: Arithmetic<number> = {
  from: Number,
  literal: Number,
  constant: (name) => (name === 'PI' ? Math.PI : name === 'E' ? Math.E : undefined),
  truth: (value) => value !== 0,
  fromTruth: (truth) => (truth ? 1 : 0),
  unary: {
    '-': (value) => -value,
    '+': (value) => value,
    '~': (value) => Number(~cutOff(value)),
  },
  binary: {
    '|': onIntegers('|'),
    '^': onIntegers('^'),
    '&': onIntegers('&'),
    '=': (left, right) => (left === right ? 1 : 0),
    '<>': (left, right) => (left === right ? 0 : 1),
    '<': (left, right) => (left < right ? 1 : 0),
    '>': (left, right) => (left > right ? 1 : 0),
    '<=': (left, right) => (left <= right ? 1 : 0),
    '>=': (left, right) => (left >= right ? 1 : 0),
    '<<': onIntegers('<<'),
    '>>': onIntegers('>>'),
    '+': (left, right) => left + right,
    '-': (left, right) => left - right,
    '*': (left, right) => left * right,
    '/': (left, right) => {
      if (right === 0) throw new FormulaError('it divides by zero')
      return left / right
    },
    '%': (left, right) => {
      if (right === 0) throw new FormulaError('it divides by zero')
      return left % right
    },
    '**': (left, right) => left ** right,
  },
  functions: {
    SGN: Math.sign,
    NEG: (value) => -value,
    ABS: Math.abs,
    TRUNC: Math.trunc,
    FLOOR: Math.floor,
    CEIL: Math.ceil,
    ROUND: (value, digits = 0) => {
      const scale = 10 ** Math.trunc(digits)
      return (Math.sign(value) * Math.round(Math.abs(value) * scale)) / scale
    },
    SQRT: Math.sqrt,
    EXP: Math.exp,
    LN: Math.log,
    LG: Math.log10,
    SIN: Math.sin,
    COS: Math.cos,
    TAN: Math.tan,
    ASIN: Math.asin,
    ACOS: Math.acos,
    ATAN: Math.atan,
  },
}

function onIntegers(operator: '|' | '^' | '&' | '<<' | '>>'): (left: number, right: number) => number {
  const combine = integerArithmetic.binary[operator]
  return (left, right) => Number(combine(cutOff(left), cutOff(right)))
}
