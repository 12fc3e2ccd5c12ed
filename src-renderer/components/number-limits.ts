/** Which numbers a field takes, and in words why it does not take others. */
import { compact, count } from './format.ts'

/** What numbers a field takes. */
export type NumberLimits = {
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** Only numbers larger than this: a lower limit that is not allowed itself. */
  readonly above?: number | undefined
  /** Whole numbers only. */
  readonly whole?: boolean | undefined
}

/** Thousands apart, as in `10 000`. */
const inWords = (value: number) =>
  Number.isInteger(value) && Math.abs(value) < 1e9 ? count(value) : compact(value)

/** What is allowed: `0 to 600 s`, `more than 0 ms`, `a whole number, 1 to 100`; `a number` where everything is. */
export function allowedText({ min, max, above, whole = false }: NumberLimits, unit = ''): string {
  const number = whole ? 'a whole number' : 'a number'
  const withUnit = (text: string) => (unit === '' ? text : `${text} ${unit}`)
  const range = rangeText({ min, max, above }, withUnit)
  if (range === undefined) return unit === '' ? number : `${number} in ${unit}`
  return whole ? `${number}, ${range}` : range
}

function rangeText({ min, max, above }: NumberLimits, withUnit: (text: string) => string) {
  if (above !== undefined) {
    const low = `more than ${inWords(above)}`
    return max === undefined ? withUnit(low) : `${low}, up to ${withUnit(inWords(max))}`
  }
  if (min !== undefined && max !== undefined) return withUnit(`${inWords(min)} to ${inWords(max)}`)
  if (min !== undefined) return `${withUnit(inWords(min))} or more`
  return max === undefined ? undefined : `${withUnit(inWords(max))} or less`
}

/** Why a field does not take `value`, and what it takes; undefined: it does. `value` undefined: no number was typed. */
export function whyNotNumber(
  value: number | undefined,
  limits: NumberLimits,
  unit?: string,
): string | undefined {
  const wrong = fault(value, limits)
  return wrong === undefined ? undefined : `${wrong}: type ${allowedText(limits, unit)}`
}

function fault(value: number | undefined, { min, max, above, whole }: NumberLimits): string | undefined {
  if (value === undefined) return 'Not a number'
  if ((min !== undefined && value < min) || (above !== undefined && value <= above)) return 'Too small'
  if (max !== undefined && value > max) return 'Too large'
  return whole === true && !Number.isInteger(value) ? 'Not a whole number' : undefined
}

/** The allowed number that is next to `value`; undefined where there is none. */
export function nearestAllowed(value: number, { min, max, above, whole }: NumberLimits): number | undefined {
  const rounded = whole === true ? Math.round(value) : value
  const inside = Math.max(min ?? rounded, Math.min(max ?? rounded, rounded))
  return above !== undefined && inside <= above ? undefined : inside
}
