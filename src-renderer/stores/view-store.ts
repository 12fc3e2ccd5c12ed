/** How this user looks at things: remembered on this computer, never sent to the engine. */
import { z } from 'zod'
import { createJSONStorage, persist, type StateStorage } from 'zustand/middleware'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { storageFormatSchema } from '../../src-shared/acquisition/storage-options.ts'
import { protocolSchema } from '../../src-shared/stream-params.ts'
import { luts } from '../display/lut.ts'

const detectorDisplaySchema = z.object({
  /** `auto`: low and high follow the image; `full`: the camera's whole range; `manual`: `low` and `high`. */
  windowMode: z.enum(['auto', 'full', 'manual']),
  /** ADU. */
  low: z.number(),
  high: z.number(),
  gamma: z.number().min(0.1).max(5),
  lut: z.enum(luts),
  markSaturated: z.boolean(),
})
export type DetectorDisplay = z.infer<typeof detectorDisplaySchema>

export const defaultDetectorDisplay: DetectorDisplay = {
  windowMode: 'auto',
  low: 0,
  high: 4095,
  gamma: 1,
  lut: 'gray',
  markSaturated: false,
}

const recordingChoiceSchema = z.object({
  format: storageFormatSchema,
  until: z.enum(['stopped', 'frames', 'seconds']),
  frames: z.number().int().positive(),
  seconds: z.number().positive(),
})
export type RecordingChoice = z.infer<typeof recordingChoiceSchema>

const viewStateSchema = z.object({
  /** Device id of the camera on show. */
  detector: z.string().optional(),
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
  /** How the next recording is made. */
  recording: recordingChoiceSchema,
  /** Step of the stage buttons and keys. */
  stageStep: z.object({ xyUm: z.number().positive(), zUm: z.number().positive() }),
})
export type ViewState = z.infer<typeof viewStateSchema>

export const initialViewState: ViewState = {
  displays: {},
  protocols: {},
  panels: { leftOpen: true, rightOpen: true, leftWidth: 248, rightWidth: 304 },
  folded: {},
  histogram: { scale: 'log', range: 'data' },
  recording: { format: 'ome-tiff', until: 'stopped', frames: 100, seconds: 10 },
  stageStep: { xyUm: 50, zUm: 1 },
}

export type ViewStore = StoreApi<ViewState>

/** What was stored, as far as it is still valid: each part that is not falls back to its default. */
export function restoreViewState(stored: unknown): ViewState {
  if (typeof stored !== 'object' || stored === null) return initialViewState
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

/** The display settings of `detector`. */
export function displayOf(state: ViewState, detector: string | undefined): DetectorDisplay {
  return (detector === undefined ? undefined : state.displays[detector]) ?? defaultDetectorDisplay
}

/** Changes some display settings of `detector`. */
export function patchDisplay(store: ViewStore, detector: string, patch: Partial<DetectorDisplay>) {
  store.setState((state) => ({
    displays: { ...state.displays, [detector]: { ...displayOf(state, detector), ...patch } },
  }))
}

export function patchPanels(store: ViewStore, patch: Partial<ViewState['panels']>) {
  store.setState((state) => ({ panels: { ...state.panels, ...patch } }))
}
