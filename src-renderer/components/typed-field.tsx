import { type KeyboardEvent, useId, useRef } from 'react'
import styles from './typed-field.module.css'
import { useTellRefused } from './refused-fields.ts'
import { useTypedText } from './use-typed-text.ts'

type TypedFieldProps = {
  /** Accessible name. */
  readonly label: string
  /** What it shows while nothing is typed. */
  readonly shown: string
  /** What may be typed, told at the pointer. */
  readonly allowed?: string | undefined
  readonly placeholder?: string | undefined
  readonly unit?: string | undefined
  readonly numeric?: boolean
  readonly disabled?: boolean
  readonly readOnly?: boolean
  readonly invalid?: boolean
  readonly describedBy?: string | undefined
  /** Applies what was typed; returns why it cannot be. */
  commit(typed: string): string | undefined
  /** The up and down keys: `typed` is what stands there since it last counted. */
  onStep?(typed: string | undefined, by: number): void
}

/**
 * A field for one value. What is typed counts on Enter or when leaving the field; Escape takes it back. What cannot be
 * taken stays there to be corrected, and below it stands why.
 */
export function TypedField(props: TypedFieldProps) {
  const { label, shown, allowed, placeholder, unit, numeric = false, disabled = false } = props
  const { readOnly = false, invalid = false, describedBy, commit, onStep } = props
  const { typed, refusal, forget, input, onKey } = useTypedText(shown, commit)
  const field = useRef<HTMLInputElement>(null)
  const reasonId = useId()
  useTellRefused(field, label, refusal)

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (onKey(event) || onStep === undefined || readOnly) return
    if (event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    forget()
    onStep(typed, (event.key === 'ArrowUp' ? 1 : -1) * (event.shiftKey ? 10 : 1))
  }
  return (
    <span className={styles['typed']}>
      <span
        className={styles['field']}
        data-invalid={invalid || refusal !== undefined || undefined}
        data-disabled={disabled || undefined}
      >
        <input
          ref={field}
          className={styles['input']}
          type="text"
          inputMode={numeric ? 'decimal' : undefined}
          autoComplete="off"
          spellCheck={false}
          aria-label={unit === undefined ? label : `${label}, ${unit}`}
          aria-invalid={invalid || refusal !== undefined}
          aria-describedby={refusal === undefined ? describedBy : reasonId}
          title={allowed}
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
      {refusal !== undefined && (
        <span id={reasonId} className={styles['refusal']} role="alert">
          {refusal}
        </span>
      )}
    </span>
  )
}
