import type { Arithmetic } from './arithmetic.ts'
import { FormulaError } from './formula-error.ts'

/** Signed 64-bit integers, which wrap around as in C. */
export const integerArithmetic: Arithmetic<bigint> = {
  from: (value) => (typeof value === 'bigint' ? value : cutOff(value)),
  literal(text) {
    if (/^0x/i.test(text) || /^\d+$/.test(text)) return int64(BigInt(text))
    const value = Number(text)
    if (Number.isInteger(value)) return cutOff(value)
    throw new FormulaError(`${text} is no integer`)
  },
  constant: (name) => {
    if (name === 'PI' || name === 'E') throw new FormulaError(`${name} is no integer`)
    return undefined
  },
  truth: (value) => value !== 0n,
  fromTruth: (truth) => (truth ? 1n : 0n),
  unary: {
    '-': (value) => int64(-value),
    '+': (value) => value,
    '~': (value) => ~value,
  },
  binary: {
    '|': (left, right) => left | right,
    '^': (left, right) => left ^ right,
    '&': (left, right) => left & right,
    '=': (left, right) => (left === right ? 1n : 0n),
    '<>': (left, right) => (left === right ? 0n : 1n),
    '<': (left, right) => (left < right ? 1n : 0n),
    '>': (left, right) => (left > right ? 1n : 0n),
    '<=': (left, right) => (left <= right ? 1n : 0n),
    '>=': (left, right) => (left >= right ? 1n : 0n),
    '<<': (left, right) => (shiftCount(right) > 63n ? 0n : int64(left << right)),
    '>>': (left, right) => left >> (shiftCount(right) > 63n ? 63n : right),
    '+': (left, right) => int64(left + right),
    '-': (left, right) => int64(left - right),
    '*': (left, right) => int64(left * right),
    '/': (left, right) => int64(left / divisor(right)),
    '%': (left, right) => left % divisor(right),
    '**': power,
  },
  functions: {
    SGN: (value) => (value > 0n ? 1n : value < 0n ? -1n : 0n),
    NEG: (value) => int64(-value),
    ABS: (value) => int64(value < 0n ? -value : value),
    TRUNC: (value) => value,
    FLOOR: (value) => value,
    CEIL: (value) => value,
    ROUND: (value) => value,
    SQRT: throughDoubles(Math.sqrt),
    EXP: throughDoubles(Math.exp),
    LN: throughDoubles(Math.log),
    LG: throughDoubles(Math.log10),
    SIN: throughDoubles(Math.sin),
    COS: throughDoubles(Math.cos),
    TAN: throughDoubles(Math.tan),
    ASIN: throughDoubles(Math.asin),
    ACOS: throughDoubles(Math.acos),
    ATAN: throughDoubles(Math.atan),
  },
}

/**
 * A double as a 64-bit integer, without its fraction.
 * @throws FormulaError for what is not finite.
 */
export function cutOff(value: number): bigint {
  if (!Number.isFinite(value)) throw new FormulaError(`${value} is no integer`)
  return int64(BigInt(Math.trunc(value)))
}

function int64(value: bigint): bigint {
  return BigInt.asIntN(64, value)
}

function divisor(value: bigint): bigint {
  if (value === 0n) throw new FormulaError('it divides by zero')
  return value
}

function shiftCount(count: bigint): bigint {
  if (count < 0n) throw new FormulaError(`it shifts by ${count} bits`)
  return count
}

/** By squaring, so that a large exponent takes 63 steps and no more than 64 bits. */
function power(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) return throughDoubles((value) => value ** Number(exponent))(base)
  let result = 1n
  let square = base
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = int64(result * square)
    square = int64(square * square)
  }
  return result
}

/** The fraction of the result is cut off. */
function throughDoubles(compute: (value: number) => number): (value: bigint) => bigint {
  return (value) => cutOff(compute(Number(value)))
}
