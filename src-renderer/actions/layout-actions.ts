/** How many views are shown, and which of them is the active one. */
import type { Services } from '../services.ts'
import { shownDetectors, visiblePanes, withLayout, withoutView, withView } from '../stores/layout.ts'
import { type Layout, layouts, type PaneId } from '../stores/panes.ts'
import type { ViewState } from '../stores/view-store.ts'
import { startUnasked, watchesLive } from './live-actions.ts'

type ViewServices = Pick<Services, 'view'>

/** Who looks at a live image wants to see those that come into view live, too. */
function show(services: Services, view: ViewState): void {
  const state = services.engine.getState()
  const wasLive = watchesLive(services)
  services.view.setState(view)
  if (!wasLive) return
  for (const detector of shownDetectors(state, view)) void startUnasked(services, detector)
}

/** Shows so many views, in this arrangement. */
export function setLayout(services: Services, layout: Layout): void {
  show(services, withLayout(services.engine.getState(), services.view.getState(), layout))
}

/** Goes on to the next arrangement of views. */
export function nextLayout(services: Services): void {
  const index = layouts.indexOf(services.view.getState().layout)
  setLayout(services, layouts[(index + 1) % layouts.length] ?? 'one')
}

/** Shows `detector` in one more view, if there is room for one. */
export function addView(services: Services, detector: string): void {
  const view = withView(services.view.getState(), detector)
  if (view !== undefined) show(services, view)
}

/** Empties this pane and turns to another; of two views the other one stays. */
export function closeView({ view }: ViewServices, pane: PaneId): void {
  view.setState((state) => withoutView(state, pane))
}

/** Makes this pane the one that panels and keys are about. */
export function activatePane({ view, pane }: Pick<Services, 'view' | 'pane'>): void {
  if (view.getState().activePane !== pane) view.setState({ activePane: pane })
}

/** Makes the next view the active one. */
export function activateNextPane({ view }: ViewServices): void {
  const state = view.getState()
  const panes = visiblePanes(state)
  const next = panes[(panes.indexOf(state.activePane) + 1) % panes.length]
  if (next !== undefined) view.setState({ activePane: next })
}
