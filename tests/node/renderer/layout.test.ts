import { describe, expect, it } from 'vitest'
import { createEngineStore } from '../../../src-renderer/stores/engine-store.ts'
import {
  type EngineState,
  initialEngineState,
  reduceEngineEvent,
} from '../../../src-renderer/stores/engine-state.ts'
import { forgetStrangers } from '../../../src-renderer/stores/forget-strangers.ts'
import {
  detectorOf,
  shownDetectors,
  visiblePanes,
  withLayout,
  withoutView,
  withView,
} from '../../../src-renderer/stores/layout.ts'
import { layouts, type PaneId, paneIds } from '../../../src-renderer/stores/panes.ts'
import {
  createViewStore,
  defaultDetectorDisplay,
  displayOf,
  initialViewState,
  patchDisplay,
  patchPane,
  type ViewState,
} from '../../../src-renderer/stores/view-store.ts'
import { sampleCamera, sampleSnapshot } from './sample-engine.ts'

const noStorage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined }

function engineWith(...cameras: string[]): EngineState {
  const devices = cameras.map((id) => sampleCamera(id))
  return reduceEngineEvent(initialEngineState, sampleSnapshot({ devices }))
}

/** The cameras in panes a, b, c, d. */
function viewWith(cameras: readonly (string | undefined)[], patch: Partial<ViewState> = {}): ViewState {
  const panes = { ...initialViewState.panes }
  for (const [index, pane] of paneIds.entries()) panes[pane] = { detector: cameras[index] }
  return { ...initialViewState, ...patch, panes }
}

const camerasOf = ({ panes }: ViewState) => paneIds.map((pane) => panes[pane].detector)

describe('the camera of a pane', () => {
  it('is the first that is ready while none was chosen for a single view', () => {
    const devices = [sampleCamera('a', { status: { state: 'connecting' } }), sampleCamera('b')]
    const engine = reduceEngineEvent(initialEngineState, sampleSnapshot({ devices }))
    expect(detectorOf(engine, initialViewState, 'a')).toBe('b')
    expect(detectorOf(initialEngineState, initialViewState, 'a')).toBeUndefined()
  })
  it('stays the one chosen while it is gone; among several a pane may be empty', () => {
    const engine = engineWith('x', 'y')
    const view = viewWith(['x', 'gone'], { layout: 'four' })
    expect(paneIds.map((pane) => detectorOf(engine, view, pane))).toEqual(['x', 'gone', undefined, undefined])
    expect(shownDetectors(engine, view)).toEqual(['x', 'gone'])
  })
})

describe('layouts', () => {
  it('always show the active pane', () => {
    for (const layout of layouts) {
      for (const activePane of paneIds) {
        const shown = visiblePanes({ layout, activePane })
        expect(shown).toContain(activePane)
        expect(shown).toHaveLength({ one: 1, columns: 2, rows: 2, four: 4 }[layout])
      }
    }
  })
  it('give new panes the cameras that are not shown yet', () => {
    const engine = engineWith('x', 'y', 'z')
    expect(camerasOf(withLayout(engine, initialViewState, 'columns'))).toEqual([
      'x',
      'y',
      undefined,
      undefined,
    ])
    expect(camerasOf(withLayout(engine, viewWith(['z']), 'four'))).toEqual(['z', 'x', 'y', undefined])
  })
  it('show a lone camera twice in two views, and once in four', () => {
    const engine = engineWith('x')
    expect(camerasOf(withLayout(engine, initialViewState, 'rows'))).toEqual(['x', 'x', undefined, undefined])
    expect(camerasOf(withLayout(engine, initialViewState, 'four'))).toEqual([
      'x',
      undefined,
      undefined,
      undefined,
    ])
  })
  it('leave the panes as they were when one of them had the window for itself', () => {
    const engine = engineWith('x', 'y')
    const four = viewWith(['x', 'y', 'y', 'x'], { layout: 'four', activePane: 'c' })
    const back = withLayout(engine, withLayout(engine, four, 'one'), 'four')
    expect(back).toEqual(four)
  })
})

describe('a further view', () => {
  it('takes the free place, in a larger layout if need be, and becomes the active one', () => {
    let view: ViewState = viewWith(['x'])
    const states: (readonly [string, PaneId])[] = []
    for (const camera of ['x', 'y', 'x']) {
      view = withView(view, camera) ?? view
      states.push([view.layout, view.activePane])
    }
    expect(states).toEqual([
      ['columns', 'b'],
      ['four', 'c'],
      ['four', 'd'],
    ])
    expect(camerasOf(view)).toEqual(['x', 'x', 'y', 'x'])
    expect(withView(view, 'y')).toBeUndefined()
  })
  it('does not bring back what a larger layout showed earlier', () => {
    const view = viewWith(['x', 'y', 'old', 'old'], { layout: 'rows' })
    expect(camerasOf(withView(view, 'x') ?? view)).toEqual(['x', 'y', 'x', undefined])
  })
})

describe('a view that is closed', () => {
  it('leaves the other of two alone, and another of four active', () => {
    const two = withoutView(viewWith(['x', 'y'], { layout: 'rows', activePane: 'a' }), 'a')
    expect([two.layout, two.activePane, camerasOf(two)]).toEqual([
      'one',
      'b',
      [undefined, 'y', undefined, undefined],
    ])
    const four = withoutView(viewWith(['x', undefined, 'y'], { layout: 'four', activePane: 'a' }), 'a')
    expect([four.layout, four.activePane]).toEqual(['four', 'c'])
  })
})

describe('display settings', () => {
  it('are those of the camera in all its views, unless a view has its own', () => {
    const store = createViewStore(() => noStorage)
    const lut = (pane: PaneId) => displayOf(store.getState(), pane, 'x').lut
    patchDisplay(store, { pane: 'a', detector: 'x' }, { lut: 'fire' })
    expect([lut('a'), lut('b')]).toEqual(['fire', 'fire'])
    patchPane(store, 'b', { display: { ...defaultDetectorDisplay, lut: 'red' } })
    patchDisplay(store, { pane: 'b', detector: 'x' }, { gamma: 2 })
    patchDisplay(store, { pane: 'a', detector: 'x' }, { lut: 'cyan' })
    expect([lut('a'), lut('b')]).toEqual(['cyan', 'red'])
    expect(displayOf(store.getState(), 'b', 'x').gamma).toBe(2)
    expect(displayOf(store.getState(), 'a', 'x').gamma).toBe(1)
  })
})

describe('an arrangement of another microscope', () => {
  const opened = (view: ViewState, ...cameras: string[]) => {
    const engine = createEngineStore()
    const store = createViewStore(() => noStorage)
    store.setState(view)
    forgetStrangers({ engine, view: store })
    engine.apply(sampleSnapshot({ devices: cameras.map((id) => sampleCamera(id)) }))
    return { engine, store }
  }
  it('is forgotten when none of its cameras is there', () => {
    const { store } = opened(viewWith(['gone', 'too'], { layout: 'columns' }), 'x')
    expect(store.getState().layout).toBe('one')
    expect(store.getState().panes.a).toEqual({})
  })
  it('is kept when one of them is, when no camera is there yet, and once the page is open', () => {
    const view = viewWith(['x', 'gone'], { layout: 'columns' })
    expect(opened(view, 'x').store.getState()).toEqual(view)
    expect(opened(view).store.getState()).toEqual(view)
    const { engine, store } = opened(view, 'x')
    engine.apply({ type: 'deviceRemoved', deviceId: 'x' })
    engine.apply({ type: 'deviceChanged', device: sampleCamera('other') })
    expect(store.getState()).toEqual(view)
  })
})
