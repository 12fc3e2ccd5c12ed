import { Switch } from '@mantine/core'
import { fixed } from '../components/format.ts'
import { LabelledRow } from '../components/labelled-row.tsx'
import styles from './display-panel.module.css'

type SaturationRowProps = {
  /** Share of the pixels at the largest value; undefined: not known. */
  readonly fraction: number | undefined
  readonly marked: boolean
  onMark(marked: boolean): void
}

/** How many pixels are saturated, and whether they are marked. */
export function SaturationRow({ fraction, marked, onMark }: SaturationRowProps) {
  return (
    <LabelledRow title="Mark saturated" help="Paints pixels at the camera’s largest value red (S).">
      <span className={styles['saturation']}>
        <span data-over={fraction !== undefined && fraction > 0.001}>
          {fraction === undefined ? '' : `${fixed(fraction * 100, 2)} %`}
        </span>
        <Switch
          aria-label="Mark saturated pixels"
          checked={marked}
          onChange={(event) => onMark(event.currentTarget.checked)}
        />
      </span>
    </LabelledRow>
  )
}
