import { describe, expect, test } from 'vitest'
import { compileFormula } from '../../../drivers/gige-vision/genicam/formula/compile-formula.ts'
import { floatArithmetic } from '../../../drivers/gige-vision/genicam/formula/float-arithmetic.ts'
import { integerArithmetic } from '../../../drivers/gige-vision/genicam/formula/integer-arithmetic.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const integer = (text: string, variables: Readonly<Record<string, bigint>> = {}) =>
  compileFormula(text, integerArithmetic, { variables: Object.keys(variables) }).compute(
    Object.values(variables),
  )
const float = (text: string, variables: Readonly<Record<string, number>> = {}) =>
  compileFormula(text, floatArithmetic, { variables: Object.keys(variables) }).compute(
    Object.values(variables),
  )

describe('formulas', () => {
  test.each<[string, bigint]>([
    ['1 + 2 * 3', 7n],
    ['(1 + 2) * 3', 9n],
    ['10 - 4 - 3', 3n],
    ['100 / 7 / 2', 7n],
    ['-7 / 2', -3n],
    ['-7 % 3', -1n],
    ['2 ** 3 ** 2', 512n],
    ['-2 ** 2', -4n],
    ['2 ** -1', 0n],
    ['~0', -1n],
    ['0xFF & 0x0f | 0x30 ^ 0x10', 0x2fn],
    ['1 << 4 + 1', 32n],
    ['-16 >> 2', -4n],
    ['1 << 64', 0n],
    ['-1 >> 200', -1n],
    ['0x7fffffffffffffff + 1', -(2n ** 63n)],
    ['0xffffffffffffffff', -1n],
    ['3 ** 1000000000000 & 0', 0n],
    ['1 = 1 && 2 <> 3', 1n],
    ['0 || 0', 0n],
    ['5 > 3 > 0', 1n],
    ['1 ? 2 : 3 ? 4 : 5', 2n],
    ['0 ? 1 / 0 : 7', 7n],
    ['0 && 1 / 0', 0n],
    ['SGN(-5) + ABS(-5) + NEG(2)', 2n],
    ['TRUNC(3) + FLOOR(4) + CEIL(5) + ROUND(6)', 18n],
    ['SQRT(17)', 4n],
    ['1e3', 1000n],
  ])('%s is %s in integers', (text, value) => expect(integer(text)).toBe(value))

  test.each<[string, number]>([
    ['7 / 2', 3.5],
    ['7.5 % 2', 1.5],
    ['.5 + 1.', 1.5],
    ['1e-3 * 2E+3', 2],
    ['2 ** 0.5 ** 2', 2 ** 0.25],
    ['-2 ** 2', -4],
    ['ROUND(3.14159, 2)', 3.14],
    ['ROUND(-2.5)', -3],
    ['TRUNC(-2.5) + FLOOR(-2.5) + CEIL(-2.5)', -7],
    ['LG(1000) + LN(E) + EXP(0)', 5],
    ['SIN(PI / 2) + COS(0) + TAN(0)', 2],
    ['ASIN(1) - ACOS(0) + ATAN(0)', 0],
    ['5.9 & 3.9', 1],
    ['~0.5', -1],
    ['0x10 * 1.5', 24],
    ['(1 = 1.0) + (1 <> 2)', 2],
  ])('%s is %s in floats', (text, value) => expect(float(text)).toBeCloseTo(value, 12))

  test.each<[string, string]>([
    ['', 'too early'],
    ['1 +', 'too early'],
    ['(1', '")" is expected'],
    ['1 2', '"2" is not expected'],
    ['1 ? 2', '":" is expected'],
    ['a', 'names "a"'],
    ['SIN()', 'not expected'],
    ['SIN(1, 2)', 'does not take 2'],
    ['1 $ 2', '"$ 2" is no number'],
    ['!0', 'no number, name or operator'],
    ['toString', 'names "toString"'],
    ['constructor(1)', 'is not expected'],
    ['0.5', 'no integer'],
    ['PI', 'no integer'],
    [`${'('.repeat(600)}1${')'.repeat(600)}`, 'deeper than 500'],
    [`${'-'.repeat(600)}1`, 'deeper than 500'],
    [`1${'**1'.repeat(600)}`, 'deeper than 500'],
    [`1${'+1'.repeat(600)}`, '500 terms'],
    [`1${'?1:1'.repeat(600)}`, 'deeper than 500'],
    ['1'.repeat(20_001), 'longer than'],
  ])('%.20s is refused', (text, reason) => expect(() => integer(text)).toThrow(reason))

  test.each(['1 / 0', '1 % 0', '1 << -1', 'LN(0)', 'SQRT(-1)'])('%s has no result', (text) => {
    expect(() => integer(text)).toThrow()
  })

  test('constants and expressions are named; those that lead back to themselves are refused', () => {
    const names = {
      variables: ['X'],
      constants: new Map([['TEN', '-10']]),
      expressions: new Map([
        ['DOUBLE', 'X * 2'],
        ['QUAD', 'DOUBLE * 2'],
        ['A', 'B + 1'],
        ['B', 'A + 1'],
      ]),
    }
    expect(compileFormula('QUAD + TEN', integerArithmetic, names).compute([5n])).toBe(10n)
    expect(() => compileFormula('A', integerArithmetic, names)).toThrow('A → B → A')
  })

  test('expressions that double each other end in a refusal, at once', () => {
    const expressions = new Map([['E0', 'X']])
    for (let index = 1; index <= 60; index++) {
      expressions.set(`E${index}`, `E${index - 1} + E${index - 1}`)
    }
    const names = { variables: ['X'], expressions }
    expect(() => compileFormula('E60', integerArithmetic, names)).toThrow('20000 operations')
    expect(compileFormula('E10', integerArithmetic, names).compute([3n])).toBe(3072n)
  })

  test('nesting is counted through expressions', () => {
    const expressions = new Map([['E0', `${'('.repeat(400)}X${')'.repeat(400)}`]])
    for (let index = 1; index <= 20; index++) {
      expressions.set(`E${index}`, `${'-'.repeat(100)}E${index - 1}`)
    }
    expect(() => compileFormula('E20', integerArithmetic, { variables: ['X'], expressions })).toThrow(
      'deeper than 1000',
    )
  })

  test('any formula computes what its tree says, in 64-bit integers', () => {
    fc.assert(
      fc.property(
        tree,
        fc.tuple(int64, int64),
        fc.infiniteStream(fc.boolean()),
        (formula, [x, y], spaces) => {
          const text = written(formula, () => (spaces.next().value === true ? ' ' : ''))
          expect(outcome(() => integer(text, { X: x, Y: y }))).toEqual(
            outcome(() => naive(formula, { X: x, Y: y })),
          )
        },
      ),
      { numRuns: 500 },
    )
  })

  test('garbage is refused or computed, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...'0123456789+-*/%()<>=&|^~?:,.XEPIe ABS'.split('')),
          maxLength: 30,
        }),
        (text) => {
          const result = outcome(() => float(text, { X: 1 }))
          expect(['number', 'string']).toContain(typeof result)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -5n, max: 70n }),
)

