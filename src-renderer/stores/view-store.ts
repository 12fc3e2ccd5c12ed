/** How this user looks at things: remembered on this computer, never sent to the engine. */
import { z } from 'zod'
import { createJSONStorage, persist, type StateStorage } from 'zustand/middleware'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { propertyLevelSchema } from '../../src-shared/devices.ts'
import { storageFormatSchema } from '../../src-shared/acquisition/storage-options.ts'
import { protocolSchema } from '../../src-shared/stream-params.ts'
import { luts } from '../display/lut.ts'
import { layouts, type PaneId, paneIds } from './panes.ts'

const gain = z.number().min(0.01).max(100)

const detectorDisplaySchema = z.object({
  /** `auto`: low and high follow the image; `full`: the camera's whole range; `manual`: `low` and `high`. */
  windowMode: z.enum(['auto', 'full', 'manual']),
  /** ADU. */
  low: z.number(),
  high: z.number(),
  gamma: z.number().min(0.1).max(5),
  lut: z.enum(luts),
  markSaturated: z.boolean(),
  /** Bayer images: in colour, or as they are. */
  mosaic: z.enum(['colour', 'raw']).default('colour'),
  /** White balance: for red, green and blue. */
  gains: z.tuple([gain, gain, gain]).default([1, 1, 1]),
})
export type DetectorDisplay = z.infer<typeof detectorDisplaySchema>

/** How a camera is shown until the user has chosen. */
export const defaultDetectorDisplay: DetectorDisplay = {
  windowMode: 'auto',
  low: 0,
  high: 4095,
  gamma: 1,
  lut: 'gray',
  markSaturated: false,
  mosaic: 'colour',
  gains: [1, 1, 1],
}

const recordingChoiceSchema = z.object({
  format: storageFormatSchema,
  until: z.enum(['stopped', 'frames', 'seconds']),
  frames: z.number().int().positive(),
  seconds: z.number().positive(),
  /** `active`: the camera of the active view; `shown`: those of all views. */
  cameras: z.enum(['active', 'shown']).default('active'),
  begin: z.enum(['now', 'at', 'change', 'asked']).default('now'),
  /** `HH:MM`, the next time that this computer's clock shows it. */
  beginAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('12:00'),
  /** How much the image has to change, % of its range. */
  changePercent: z.number().positive().max(100).default(5),
  /** Frames of so many seconds before the beginning are kept. */
  preRecordS: z.number().nonnegative().max(600).default(0),
  zarrCompression: z.enum(['none', 'zstd']).default('none'),
  video: z
    .object({
      container: z.enum(['mp4', 'mkv', 'webm']),
      quality: z.union([z.number().int().min(0).max(100), z.literal('lossless')]),
      overlays: z.boolean(),
    })
    .default({ container: 'mp4', quality: 80, overlays: false }),
})
export type RecordingChoice = z.infer<typeof recordingChoiceSchema>

const paneSchema = z.object({
  /** Device id of the camera that is shown there. */
  detector: z.string().optional(),
  /** Display settings of this pane alone; absent: those of its camera. */
  display: detectorDisplaySchema.optional(),
})

const viewStateSchema = z.object({
  /** Which view fills the window. */
  place: z.enum(['live', 'acquire', 'gallery', 'devices']),
  layout: z.enum(layouts),
  /** The pane whose camera the panels and keys are about. */
  activePane: z.enum(paneIds),
  panes: z.record(z.enum(paneIds), paneSchema),
  displays: z.record(z.string(), detectorDisplaySchema),
  /** Protocol chosen for the next start, by detector. */
  protocols: z.record(z.string(), protocolSchema),
  panels: z.object({
    leftOpen: z.boolean(),
    rightOpen: z.boolean(),
    /** CSS px. */
    leftWidth: z.number().min(180).max(420),
    rightWidth: z.number().min(240).max(520),
  }),
  /** Panel sections that are folded away, by their id. */
  folded: z.record(z.string(), z.boolean()),
  histogram: z.object({ scale: z.enum(['linear', 'log']), range: z.enum(['full', 'data']) }),
  /** Up to which level the property browser shows settings. */
  propertyLevel: propertyLevelSchema,
  /** How the next recording is made. */
  recording: recordingChoiceSchema,
  /** Step of the stage buttons and keys. */
  stageStep: z.object({ xyUm: z.number().positive(), zUm: z.number().positive() }),
  /** Whole range in which the focus is searched for by the image. */
  focusRangeUm: z.number().min(1).max(10_000),
})
export type ViewState = z.infer<typeof viewStateSchema>

