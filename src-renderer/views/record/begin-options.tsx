import { TextInput } from '@mantine/core'
import { Choice } from '../../components/choice.tsx'
import { LabelledRow } from '../../components/labelled-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import type { ChoiceProps } from './record-options.tsx'
import styles from './record.module.css'

const begins = [
  { value: 'now', label: 'At once', patch: { begin: 'now' } },
  { value: 'asked', label: 'When I press Begin', patch: { begin: 'asked' } },
  { value: 'change', label: 'When the image changes', patch: { begin: 'change' } },
  { value: 'at', label: 'At a time', patch: { begin: 'at' } },
] as const
const mostBeforeS = 600

/** When the recording begins, and what it keeps of the time before. */
export function BeginOptions({ choice, change }: ChoiceProps) {
  return (
    <>
      <LabelledRow title="Begins" layout="wide">
        <Choice
          inPopover
          label="When it begins"
          value={choice.begin}
          options={begins}
          onChange={(begin) => change(begins.find(({ value }) => value === begin)?.patch ?? {})}
        />
      </LabelledRow>
      {choice.begin === 'at' && (
        <LabelledRow title="Time" layout="line" help="The next time that the clock shows it">
          <TextInput
            className={styles['time'] ?? ''}
            type="time"
            aria-label="Time to begin"
            value={choice.beginAt}
            onChange={({ currentTarget: { value } }) => {
              // Empty while it is being typed.
              if (value !== '') change({ beginAt: value.slice(0, 5) })
            }}
          />
        </LabelledRow>
      )}
      {choice.begin === 'change' && (
        <LabelledRow
          title="By more than"
          layout="line"
          help="Mean change of the pixels, % of the camera’s range. While it waits, it shows how much the image changes now."
        >
          <NumberField
            label="Change of the image"
            value={choice.changePercent}
            unit="%"
            limits={{ min: 0.01, max: 100 }}
            onCommit={(changePercent) => change({ changePercent })}
          />
        </LabelledRow>
      )}
      <LabelledRow
        title="Keep from before"
        layout="line"
        help="The last seconds before it begins are recorded too, as far as memory goes"
      >
        <NumberField
          label="Seconds from before"
          value={choice.preRecordS}
          unit="s"
          step={0.5}
          limits={{ min: 0, max: mostBeforeS }}
          onCommit={(preRecordS) => change({ preRecordS })}
        />
      </LabelledRow>
    </>
  )
}