type Tree =
  | { readonly op: 'number'; readonly value: bigint }
  | { readonly op: 'X' | 'Y' }
  | { readonly op: 'minus' | 'not' | 'SGN' | 'NEG' | 'ABS'; readonly a: Tree }
  | { readonly op: (typeof binaries)[number]; readonly a: Tree; readonly b: Tree }
  | { readonly op: '?'; readonly a: Tree; readonly b: Tree; readonly c: Tree }

const binaries = [
  '||',
  '&&',
  '|',
  '^',
  '&',
  '=',
  '<>',
  '<',
  '>',
  '<=',
  '>=',
  '<<',
  '>>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '**',
] as const

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.record({ op: fc.constant('number' as const), value: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }) }),
    fc.record({ op: fc.constantFrom('X' as const, 'Y' as const) }),
    fc.record({
      op: fc.constantFrom('minus' as const, 'not' as const, 'SGN' as const, 'NEG' as const, 'ABS' as const),
      a: tie('tree'),
    }),
    fc.record({ op: fc.constantFrom(...binaries), a: tie('tree'), b: tie('tree') }),
    fc.record({ op: fc.constant('?' as const), a: tie('tree'), b: tie('tree'), c: tie('tree') }),
  ),
}))

const ranks: readonly (readonly string[])[] = [
  ['?'],
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['=', '<>'],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
  ['minus', 'not'],
  ['**'],
]
const rankOf = ({ op }: Tree) => {
  const rank = ranks.findIndex((ops) => ops.includes(op))
  return rank < 0 ? ranks.length : rank
}

