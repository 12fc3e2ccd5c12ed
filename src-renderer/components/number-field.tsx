import { compact, decimalsOf, fixed, parseNumber, scientific } from './format.ts'
import { allowedText, nearestAllowed, type NumberLimits, whyNotNumber } from './number-limits.ts'
import { TypedField } from './typed-field.tsx'

type NumberFieldProps = {
  /** Accessible name. */
  readonly label: string
  /** Undefined: not set; `placeholder` says what holds then. */
  readonly value: number | undefined
  readonly placeholder?: string | undefined
  readonly unit?: string | undefined
  /** Change by the up and down keys, ten times with Shift; also sets the decimals shown. */
  readonly step?: number | undefined
  /** Values without a `step` may be of any size, and are shown with an exponent where that is far from 1. */
  readonly anySize?: boolean
  /** Numbers that it takes; absent: all. */
  readonly limits?: NumberLimits
  readonly disabled?: boolean
  readonly readOnly?: boolean
  readonly invalid?: boolean
  readonly describedBy?: string | undefined
  onCommit(value: number): void
  /** Called when the field was emptied; absent: it keeps its value. */
  onClear?: (() => void) | undefined
}

/** `value` as the field shows it. */
function shownText({ value, step, anySize = false }: NumberFieldProps): string {
  if (value === undefined) return ''
  if (step !== undefined) return fixed(value, decimalsOf(step))
  return anySize ? scientific(value, 5) : compact(value, 5)
}

const noLimits: NumberLimits = {}

/** The unit alone, of `µm X`; none of what is counted. */
function unitInWords(unit = ''): string {
  const [short = ''] = unit.split(' ')
  return short === '×' ? '' : short
}

/** A number with its unit, or typed in another that is brought to it. One that it does not take, it says why. */
export function NumberField(props: NumberFieldProps) {
  const { value, unit, step, limits = noLimits, onCommit, onClear, label, placeholder } = props
  const { disabled = false, readOnly = false, invalid = false, describedBy } = props

  function commit(typed: string): string | undefined {
    if (typed.trim() === '') {
      onClear?.()
      return undefined
    }
    const number = parseNumber(typed, unit)
    const reason = whyNotNumber(number, limits, unitInWords(unit))
    if (reason === undefined && number !== undefined && number !== value) onCommit(number)
    return reason
  }
  function onStep(typed: string | undefined, by: number) {
    const from = (typed === undefined ? undefined : parseNumber(typed, unit)) ?? value ?? 0
    // Without a step: one in the second significant digit.
    const size = step ?? 10 ** (Math.floor(Math.log10(Math.abs(from) || 1)) - 1)
    const next = nearestAllowed(Number((from + by * size).toPrecision(12)), limits)
    if (next !== undefined) onCommit(next)
  }
  return (
    <TypedField
      label={label}
      shown={shownText(props)}
      allowed={limits === noLimits ? undefined : `Takes ${allowedText(limits, unitInWords(unit))}`}
      placeholder={placeholder}
      unit={unit}
      numeric
      disabled={disabled}
      readOnly={readOnly}
      invalid={invalid}
      describedBy={describedBy}
      commit={commit}
      onStep={onStep}
    />
  )
}
