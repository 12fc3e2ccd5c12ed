import {
  type BinaryOperator,
  binaryOperators,
  type Formula,
  type FunctionName,
  functions,
  type UnaryOperator,
} from './formula.ts'
import { FormulaError } from './formula-error.ts'

const maxCharacters = 20_000
/** Of parentheses, operators and choices in each other; the parser and the evaluator recurse as deep. */
const maxDepth = 500

const tokenPattern =
  /\s*(?:(0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_][\w.]*)|(\*\*|<<|>>|<=|>=|<>|&&|\|\||[-+*/%&|^~<>=?:(),]))/y

/**
 * The tree of a formula.
 * @throws FormulaError for what is no formula, and for one that is too long or too deep.
 */
export function parseFormula(text: string): Formula {
  if (text.length > maxCharacters) throw new FormulaError(`it is longer than ${maxCharacters} characters`)
  return new Parser(text).formula()
}

class Parser {
  readonly #text: string
  /** The token to be looked at next, and where it ends; undefined at the end of the text. */
  #token: { readonly kind: 'number' | 'name' | 'sign'; readonly text: string } | undefined
  #position = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text.trimEnd()
    this.#advance()
  }

  formula(): Formula {
    const formula = this.#choice()
    if (this.#token !== undefined) throw new FormulaError(`"${this.#token.text}" is not expected`)
    return formula
  }

  #choice(): Formula {
    this.#depth += 1
    if (this.#depth > maxDepth) throw new FormulaError(`it is nested deeper than ${maxDepth}`)
    const condition = this.#binary(1)
    let choice = condition
    if (this.#accept('?')) {
      const yes = this.#choice()
      this.#expect(':')
      choice = { kind: 'choice', condition, yes, no: this.#choice() }
    }
    this.#depth -= 1
    return choice
  }

  #binary(lowestRank: number): Formula {
    let left = this.#unary()
    let terms = 0
    for (let operator = this.#operator(); operator !== undefined; operator = this.#operator()) {
      const rank = binaryOperators[operator]
      if (rank < lowestRank) break
      // Each term of a chain makes the tree one deeper.
      terms += 1
      if (this.#depth + terms > maxDepth)
        throw new FormulaError(`it has more than ${maxDepth} terms in a row`)
      this.#advance()
      left = { kind: 'binary', operator, left, right: this.#binary(rank + 1) }
    }
    return left
  }

  /** A sign binds less than `**`, as in mathematics: -2**2 is -4. */
  #unary(): Formula {
    const sign = this.#token?.text
    if (!isSign(sign)) return this.#power()
    this.#depth += 1
    if (this.#depth > maxDepth) throw new FormulaError(`it is nested deeper than ${maxDepth}`)
    this.#advance()
    const operand = this.#unary()
    this.#depth -= 1
    return { kind: 'unary', operator: sign, operand }
  }

  #power(): Formula {
    const left = this.#primary()
    if (!this.#accept('**')) return left
    this.#depth += 1
    if (this.#depth > maxDepth) throw new FormulaError(`it is nested deeper than ${maxDepth}`)
    const right = this.#unary()
    this.#depth -= 1
    return { kind: 'binary', operator: '**', left, right }
  }

  #primary(): Formula {
    const token = this.#token
    if (token === undefined) throw new FormulaError('it ends too early')
    this.#advance()
    if (token.kind === 'number') return { kind: 'literal', text: token.text }
    if (token.kind === 'name') {
      return isFunction(token.text) && this.#token?.text === '('
        ? this.#call(token.text)
        : { kind: 'name', name: token.text }
    }
    if (token.text !== '(') throw new FormulaError(`"${token.text}" is not expected`)
    const inner = this.#choice()
    this.#expect(')')
    return inner
  }

  #call(called: FunctionName): Formula {
    this.#expect('(')
    const operands = [this.#choice()]
    while (this.#accept(',')) operands.push(this.#choice())
    this.#expect(')')
    const allowed: readonly number[] = functions[called]
    if (!allowed.includes(operands.length)) {
      throw new FormulaError(`${called} does not take ${operands.length} values`)
    }
    return { kind: 'call', called, operands }
  }

  #operator(): BinaryOperator | undefined {
    const text = this.#token?.text
    return text !== undefined && isBinaryOperator(text) ? text : undefined
  }

  #accept(sign: string): boolean {
    if (this.#token?.text !== sign) return false
    this.#advance()
    return true
  }

  #expect(sign: string): void {
    if (this.#accept(sign)) return
    const found = this.#token === undefined ? 'it ends' : `there is "${this.#token.text}"`
    throw new FormulaError(`"${sign}" is expected where ${found}`)
  }

  #advance(): void {
    if (this.#position === this.#text.length) {
      this.#token = undefined
      return
    }
    tokenPattern.lastIndex = this.#position
    const match = tokenPattern.exec(this.#text)
    if (match === null) {
      const rest = this.#text.slice(this.#position).trimStart().slice(0, 10)
      throw new FormulaError(`"${rest}" is no number, name or operator`)
    }
    this.#position = tokenPattern.lastIndex
    const [, number, name, sign = ''] = match
    if (number !== undefined) this.#token = { kind: 'number', text: number }
    else if (name !== undefined) this.#token = { kind: 'name', text: name }
    else this.#token = { kind: 'sign', text: sign }
  }
}

function isSign(text: string | undefined): text is UnaryOperator {
  return text === '-' || text === '+' || text === '~'
}

function isBinaryOperator(text: string): text is BinaryOperator {
  return Object.hasOwn(binaryOperators, text)
}

function isFunction(text: string): text is FunctionName {
  return Object.hasOwn(functions, text)
}