/** The state until the user has chosen. */
export const initialViewState: ViewState = {
  place: 'live',
  layout: 'one',
  activePane: 'a',
  panes: { a: {}, b: {}, c: {}, d: {} },
  displays: {},
  protocols: {},
  panels: { leftOpen: true, rightOpen: true, leftWidth: 248, rightWidth: 304 },
  folded: {},
  histogram: { scale: 'log', range: 'data' },
  propertyLevel: 'beginner',
  recording: recordingChoiceSchema.parse({
    format: 'ome-tiff',
    until: 'stopped',
    frames: 100,
    seconds: 10,
  }),
  stageStep: { xyUm: 50, zUm: 1 },
  focusRangeUm: 50,
}

/** The store of what the user has chosen. */
export type ViewStore = StoreApi<ViewState>

/**
 * What was stored, as far as it is still valid: each part that is not falls back to its default. Earlier versions had
 * one pane, whose camera they kept as `detector`.
 */
export function restoreViewState(stored: unknown): ViewState {
  if (typeof stored !== 'object' || stored === null) return initialViewState
  if ('detector' in stored && typeof stored.detector === 'string') {
    const { detector, ...others } = stored
    return restoreViewState({ ...others, panes: { ...initialViewState.panes, a: { detector } } })
  }
  const restored = viewStateSchema.safeParse({ ...initialViewState, ...stored })
  if (restored.success) return restored.data
  const broken = new Set(restored.error.issues.map((issue) => String(issue.path[0])))
  const valid = Object.entries(stored).filter(([key]) => !broken.has(key))
  return viewStateSchema.parse({ ...initialViewState, ...Object.fromEntries(valid) })
}

/** @param storage where it is kept; `localStorage` in the page. */
export function createViewStore(storage: () => StateStorage): ViewStore {
  return createStore<ViewState>()(
    persist(() => initialViewState, {
      name: 'coverslip-view',
      version: 1,
      storage: createJSONStorage(storage),
      merge: (stored) => restoreViewState(stored),
    }),
  )
}

/** The display settings of `detector` in `pane`. */
export function displayOf(state: ViewState, pane: PaneId, detector: string | undefined): DetectorDisplay {
  const shared = detector === undefined ? undefined : state.displays[detector]
  return state.panes[pane].display ?? shared ?? defaultDetectorDisplay
}

/** Changes some display settings of `detector` in `pane`: of all its views, unless the pane has its own. */
export function patchDisplay(
  store: ViewStore,
  { pane, detector }: { readonly pane: PaneId; readonly detector: string },
  patch: Partial<DetectorDisplay>,
) {
  store.setState((state) => {
    const display = { ...displayOf(state, pane, detector), ...patch }
    return state.panes[pane].display === undefined
      ? { displays: { ...state.displays, [detector]: display } }
      : { panes: { ...state.panes, [pane]: { ...state.panes[pane], display } } }
  })
}

/** Changes what `pane` shows. */
export function patchPane(store: ViewStore, pane: PaneId, patch: Partial<ViewState['panes'][PaneId]>) {
  store.setState((state) => ({ panes: { ...state.panes, [pane]: { ...state.panes[pane], ...patch } } }))
}

/** Changes what is kept of the panels. */
export function patchPanels(store: ViewStore, patch: Partial<ViewState['panels']>) {
  store.setState((state) => ({ panels: { ...state.panels, ...patch } }))
}