/** With as few parentheses as the ranks allow, so that they are tested. */
function written(formula: Tree, space: () => string): string {
  const inner = (part: Tree, atLeast: number) => {
    const text = written(part, space)
    return rankOf(part) < atLeast ? `(${space()}${text}${space()})` : text
  }
  const rank = rankOf(formula)
  if (!('a' in formula)) return formula.op === 'number' ? String(formula.value) : formula.op
  if ('c' in formula) {
    return `${inner(formula.a, 1)}${space()}?${space()}${written(formula.b, space)}${space()}:${space()}${written(formula.c, space)}`
  }
  if (!('b' in formula)) {
    if (formula.op === 'minus') return `-${inner(formula.a, rank)}`
    if (formula.op === 'not') return `~${inner(formula.a, rank)}`
    return `${formula.op}(${written(formula.a, space)})`
  }
  // From the left, but ** from the right, whose right side may have a sign.
  const left = inner(formula.a, formula.op === '**' ? rank + 1 : rank)
  const right = inner(formula.b, formula.op === '**' ? rank - 1 : rank + 1)
  return `${left}${space()}${formula.op}${space()}${right}`
}

function naive(formula: Tree, variables: { readonly X: bigint; readonly Y: bigint }): bigint {
  const wrap = (value: bigint) => BigInt.asIntN(64, value)
  const truth = (value: boolean) => (value ? 1n : 0n)
  if (!('a' in formula)) return formula.op === 'number' ? formula.value : variables[formula.op]
  const a = naive(formula.a, variables)
  if ('c' in formula) return naive(a === 0n ? formula.c : formula.b, variables)
  if (!('b' in formula)) {
    if (formula.op === 'not') return -a - 1n
    if (formula.op === 'SGN') return a === 0n ? 0n : a < 0n ? -1n : 1n
    return formula.op === 'ABS' && a >= 0n ? a : wrap(-a)
  }
  if (formula.op === '&&') return a === 0n ? 0n : truth(naive(formula.b, variables) !== 0n)
  if (formula.op === '||') return a === 0n ? truth(naive(formula.b, variables) !== 0n) : 1n
  const b = naive(formula.b, variables)
  switch (formula.op) {
    case '|':
      return a | b
    case '^':
      return a ^ b
    case '&':
      return a & b
    case '=':
      return truth(a === b)
    case '<>':
      return truth(a !== b)
    case '<':
      return truth(a < b)
    case '>':
      return truth(a > b)
    case '<=':
      return truth(a <= b)
    case '>=':
      return truth(a >= b)
    case '+':
      return wrap(a + b)
    case '-':
      return wrap(a - b)
    case '*':
      return wrap(a * b)
    case '/':
      return wrap(a / b)
    case '%':
      return a % b
    case '<<':
      return shifted(a, b, (value) => wrap(value * 2n))
    case '>>':
      return shifted(a, b, (value) => (value - (((value % 2n) + 2n) % 2n)) / 2n)
    case '**':
      return naivePower(a, b)
  }
}

function shifted(value: bigint, count: bigint, once: (value: bigint) => bigint): bigint {
  if (count < 0n) throw new Error('shifts by a negative number')
  let result = value
  for (let done = 0n; done < count && done < 64n; done++) result = once(result)
  return result
}

/** Modulo 2^64 by the bits of the exponent, most significant first. */
function naivePower(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) {
    if (base === 0n) throw new Error('divides by zero')
    if (base === 1n) return 1n
    return base === -1n ? (exponent % 2n === 0n ? 1n : -1n) : 0n
  }
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = BigInt.asUintN(64, result * result * (bit === '1' ? base : 1n))
  }
  return BigInt.asIntN(64, result)
}

function outcome(compute: () => bigint | number): bigint | number | string {
  try {
    return compute()
  } catch (error) {
    if (error instanceof Error) return 'no result'
    throw error
  }
}
