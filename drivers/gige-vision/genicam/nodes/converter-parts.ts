/** What Converter and IntConverter have in common: two formulas around the node that holds the value. */
import { combinedAccess } from '../access-mode.ts'
import type { Evaluation } from '../evaluation.ts'
import type { AccessMode } from '../feature.ts'
import type { Arithmetic } from '../formula/arithmetic.ts'
import { FormulaError } from '../formula/formula-error.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import type { Reference } from '../reference.ts'
import { requiredReference } from '../value-sources.ts'
import { buildFormula, type NodeFormula } from './node-formula.ts'

type Slope = 'increasing' | 'decreasing' | 'varying' | 'automatic'

const slopes: Readonly<Record<string, Slope>> = {
  Increasing: 'increasing',
  Decreasing: 'decreasing',
  Varying: 'varying',
  Automatic: 'automatic',
}

/**
 * FormulaFrom makes the value from that of the other node (`TO`), FormulaTo the other's from the value (`FROM`).
 */
export class ConverterParts<Value extends bigint | number> {
  /** The node that holds the value. */
  readonly target: Reference
  readonly #arithmetic: Arithmetic<Value>
  readonly #from: NodeFormula<Value>
  readonly #to: NodeFormula<Value> | undefined
  readonly #slope: Slope

  constructor(xml: NodeXml, scope: NodeScope, arithmetic: Arithmetic<Value>) {
    this.target = requiredReference(xml, scope, 'pValue')
    this.#arithmetic = arithmetic
    this.#from = buildFormula(xml, scope, { arithmetic, element: 'FormulaFrom', input: 'TO' })
    if (xml.has('FormulaTo')) {
      this.#to = buildFormula(xml, scope, { arithmetic, element: 'FormulaTo', input: 'FROM' })
    }
    this.#slope = xml.choice('Slope', slopes, 'automatic')
  }

  async read(evaluation: Evaluation): Promise<Value> {
    return this.#from.evaluate(evaluation, this.#arithmetic.from(await this.target.number(evaluation)))
  }

  async write(value: Value, evaluation: Evaluation): Promise<void> {
    if (this.#to === undefined) return
    await this.target.writeNumber(await this.#to.evaluate(evaluation, value), evaluation)
  }

  /** Read only without FormulaTo. */
  async access(evaluation: Evaluation): Promise<AccessMode> {
    const mode = combinedAccess(this.#to === undefined ? 'RO' : 'RW', await this.target.access(evaluation))
    if (mode === 'NI' || mode === 'NA') return mode
    return (await this.#from.access(evaluation)) === 'RO' ? mode : 'NA'
  }

  /**
   * The least and the greatest value that the other node's limits allow; undefined where that cannot be told, as with
   * a divisor that may be 0. Without a Slope, a formula whose value in the middle is not between those at the limits
   * counts as having none: `TO = 0 ? 0 : 1 / TO` is such a one.
   */
  async limit(side: 'min' | 'max', evaluation: Evaluation): Promise<Value | undefined> {
    if (this.#slope === 'varying') return undefined
    const [lowest, highest] = [
      await this.target.limit('min', evaluation),
      await this.target.limit('max', evaluation),
    ]
    const low = await this.#at(lowest, evaluation)
    const high = await this.#at(highest, evaluation)
    if (this.#slope === 'increasing') return side === 'min' ? low : high
    if (this.#slope === 'decreasing') return side === 'min' ? high : low
    if (low === undefined || high === undefined) return undefined
    const middle = await this.#at((Number(lowest) + Number(highest)) / 2, evaluation)
    if (middle === undefined || !isBetween(middle, low, high)) return undefined
    return low < high === (side === 'min') ? low : high
  }

  /** The value where the other node has `limit`; undefined where there is none, or no result. */
  async #at(limit: bigint | number | undefined, evaluation: Evaluation): Promise<Value | undefined> {
    if (limit === undefined || isUnlimited(limit)) return undefined
    try {
      return await this.#from.evaluate(evaluation, this.#arithmetic.from(limit))
    } catch (error) {
      // The formula has no result there: then there is no limit either. All other faults are told.
      if (error instanceof Error && error.cause instanceof FormulaError) return undefined
      throw error
    }
  }
}

function isBetween<Value extends bigint | number>(value: Value, one: Value, other: Value): boolean {
  return one < other ? one <= value && value <= other : other <= value && value <= one
}

function isUnlimited(limit: bigint | number): boolean {
  if (typeof limit === 'number') return !Number.isFinite(limit)
  return limit === -(2n ** 63n) || limit === 2n ** 63n - 1n
}
