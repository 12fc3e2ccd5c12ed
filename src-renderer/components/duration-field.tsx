import { durationFieldText, parseDurationText } from './duration-words.ts'
import styles from './number-field.module.css'
import { useTypedText } from './use-typed-text.ts'

export type DurationFieldProps = {
  /** Accessible name. */
  readonly label: string
  readonly seconds: number
  readonly invalid?: boolean
  onCommit(seconds: number): void
}

/** A span of time, typed as people write it: `30`, `5 min`, `1:30:00`. Counts on Enter or when leaving the field. */
export function DurationField({ label, seconds, invalid = false, onCommit }: DurationFieldProps) {
  const { typed, input, onKey } = useTypedText((text) => {
    const span = parseDurationText(text)
    if (span !== undefined && span !== seconds) onCommit(span)
  })
  const parsed = typed === undefined ? seconds : parseDurationText(typed)
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
        {...input}
        onKeyDown={onKey}
      />
    </span>
  )
}
