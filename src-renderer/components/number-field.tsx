import type { KeyboardEvent } from 'react'
import { compact, decimalsOf, fixed, parseNumber, scientific } from './format.ts'
import styles from './number-field.module.css'
import { useTypedText } from './use-typed-text.ts'

export type NumberFieldProps = {
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

/**
 * A number with its unit, or typed in another that is brought to it. What is typed counts on Enter or when leaving the
 * field; Escape takes it back.
 */
export function NumberField(props: NumberFieldProps) {
  const {
    label,
    value,
    placeholder,
    unit,
    step,
    disabled = false,
    readOnly = false,
    invalid = false,
    describedBy,
    onCommit,
    onClear,
  } = props
  const { typed, forget, input, onKey } = useTypedText((text) => {
    const number = parseNumber(text, unit)
    if (text.trim() === '') onClear?.()
    else if (number !== undefined && number !== value) onCommit(number)
  })

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (onKey(event)) return
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      if (readOnly) return
      event.preventDefault()
      const from = (typed === undefined ? undefined : parseNumber(typed, unit)) ?? value ?? 0
      // Without a step: one in the second significant digit.
      const by = step ?? 10 ** (Math.floor(Math.log10(Math.abs(from) || 1)) - 1)
      const change = by * (event.shiftKey ? 10 : 1) * (event.key === 'ArrowUp' ? 1 : -1)
      forget()
      onCommit(Number((from + change).toPrecision(12)))
    }
  }

  return (
    <span
      className={styles['field']}
      data-invalid={invalid || undefined}
      data-disabled={disabled || undefined}
    >
      <input
        className={styles['input']}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        aria-label={unit === undefined ? label : `${label}, ${unit}`}
        aria-invalid={invalid}
        aria-describedby={describedBy}
        value={typed ?? shownText(props)}
        placeholder={placeholder}
        disabled={disabled}
        readOnly={readOnly}
        {...input}
        onKeyDown={onKeyDown}
      />
      {unit !== undefined && (
        <span className={styles['unit']} aria-hidden="true">
          {unit}
        </span>
      )}
    </span>
  )
}
