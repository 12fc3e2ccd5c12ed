import { currentWindow } from '../actions/window-actions.ts'
import type { DisplaySettings } from '../display/display-types.ts'
import { clampView, fitView, viewForGeometry } from '../display/view-transform.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import type { Services } from '../services.ts'
import { followWindow, windowOfHistogram } from './auto-window.ts'
import type { EngineConnection } from './engine-state.ts'
import { detectorOf } from './layout.ts'
import { isConcurrent, watchedProtocol } from './selectors.ts'
import { initialShownState, type ShownState } from './shown-store.ts'
import { displayOf, patchPane } from './view-store.ts'

/** The state once `frame` is shown: the view keeps showing the same specimen when crop or subsampling change. */
function withFrame(state: ShownState, frame: NonNullable<ShownState['frame']>): Partial<ShownState> {
  const { viewport, frame: before } = state
  const sameSize =
    before !== undefined &&
    before.width === frame.width &&
    before.height === frame.height &&
    before.offsetX === frame.offsetX &&
    before.offsetY === frame.offsetY &&
    before.subsampling === frame.subsampling
  if (sameSize) return { frame }
  const view =
    viewport.fit || before === undefined
      ? fitView(frame, viewport.canvas)
      : clampView(viewForGeometry(viewport.view, before, frame), frame, viewport.canvas)
  return { frame, viewport: { ...viewport, fit: viewport.fit || before === undefined, view } }
}

function sameSettings(a: DisplaySettings | undefined, b: DisplaySettings): boolean {
  return (
    a !== undefined &&
    a.low === b.low &&
    a.high === b.high &&
    a.gamma === b.gamma &&
    a.lut === b.lut &&
    a.markSaturated === b.markSaturated &&
    a.mosaic === b.mosaic &&
    a.gains === b.gains
  )
}

/** Ties a pane's display to the stores: what it reports goes in, and camera, view and colours come out. Returns an end. */
export function linkDisplay(services: Services): () => void {
  const { display, engine, view, shown, pane } = services
  let detector: string | undefined
  let protocol: Protocol | undefined
  let sentSettings: DisplaySettings | undefined
  let sentView = shown.getState().viewport.view

  function followStream() {
    const [engineState, viewState] = [engine.getState(), view.getState()]
    const current = detectorOf(engineState, viewState, pane)
    const watched = watchedProtocol(engineState, viewState, current)
    // Where one protocol runs at a time, the host knows which; only video comes another way. While nothing streams,
    // the last picture stays; but asking for video would start it.
    const wanted =
      watched === undefined && current === detector && protocol !== 'webrtc'
        ? protocol
        : watched === 'webrtc' || isConcurrent(engineState)
          ? watched
          : undefined
    if (current === detector && wanted === protocol) return
    detector = current
    protocol = wanted
    const { channel, viewport } = shown.getState()
    shown.setState({ ...initialShownState, channel, viewport: { ...viewport, fit: true } })
    display.subscribe(detector, protocol)
    // From now on it stays chosen, also while it is lost: the view must not jump to another camera then.
    if (detector !== undefined && view.getState().panes[pane].detector === undefined)
      patchPane(view, pane, { detector })
  }

  function followSettings() {
    const { low, high, gamma } = currentWindow(services)
    const { lut, markSaturated, mosaic, gains } = displayOf(view.getState(), pane, detector)
    const settings = { low, high, gamma, lut, markSaturated, mosaic, gains }
    if (sameSettings(sentSettings, settings)) return
    sentSettings = settings
    display.setDisplay(settings)
  }

  function followConnection(before: EngineConnection['state']) {
    const { state } = engine.getState().connection
    if (state === 'connected' && before === 'lost') display.restartVideo()
    if (state === 'refused') display.dispose()
  }

  const ends = [
    display.onFrame((frame) => {
      if (frame.detectorName === detector) shown.setState((state) => withFrame(state, frame))
    }),
    display.onHistogram((histogram) =>
      shown.setState((state) => ({
        histogram,
        autoWindow: followWindow(state.autoWindow, windowOfHistogram(histogram)),
      })),
    ),
    display.onStats((stats) => shown.setState({ stats })),
    display.onProbe((probe) => shown.setState({ probe })),
    display.onConnection((channel) => shown.setState({ channel })),
    engine.subscribe((state, before) => {
      const { devices, streams, settings, connection } = state
      if (devices !== before.devices || streams !== before.streams || settings !== before.settings)
        followStream()
      if (streams !== before.streams) followSettings()
      if (connection.state !== before.connection.state) followConnection(before.connection.state)
    }),
    view.subscribe(() => {
      followStream()
      followSettings()
    }),
    shown.subscribe(({ viewport }) => {
      if (viewport.view !== sentView) {
        sentView = viewport.view
        display.setView(viewport.view)
      }
      followSettings()
    }),
  ]
  followStream()
  followSettings()
  return () => {
    for (const end of ends) end()
  }
}
