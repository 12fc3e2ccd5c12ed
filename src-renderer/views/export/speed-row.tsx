import { Choice } from '../../components/choice.tsx'
import { LabelledRow } from '../../components/labelled-row.tsx'
import { NumberField } from '../../components/number-field.tsx'
import type { ExportChoices, ExportSpeed } from '../../export/export-choices.ts'
import styles from './export.module.css'

const most = { perSecond: 120, times: 1_000_000 } as const

type SpeedRowProps = {
  readonly choices: Pick<ExportChoices, 'speed' | 'axis'>
  change(patch: { readonly speed: ExportSpeed }): void
}

/** How fast the pictures follow each other. */
export function SpeedRow({ choices: { speed, axis }, change }: SpeedRowProps) {
  const kinds = [
    { value: 'rate', label: 'Even' },
    { value: 'real', label: 'Real time' },
  ]
  return (
    <>
      {axis === 't' && (
        <LabelledRow title="Plays" layout="wide">
          <Choice
            label="Speed"
            value={speed.kind}
            options={kinds}
            onChange={(kind) =>
              change({
                speed: kind === 'real' ? { kind: 'real', times: 1 } : { kind: 'rate', perSecond: 10 },
              })
            }
          />
        </LabelledRow>
      )}
      <LabelledRow title={axis === 't' ? '' : 'Plays'} layout="wide">
        {speed.kind === 'rate' ? (
          <span className={styles['range']}>
            <NumberField
              label="Pictures per second"
              value={speed.perSecond}
              onCommit={(value) =>
                change({ speed: { kind: 'rate', perSecond: Math.max(0.1, Math.min(most.perSecond, value)) } })
              }
            />
            <span>pictures per second</span>
          </span>
        ) : (
          <span className={styles['range']}>
            <NumberField
              label="Times faster than it was"
              value={speed.times}
              onCommit={(value) =>
                change({ speed: { kind: 'real', times: Math.max(0.001, Math.min(most.times, value)) } })
              }
            />
            <span>times as fast as it was</span>
          </span>
        )}
      </LabelledRow>
    </>
  )
}
