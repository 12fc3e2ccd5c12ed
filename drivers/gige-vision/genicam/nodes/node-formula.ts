/** Formulas of nodes, with their variables. */
import { descriptionError } from '../description-error.ts'
import type { Evaluation } from '../evaluation.ts'
import type { AccessMode } from '../feature.ts'
import type { Arithmetic } from '../formula/arithmetic.ts'
import { type CompiledFormula, compileFormula } from '../formula/compile-formula.ts'
import { FormulaError } from '../formula/formula-error.ts'
import { isReadable } from '../access-mode.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import type { Reference } from '../reference.ts'

/** A variable: its name in the formula, and how its value is got. */
type Variable = {
  readonly name: string
  readonly reference: Reference
  read(evaluation: Evaluation): Promise<bigint | number>
}

type FormulaOptions<Value extends bigint | number> = {
  readonly arithmetic: Arithmetic<Value>
  /** The element that holds the formula. */
  readonly element: string
  /** Name of the value that is given to `evaluate`. */
  readonly input?: string
}

/** Operations of a formula that take about as long as asking a node. */
const operationsPerStep = 20

/** A formula and the nodes that its variables stand for. */
export class NodeFormula<Value extends bigint | number> {
  readonly #node: string
  readonly #arithmetic: Arithmetic<Value>
  readonly #variables: readonly Variable[]
  readonly #compiled: CompiledFormula<Value>

  constructor(
    node: string,
    arithmetic: Arithmetic<Value>,
    variables: readonly Variable[],
    compiled: CompiledFormula<Value>,
  ) {
    this.#node = node
    this.#arithmetic = arithmetic
    this.#variables = variables
    this.#compiled = compiled
  }

  /**
   * @param input value of the formula's `input`.
   * @throws DEVICE_FAILED where the formula has no result.
   */
  async evaluate(evaluation: Evaluation, input?: Value): Promise<Value> {
    const read: (bigint | number)[] = []
    for (const variable of this.#variables) read.push(await variable.read(evaluation))
    evaluation.spend(this.#node, this.#compiled.operations / operationsPerStep)
    try {
      const values = read.map((value) => this.#arithmetic.from(value))
      return this.#checked(this.#compiled.compute(input === undefined ? values : [input, ...values]))
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error
      const given = this.#variables.map(({ name }, index) => `${name} = ${read[index]}`)
      const where = given.length === 0 ? '' : ` with ${given.slice(0, 5).join(', ')}`
      throw descriptionError(this.#node, `its formula has no result${where}: ${error.message}`, error)
    }
  }

  /** Read only while all variables can be read, otherwise not available. */
  async access(evaluation: Evaluation): Promise<AccessMode> {
    for (const { reference } of this.#variables) {
      if (!isReadable(await reference.access(evaluation))) return 'NA'
    }
    return 'RO'
  }

  #checked(value: Value): Value {
    if (typeof value === 'number' && !Number.isFinite(value)) throw new FormulaError(`it computes ${value}`)
    return value
  }
}

/**
 * The formula in `element` of `xml`.
 * @throws DEVICE_FAILED for what is no formula, or names something that the node does not declare.
 */
export function buildFormula<Value extends bigint | number>(
  xml: NodeXml,
  scope: NodeScope,
  { arithmetic, element, input }: FormulaOptions<Value>,
): NodeFormula<Value> {
  const text = xml.text(element)
  if (text === undefined) throw descriptionError(xml.name, `it has no ${element}`)
  const variables = xml.all('pVariable').map((variable) => {
    const name = variable.attributes.get('Name') ?? ''
    xml.check(name !== '', 'one of its variables has no name')
    return buildVariable(name, scope.reference(xml.name, variable.text))
  })
  const named = (name: string) =>
    new Map(xml.all(name).map(({ attributes, text: value }) => [attributes.get('Name') ?? '', value]))
  try {
    const compiled = compileFormula(text, arithmetic, {
      variables: [...(input === undefined ? [] : [input]), ...variables.map(({ name }) => name)],
      constants: named('Constant'),
      expressions: named('Expression'),
    })
    return new NodeFormula(xml.name, arithmetic, variables, compiled)
  } catch (error) {
    if (!(error instanceof FormulaError)) throw error
    throw descriptionError(xml.name, `its ${element} cannot be used: ${error.message}`, error)
  }
}

/** `X.Min`, `X.Max`, `X.Inc` and `X.Enum.Entry` are variables for what their node has besides its value. */
function buildVariable(name: string, reference: Reference): Variable {
  const [, suffix, entry] = /\.(Min|Max|Inc|Enum|Entry)(?:\.(\w+))?$/.exec(name) ?? []
  if (suffix === 'Min' || suffix === 'Max' || suffix === 'Inc') {
    const aspect = suffix === 'Min' ? 'min' : suffix === 'Max' ? 'max' : 'inc'
    return {
      name,
      reference,
      async read(evaluation) {
        const limit = await reference.limit(aspect, evaluation)
        if (limit === undefined) throw descriptionError(reference.name, `it has no ${suffix}`)
        return limit
      },
    }
  }
  if (entry !== undefined) {
    return { name, reference, read: () => Promise.resolve(entryValue(reference, entry)) }
  }
  return { name, reference, read: (evaluation) => reference.number(evaluation) }
}

function entryValue(reference: Reference, name: string): bigint {
  const node = reference.node()
  const entry = node.kind === 'enumeration' ? node.entries.find((one) => one.name === name) : undefined
  if (entry === undefined) throw descriptionError(reference.name, `it has no entry "${name}"`)
  return entry.value
}
