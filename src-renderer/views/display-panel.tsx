import {
  autoContrastOnce,
  setGamma,
  setWindow,
  setWindowMode,
  shownWindow,
  type ShownWindow,
} from '../actions/window-actions.ts'
import { OperatorControls, useBlocked } from '../components/operator-controls.tsx'
import { PanelSection } from '../components/panel-section.tsx'
import { useDetector, useEngine, useServices, useShown, useView } from '../services.ts'
import { currentStream } from '../stores/selectors.ts'
import { displayOf } from '../stores/view-store.ts'
import { Colours, OwnSettings } from './display-colours.tsx'
import { HistogramOptions } from './histogram-options.tsx'
import { WindowEditor } from './window-editor.tsx'

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

function WindowControls({ detector }: { readonly detector: string }) {
  const services = useServices()
  const window = useWindow(detector)
  const histogram = useShown((state) => state.histogram)
  const blocked = useBlocked() !== undefined
  // What the stream applies, all its viewers see.
  const locked = window.appliedBy === 'stream' && blocked
  const nothing = locked || (histogram === undefined && window.appliedBy === 'display')
  const controls = (
    <WindowEditor
      histogram={histogram}
      window={window}
      locked={locked}
      untouchable={nothing}
      onWindow={(next) => setWindow(services, next)}
      onMode={(mode) => setWindowMode(services, mode)}
      onGamma={(gamma) => setGamma(services, gamma)}
      onOnce={() => autoContrastOnce(services)}
    />
  )
  return locked ? <OperatorControls>{controls}</OperatorControls> : controls
}
