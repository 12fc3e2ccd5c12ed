/** What is going on in this page: messages, questions, open sheets. Forgotten on reload. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Alert } from '../../src-shared/alerts.ts'
import type { StartResult } from '../../src-shared/live-view.ts'
import type { CallFailure } from '../backend/call-failure.ts'
import type { PlanDraft } from './plan-draft.ts'

/** A failure that belongs to no visible control. */
export type Notice = { readonly id: number; readonly title: string; readonly failure: CallFailure }

type LongExposure = Extract<StartResult, { status: 'long_exposure' }>

/** What the Devices view shows beside its list. */
export type DevicesPage =
  | { readonly kind: 'device'; readonly deviceId: string }
  | { readonly kind: 'connection'; readonly connectionId: string }
  | { readonly kind: 'find' | 'add' | 'drivers' | 'check-up' }

/** What a drag on the map of the stage does: it moves the map, or draws the area or the polygon of tiles. */
export type MapTool = 'move' | 'area' | 'polygon'

/** An alert that was put away in this page: if it comes again, it is another one. */
export type HiddenAlert = Pick<Alert, 'id' | 'since'>

/** The text that a plan was read from. */
export type PlanSource = {
  readonly fileName: string
  /** When the file was opened, Unix time, ms: the text may have been corrected since. */
  readonly openedAt: number
  readonly text: string
}

/** Why the plan that was to be edited could not be. */
export type LoadFailure = {
  readonly failure: CallFailure
  /** What can be corrected; undefined: it was no file. */
  readonly source: PlanSource | undefined
}

/** The live image, the map of the stage, or the controls of stage and channels. */
export type AcquirePane = 'live' | 'map' | 'stage'

/** What is of this window and not kept. */
export type SessionState = {
  readonly notices: readonly Notice[]
  /** Alerts that this page does not show over its images any more. */
  readonly hiddenAlerts: readonly HiddenAlert[]
  /** Starts and stops under way, by detector. */
  readonly pending: Readonly<Record<string, 'starting' | 'stopping'>>
  /** A start that was refused because the exposure is long; the user may insist. */
  readonly longExposure: LongExposure | undefined
  readonly openSheet: 'shortcuts' | 'commands' | 'share' | undefined
  /** Panel shown below the image where there is no room beside it. */
  readonly phonePanel: string | undefined
  /** Undefined: the camera on show, or on a narrow screen the list itself. */
  readonly devicesPage: DevicesPage | undefined
  readonly mapTool: MapTool
  /** What the Acquire view shows beside or above the plan, where there is no room for all. */
  readonly acquirePane: AcquirePane
  /** The call about the recording that is under way; `ends`: it ends the recording, else it starts or begins it. */
  readonly recordingCall: { readonly ends: boolean } | undefined
  /** Calls that search for the focus or end that, under way: a search is one until it has ended. */
  readonly focusCalls: readonly ('find' | 'stop')[]
  readonly loadFailure: LoadFailure | undefined
  /** The plan that another one has replaced in the editor. */
  readonly planBefore: PlanDraft | undefined
  /** The finished run whose panel was put away. */
  readonly closedRun: string | undefined
  /** The finished recording that the bottom bar does not tell of any more. */
  readonly closedRecording: string | undefined
}

/** The store of it. */
export type SessionStore = StoreApi<SessionState>

/** The store of a window that has just been opened. */
export function createSessionStore(): SessionStore {
  return createStore<SessionState>(() => ({
    notices: [],
    hiddenAlerts: [],
    pending: {},
    longExposure: undefined,
    openSheet: undefined,
    phonePanel: undefined,
    devicesPage: undefined,
    mapTool: 'move',
    acquirePane: 'live',
    recordingCall: undefined,
    focusCalls: [],
    loadFailure: undefined,
    planBefore: undefined,
    closedRun: undefined,
    closedRecording: undefined,
  }))
}

const mostNotices = 3

/** Shows a failure over the image; the same one again replaces the first. */
export function addNotice(store: SessionStore, title: string, failure: CallFailure) {
  store.setState((state) => {
    const others = state.notices.filter(
      (notice) => notice.title !== title || notice.failure.message !== failure.message,
    )
    const id = Math.max(0, ...state.notices.map((notice) => notice.id)) + 1
    return { notices: [...others, { id, title, failure }].slice(-mostNotices) }
  })
}

/** What an action has to say under `title`: why it failed, or nothing any more, as it has succeeded. */
export function noteOutcome(store: SessionStore, title: string, failure: CallFailure | undefined) {
  if (failure !== undefined) addNotice(store, title, failure)
  else dropNotices(store, (notice) => notice.title === title)
}

/** Takes away the notices that `isGone` says so of. */
export function dropNotices(store: SessionStore, isGone: (notice: Notice) => boolean) {
  if (store.getState().notices.some(isGone))
    store.setState((state) => ({ notices: state.notices.filter((notice) => !isGone(notice)) }))
}

/** Takes a notice away. */
export function removeNotice(store: SessionStore, id: number) {
  store.setState((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) }))
}

const mostHidden = 100

/** Puts an alert away in this page only. */
export function hideAlert(store: SessionStore, { id, since }: HiddenAlert) {
  store.setState(({ hiddenAlerts }) => ({
    hiddenAlerts: [...hiddenAlerts.filter((one) => one.id !== id), { id, since }].slice(-mostHidden),
  }))
}

/** Whether `alert` was put away in this page. */
export function isHidden(hidden: readonly HiddenAlert[], alert: HiddenAlert): boolean {
  return hidden.some(({ id, since }) => id === alert.id && since === alert.since)
}

/** Notes that a live view is being started or stopped; undefined: no more. */
export function setPending(
  store: SessionStore,
  detector: string,
  pending: 'starting' | 'stopping' | undefined,
) {
  store.setState((state) => {
    const { [detector]: _, ...others } = state.pending
    return { pending: pending === undefined ? others : { ...others, [detector]: pending } }
  })
}
