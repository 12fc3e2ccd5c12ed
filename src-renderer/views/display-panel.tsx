import { ActionIcon, Button, Slider, Tooltip } from '@mantine/core'
import { IconArrowsHorizontal, IconChartHistogram } from '@tabler/icons-react'
import {
  autoContrastOnce,
  setGamma,
  setWindow,
  setWindowMode,
  shownWindow,
  type ShownWindow,
  type WindowMode,
} from '../actions/window-actions.ts'
import { Choice } from '../components/choice.tsx'
import { fixed } from '../components/format.ts'
import { HistogramPlot } from '../components/histogram-plot.tsx'
import { LabelledRow } from '../components/labelled-row.tsx'
import { NumberField } from '../components/number-field.tsx'
import { fromPlace, type NumberRange, toPlace } from '../components/number-scale.ts'
import { OperatorControls, useBlocked } from '../components/operator-controls.tsx'
import { PanelSection } from '../components/panel-section.tsx'
import { useDetector, useEngine, useServices, useShown, useView } from '../services.ts'
import { currentStream } from '../stores/selectors.ts'
import { displayOf } from '../stores/view-store.ts'
import { Colours, OwnSettings } from './display-colours.tsx'
import styles from './display-panel.module.css'

const windowModes: readonly { value: WindowMode; label: string }[] = [
  { value: 'auto', label: 'Auto' },
  { value: 'full', label: 'Full' },
  { value: 'manual', label: 'Manual' },
]

const gammaRange: NumberRange = { min: 0.1, max: 5, step: 0.01, scale: 'log' }

function useWindow(detector: string | undefined): ShownWindow {
  const { pane } = useServices()
  const display = useView((state) => displayOf(state, pane, detector))
  const view = useView((state) => state)
  const params = useEngine((state) => currentStream(state, view, detector)?.params)
  const frame = useShown((state) => state.frame)
  const autoWindow = useShown((state) => state.autoWindow)
  return shownWindow({ display, params, frame, autoWindow })
}

/** How pixel values become brightness and colour. */
export function DisplayPanel() {
  const detector = useDetector()
  if (detector === undefined) return null
  return (
    <PanelSection id="display" title="Display" aside={<HistogramOptions />}>
      <WindowControls detector={detector} />
      <Colours detector={detector} />
      <OwnSettings detector={detector} />
    </PanelSection>
  )
}

function HistogramOptions() {
  const { view } = useServices()
  const { scale, range } = useView((state) => state.histogram)
  return (
    <>
      <Tooltip label="Counts on a logarithmic scale">
        <ActionIcon
          aria-label="Logarithmic histogram"
          aria-pressed={scale === 'log'}
          size={22}
          variant={scale === 'log' ? 'light' : 'subtle'}
          onClick={() =>
            view.setState((state) => ({
              histogram: { ...state.histogram, scale: scale === 'log' ? 'linear' : 'log' },
            }))
          }
        >
          <IconChartHistogram size={15} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Zoom the histogram to the image’s values">
        <ActionIcon
          aria-label="Zoom histogram to data"
          aria-pressed={range === 'data'}
          size={22}
          variant={range === 'data' ? 'light' : 'subtle'}
          onClick={() =>
            view.setState((state) => ({
              histogram: { ...state.histogram, range: range === 'data' ? 'full' : 'data' },
            }))
          }
        >
          <IconArrowsHorizontal size={15} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </>
  )
}

function WindowControls({ detector }: { readonly detector: string }) {
  const services = useServices()
  const window = useWindow(detector)
  const histogram = useShown((state) => state.histogram)
  const { scale, range } = useView((state) => state.histogram)
  const blocked = useBlocked() !== undefined
  // What the stream applies, all its viewers see.
  const locked = window.appliedBy === 'stream' && blocked
  const nothing = locked || (histogram === undefined && window.appliedBy === 'display')
  const controls = (
    <>
      <HistogramPlot
        histogram={histogram}
        window={window}
        gamma={window.gamma}
        scale={scale}
        range={range}
        disabled={nothing}
        onWindow={(next) => setWindow(services, next)}
        onAuto={() => autoContrastOnce(services)}
      />
      <div className={styles['ends']}>
        <NumberField
          label="Black at"
          value={window.low}
          step={1}
          disabled={nothing}
          onCommit={(low) => setWindow(services, { low, high: Math.max(window.high, low + 1) })}
        />
        <span className={styles['facts']} aria-label="Pixel values">
          {histogram === undefined
            ? '–'
            : `${fixed(histogram.min)} · ${fixed(histogram.mean)} · ${fixed(histogram.max)}`}
          <span className={styles['factNames']}>min · mean · max</span>
        </span>
        <NumberField
          label="White at"
          value={window.high}
          step={1}
          disabled={nothing}
          onCommit={(high) => setWindow(services, { low: Math.min(window.low, high - 1), high })}
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
            if (chosen !== undefined) setWindowMode(services, chosen.value)
          }}
        />
        <Tooltip label="Fit the window to this image, once (A)">
          <Button
            variant="default"
            aria-label="Auto-contrast once"
            className={styles['once'] ?? ''}
            disabled={nothing || histogram === undefined}
            onClick={() => autoContrastOnce(services)}
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
          onCommit={(gamma) => setGamma(services, Math.max(0.1, Math.min(5, gamma)))}
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
        onDoubleClick={() => setGamma(services, 1)}
        onChange={(place) => {
          const gamma = fromPlace(gammaRange, place)
          // Near 1 the slider holds on to it.
          setGamma(services, Math.abs(gamma - 1) < 0.03 ? 1 : gamma)
        }}
      />
    </>
  )
  return locked ? <OperatorControls>{controls}</OperatorControls> : controls
}
