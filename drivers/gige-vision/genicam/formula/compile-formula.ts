import type { Arithmetic } from './arithmetic.ts'
import type { Formula } from './formula.ts'
import { FormulaError } from './formula-error.ts'
import { parseFormula } from './parse-formula.ts'

/** Computes a formula from the values of its variables, in the order they were declared. */
type Computation<Value> = (variables: readonly Value[]) => Value

/** A formula as a function. */
export type CompiledFormula<Value> = {
  readonly compute: Computation<Value>
  /** How many operations that takes at most. */
  readonly operations: number
}

/** What a formula may name besides its variables. */
export type FormulaNames = {
  readonly variables: readonly string[]
  /** Names of numbers, as written in the description. */
  readonly constants?: ReadonlyMap<string, string>
  /** Names of formulas, which may name each other. */
  readonly expressions?: ReadonlyMap<string, string>
}

/** Operations of one formula, those of the expressions it names counted as often as they are named. */
const maxOperations = 20_000
/** Of operations in each other, as evaluating recurses that deep. */
const maxDepth = 1000

/**
 * Compiles a formula to closures, so that evaluating it parses nothing, looks nothing up and always ends.
 * @throws FormulaError for what is no formula, names something unknown or itself, or is too large.
 */
export function compileFormula<Value extends bigint | number>(
  text: string,
  arithmetic: Arithmetic<Value>,
  names: FormulaNames,
): CompiledFormula<Value> {
  return new Compiler(arithmetic, names).formula(text)
}

class Compiler<Value extends bigint | number> {
  readonly #arithmetic: Arithmetic<Value>
  readonly #names: FormulaNames
  /** Expressions are compiled once, however often they are named: what is made is as large as the document. */
  readonly #expressions = new Map<string, CompiledFormula<Value> & { readonly depth: number }>()
  /** Expressions being compiled, outermost first. */
  readonly #within: string[] = []
  #operations = 0
  #depth = 0
  #deepest = 0

  constructor(arithmetic: Arithmetic<Value>, names: FormulaNames) {
    this.#arithmetic = arithmetic
    this.#names = names
  }

  formula(text: string): CompiledFormula<Value> {
    const compute = this.#compile(parseFormula(text))
    return { compute, operations: this.#operations }
  }

  #compile(formula: Formula): Computation<Value> {
    this.#depth += 1
    this.#count(1, 0)
    const computation = this.#compiled(formula)
    this.#depth -= 1
    return computation
  }

  /** Counts `operations` more, the deepest of them `depth` below the present one. */
  #count(operations: number, depth: number): void {
    this.#operations += operations
    this.#deepest = Math.max(this.#deepest, this.#depth + depth)
    if (this.#operations > maxOperations) {
      throw new FormulaError(`it takes more than ${maxOperations} operations`)
    }
    if (this.#deepest > maxDepth) throw new FormulaError(`it is nested deeper than ${maxDepth}`)
  }

  #compiled(formula: Formula): Computation<Value> {
    const { literal, unary, functions, truth } = this.#arithmetic
    switch (formula.kind) {
      case 'literal': {
        const value = literal(formula.text)
        return () => value
      }
      case 'name':
        return this.#named(formula.name)
      case 'unary': {
        const apply = unary[formula.operator]
        const operand = this.#compile(formula.operand)
        return (variables) => apply(operand(variables))
      }
      case 'binary':
        return this.#binary(formula)
      case 'choice': {
        const condition = this.#compile(formula.condition)
        const yes = this.#compile(formula.yes)
        const no = this.#compile(formula.no)
        return (variables) => (truth(condition(variables)) ? yes(variables) : no(variables))
      }
      case 'call': {
        const apply = functions[formula.called]
        const [first, second] = formula.operands.map((operand) => this.#compile(operand))
        if (first === undefined) throw new FormulaError(`${formula.called} has no value`)
        return (variables) => apply(first(variables), second?.(variables))
      }
    }
  }

  #binary({ operator, left, right }: Extract<Formula, { kind: 'binary' }>): Computation<Value> {
    const { truth, fromTruth, binary } = this.#arithmetic
    const one = this.#compile(left)
    const other = this.#compile(right)
    if (operator === '&&') return (variables) => fromTruth(truth(one(variables)) && truth(other(variables)))
    if (operator === '||') return (variables) => fromTruth(truth(one(variables)) || truth(other(variables)))
    const apply = binary[operator]
    return (variables) => apply(one(variables), other(variables))
  }

  #named(name: string): Computation<Value> {
    const { variables, constants, expressions } = this.#names
    const index = variables.indexOf(name)
    if (index >= 0) {
      return (values) => {
        const value = values[index]
        if (value === undefined) throw new FormulaError(`${name} has no value`)
        return value
      }
    }
    const constant = constants?.get(name)
    if (constant !== undefined) return this.#compile(parseFormula(constant))
    const expression = expressions?.get(name)
    if (expression !== undefined) return this.#expression(name, expression)
    const known = this.#arithmetic.constant(name)
    if (known === undefined) throw new FormulaError(`it names "${name}", which is no variable of it`)
    return () => known
  }

  #expression(name: string, text: string): Computation<Value> {
    if (this.#within.includes(name)) {
      throw new FormulaError(`its expression "${name}" names itself (${[...this.#within, name].join(' → ')})`)
    }
    const known = this.#expressions.get(name)
    if (known !== undefined) {
      this.#count(known.operations, known.depth)
      return known.compute
    }
    const operationsBefore = this.#operations
    const deepestBefore = this.#deepest
    this.#deepest = this.#depth
    this.#within.push(name)
    const compute = this.#compile(parseFormula(text))
    this.#within.pop()
    this.#expressions.set(name, {
      compute,
      operations: this.#operations - operationsBefore,
      depth: this.#deepest - this.#depth,
    })
    this.#deepest = Math.max(this.#deepest, deepestBefore)
    return compute
  }
}
