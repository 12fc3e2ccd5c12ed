import { type KeyboardEvent, useRef, useState } from 'react'
import { durationFieldText, parseDurationText } from './duration-words.ts'
import styles from './number-field.module.css'

export type DurationFieldProps = {
  /** Accessible name. */
  readonly label: string
  readonly seconds: number
  readonly invalid?: boolean
  onCommit(seconds: number): void
}

/** A span of time, typed as people write it: `30`, `5 min`, `1:30:00`. Counts on Enter or when leaving the field. */
export function DurationField({ label, seconds, invalid = false, onCommit }: DurationFieldProps) {
  const [typed, setTyped] = useState<string>()
  const skipBlur = useRef(false)
  const parsed = typed === undefined ? seconds : parseDurationText(typed)

  function commit() {
    setTyped(undefined)
    if (parsed !== undefined && parsed !== seconds) onCommit(parsed)
  }
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.key === 'Enter') {
      commit()
      event.currentTarget.select()
    } else if (event.key === 'Escape') {
      skipBlur.current = true
      setTyped(undefined)
      event.currentTarget.blur()
    }
  }
  return (
    <span className={styles['field']} data-invalid={invalid || parsed === undefined || undefined}>
      <input
        className={styles['input']}
        type="text"
        autoComplete="off"
        spellCheck={false}
        aria-label={label}
        aria-invalid={invalid || parsed === undefined}
        title="As 30, 500 ms, 5 min, 2 h or 1:30:00"
        value={typed ?? durationFieldText(seconds)}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={() => {
          if (skipBlur.current) skipBlur.current = false
          else commit()
        }}
        onKeyDown={onKeyDown}
      />
    </span>
  )
}
