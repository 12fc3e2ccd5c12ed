import { type KeyboardEvent, useRef, useState } from 'react'
import { compact, decimalsOf, fixed, parseNumber } from './format.ts'
import styles from './number-field.module.css'

export type NumberFieldProps = {
  /** Accessible name. */
  readonly label: string
  /** Undefined: not set; `placeholder` says what holds then. */
  readonly value: number | undefined
  readonly placeholder?: string | undefined
  readonly unit?: string | undefined
  /** Change by the up and down keys, ten times with Shift; also sets the decimals shown. */
  readonly step?: number | undefined
  readonly disabled?: boolean
  readonly readOnly?: boolean
  readonly invalid?: boolean
  readonly describedBy?: string | undefined
  onCommit(value: number): void
  /** Called when the field was emptied; absent: it keeps its value. */
  onClear?: (() => void) | undefined
}

/** `value` as the field shows it. */
function shownText(value: number | undefined, step: number | undefined): string {
  if (value === undefined) return ''
  return step === undefined ? compact(value, 5) : fixed(value, decimalsOf(step))
}

/** A number with its unit. What is typed counts on Enter or when leaving the field; Escape takes it back. */
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
  const [typed, setTyped] = useState<string>()
  const skipBlur = useRef(false)

  function commit() {
    if (typed === undefined) return
    const number = parseNumber(typed)
    setTyped(undefined)
    if (typed.trim() === '') onClear?.()
    else if (number !== undefined && number !== value) onCommit(number)
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === 'Enter') {
      commit()
      event.currentTarget.select()
    } else if (event.key === 'Escape') {
      skipBlur.current = true
      setTyped(undefined)
      event.currentTarget.blur()
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      if (readOnly) return
      event.preventDefault()
      const from = (typed === undefined ? undefined : parseNumber(typed)) ?? value ?? 0
      // Without a step: one in the second significant digit.
      const by = step ?? 10 ** (Math.floor(Math.log10(Math.abs(from) || 1)) - 1)
      const change = by * (event.shiftKey ? 10 : 1) * (event.key === 'ArrowUp' ? 1 : -1)
      setTyped(undefined)
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
        value={typed ?? shownText(value, step)}
        placeholder={placeholder}
        disabled={disabled}
        readOnly={readOnly}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => {
          if (skipBlur.current) skipBlur.current = false
          else commit()
        }}
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
