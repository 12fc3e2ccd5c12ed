import { durationFieldText, parseDurationText } from './duration-words.ts'
import { TypedField } from './typed-field.tsx'

type DurationFieldProps = {
  /** Accessible name. */
  readonly label: string
  readonly seconds: number
  /** Whether no time at all is one, too. */
  readonly zero: 'allowed' | 'refused'
  onCommit(seconds: number): void
}

const examples = '30 s, 5 min, 2 h 30 min or 1:30:00'

/** A span of time, typed as people write it: `30`, `5 min`, `1:30:00`. One that cannot be read, it says so. */
export function DurationField({ label, seconds, zero, onCommit }: DurationFieldProps) {
  function commit(typed: string): string | undefined {
    if (typed.trim() === '') return undefined
    const span = parseDurationText(typed)
    if (span === undefined || !Number.isFinite(span)) return `Not a time: type ${examples}`
    if (span === 0 && zero === 'refused') return 'Too short: type more than 0 s'
    if (span !== seconds) onCommit(span)
    return undefined
  }
  return (
    <TypedField label={label} shown={durationFieldText(seconds)} allowed={`As ${examples}`} commit={commit} />
  )
}
