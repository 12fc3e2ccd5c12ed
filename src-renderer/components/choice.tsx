import { SegmentedControl, Select } from '@mantine/core'

/** See `Choice`. */
export type ChoiceProps = {
  /** Accessible name. */
  readonly label: string
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly disabled?: boolean
  /** In a popover, which would take a click on options elsewhere in the page for one beside it. */
  readonly inPopover?: boolean
  onChange(value: string): void
}

/** Few and short options lie side by side, so that one click is enough; others unfold. */
const mostSegments = 5
const mostLetters = 24

/** One of several options. */
export function Choice(props: ChoiceProps) {
  const { label, value, options, disabled = false, inPopover = false, onChange } = props
  // A segment's padding is as wide as about two letters.
  const letters = options.reduce((sum, option) => sum + option.label.length + 2, 0)
  const data = options.map((option) => ({ ...option }))
  if (options.length <= mostSegments && letters <= mostLetters) {
    return (
      <SegmentedControl
        aria-label={label}
        data={data}
        value={value}
        disabled={disabled}
        onChange={onChange}
      />
    )
  }
  return (
    <Select
      aria-label={label}
      data={data}
      value={value}
      disabled={disabled}
      comboboxProps={{ withinPortal: !inPopover }}
      onChange={(chosen) => {
        if (chosen !== null) onChange(chosen)
      }}
    />
  )
}
