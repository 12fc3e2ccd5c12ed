import { Button, Slider, Tooltip } from '@mantine/core'
import type { WindowMode } from '../actions/window-actions.ts'
import { Choice } from '../components/choice.tsx'
import { fixed, scientific } from '../components/format.ts'
import { HistogramPlot } from '../components/histogram-plot.tsx'
import { LabelledRow } from '../components/labelled-row.tsx'
import { NumberField } from '../components/number-field.tsx'
import { fromPlace, type NumberRange, toPlace } from '../components/number-scale.ts'
import type { Histogram } from '../display/display-types.ts'
import { useView } from '../services.ts'
import type { ValueWindow } from '../stores/auto-window.ts'
import styles from './display-panel.module.css'

const windowModes: readonly { value: WindowMode; label: string }[] = [
  { value: 'auto', label: 'Auto' },
  { value: 'full', label: 'Full' },
  { value: 'manual', label: 'Manual' },
]

const gammaRange: NumberRange = { min: 0.1, max: 5, step: 0.01, scale: 'log' }

type WindowEditorProps = {
  readonly histogram: Histogram | undefined
  readonly window: ValueWindow & { readonly mode: WindowMode; readonly gamma: number }
  /** It may not be changed now. */
  readonly locked?: boolean
  /** Black and white cannot be set now, as nothing is known of the image. */
  readonly untouchable?: boolean
  onWindow(window: ValueWindow): void
  onMode(mode: WindowMode): void
  onGamma(gamma: number): void
  /** Fits the window to the image, once. */
  onOnce(): void
}

/** Histogram, window and gamma: which pixel values are black and white, and what is between. */
export function WindowEditor(props: WindowEditorProps) {
  const { histogram, window, locked = false, untouchable = false, onWindow, onMode, onGamma, onOnce } = props
  const { scale, range } = useView((state) => state.histogram)
  const real = histogram?.real
  const step = real?.step ?? 1
  const inWords = (value: number) => (real === undefined ? fixed(value) : scientific(value, 4))
  return (
    <>
      <HistogramPlot
        histogram={histogram}
        window={window}
        gamma={window.gamma}
        scale={scale}
        range={range}
        disabled={untouchable}
        onWindow={onWindow}
        onAuto={onOnce}
      />
      <div className={styles['ends']}>
        <NumberField
          label="Black at"
          value={window.low}
          step={real === undefined ? 1 : undefined}
          anySize
          disabled={untouchable}
          onCommit={(low) => onWindow({ low, high: Math.max(window.high, low + step) })}
        />
        <span className={styles['facts']} aria-label="Pixel values">
          {histogram === undefined
            ? '–'
            : [histogram.min, histogram.mean, histogram.max].map(inWords).join(' · ')}
          <span className={styles['factNames']}>min · mean · max</span>
        </span>
        <NumberField
          label="White at"
          value={window.high}
          step={real === undefined ? 1 : undefined}
          anySize
          disabled={untouchable}
          onCommit={(high) => onWindow({ low: Math.min(window.low, high - step), high })}
        />
      </div>
      <div className={styles['modes']}>
        <Choice
          label="Contrast"
          value={window.mode}
          options={windowModes}
          disabled={locked}
          onChange={(mode) => {
            const chosen = windowModes.find((option) => option.value === mode)
            if (chosen !== undefined) onMode(chosen.value)
          }}
        />
        <Tooltip label="Fit the window to this image, once (A)">
          <Button
            variant="default"
            aria-label="Auto-contrast once"
            className={styles['once'] ?? ''}
            disabled={untouchable || histogram === undefined}
            onClick={onOnce}
          >
            Once
          </Button>
        </Tooltip>
      </div>
      <LabelledRow title="Gamma" help="Above 1 brightens dark parts. Double-click the slider for 1.">
        <NumberField
          label="Gamma"
          value={window.gamma}
          step={0.01}
          disabled={locked}
          limits={gammaRange}
          onCommit={onGamma}
        />
      </LabelledRow>
      <Slider
        className={styles['slider'] ?? ''}
        min={0}
        max={1}
        step={0.002}
        value={toPlace(gammaRange, window.gamma)}
        disabled={locked}
        thumbLabel="Gamma slider"
        thumbValueText={fixed(window.gamma, 2)}
        startPointValue={toPlace(gammaRange, 1)}
        onDoubleClick={() => onGamma(1)}
        onChange={(place) => {
          const gamma = fromPlace(gammaRange, place)
          // Near 1 the slider holds on to it.
          onGamma(Math.abs(gamma - 1) < 0.03 ? 1 : gamma)
        }}
      />
    </>
  )
}
