/** Which panes are shown, and the camera in each. */
import type { EngineState } from './engine-state.ts'
import { type Layout, type PaneId, paneIds } from './panes.ts'
import { devicesOf } from './selectors.ts'
import type { ViewState } from './view-store.ts'

type Arrangement = Pick<ViewState, 'layout' | 'activePane'>

/** The panes that are shown, in reading order; the active one is always among them. */
export function visiblePanes({ layout, activePane }: Arrangement): readonly PaneId[] {
  if (layout === 'one') return [activePane]
  if (layout === 'four') return paneIds
  return activePane === 'a' || activePane === 'b' ? ['a', 'b'] : ['c', 'd']
}

/**
 * The camera of a pane: the one chosen for it, also while it is gone. A single view that none was chosen for shows the
 * first that is ready, or else the first; among several such a pane is empty.
 */
export function detectorOf(engine: EngineState, view: ViewState, pane: PaneId): string | undefined {
  const chosen = view.panes[pane].detector
  if (chosen !== undefined || view.layout !== 'one') return chosen
  const cameras = devicesOf(engine.devices, 'camera')
  return (cameras.find((camera) => camera.status.state === 'ready') ?? cameras[0])?.id
}

/** The cameras of the panes that are shown, each once. */
export function shownDetectors(engine: EngineState, view: ViewState): readonly string[] {
  const detectors = visiblePanes(view).map((pane) => detectorOf(engine, view, pane))
  return [...new Set(detectors.filter((detector) => detector !== undefined))]
}

/**
 * The panes once `layout` is chosen. Panes that come into view without a camera get those that are not shown yet; the
 * second of two gets the same camera again when there is no other.
 */
export function withLayout(engine: EngineState, view: ViewState, layout: Layout): ViewState {
  const first = detectorOf(engine, view, view.activePane)
  const panes = { ...view.panes, [view.activePane]: { ...view.panes[view.activePane], detector: first } }
  const next = { ...view, layout, panes }
  const shown = new Set(shownDetectors(engine, next))
  const others = devicesOf(engine.devices, 'camera').filter((camera) => !shown.has(camera.id))
  const repeated = layout === 'four' ? undefined : first
  for (const pane of visiblePanes(next)) {
    if (panes[pane].detector === undefined) panes[pane] = { detector: others.shift()?.id ?? repeated }
  }
  return next
}

const larger: Record<Layout, Layout> = { one: 'columns', columns: 'four', rows: 'four', four: 'four' }

/**
 * The panes with a further view, of `detector`, which becomes the active one: in an empty pane, or in one of a larger
 * layout. Undefined when all four are in use.
 */
export function withView(view: ViewState, detector: string): ViewState | undefined {
  const shown = visiblePanes(view)
  const isFree = (pane: PaneId) =>
    pane !== view.activePane && (!shown.includes(pane) || view.panes[pane].detector === undefined)
  for (const layout of [view.layout, larger[view.layout]]) {
    const next = visiblePanes({ ...view, layout })
    const pane = next.find(isFree)
    if (pane === undefined) continue
    const panes = { ...view.panes }
    // What a larger layout showed the last time does not come back with it.
    for (const other of next) if (!shown.includes(other)) panes[other] = {}
    panes[pane] = { detector }
    return { ...view, layout, panes, activePane: pane }
  }
  return undefined
}

/** The panes once the view in `pane` is closed: another one is active, and of two it stays alone. */
export function withoutView(view: ViewState, pane: PaneId): ViewState {
  const panes = { ...view.panes, [pane]: {} }
  const others = visiblePanes(view).filter((other) => other !== pane)
  const activePane = others.find((other) => panes[other].detector !== undefined) ?? others[0] ?? pane
  return { ...view, panes, activePane, layout: view.layout === 'four' ? 'four' : 'one' }
}

/**
 * A remembered camera that this microscope does not have would leave the window without a picture: when none of the
 * panes shown has its camera, the active one chooses anew.
 */
export function withoutStrangers(engine: EngineState, view: ViewState): ViewState {
  const known = (detector: string) => engine.devices.some((device) => device.id === detector)
  const nothingElse = devicesOf(engine.devices, 'camera').length === 0
  if (nothingElse || shownDetectors(engine, view).some(known)) return view
  return { ...view, layout: 'one', panes: { ...view.panes, [view.activePane]: {} } }
}
