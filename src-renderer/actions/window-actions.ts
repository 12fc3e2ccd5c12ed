/**
 * The window: which pixel values are black and white. For streams that send pixel values it is applied by the display
 * and belongs to this viewer; streams of 8 bits apply it before they encode, so there it is a stream parameter.
 */
import type { StreamParams, StreamParamsPatch } from '../../src-shared/stream-params.ts'
import type { ShownFrame } from '../display/display-types.ts'
import type { Services } from '../services.ts'
import { clampWindow, type ValueWindow, windowOfHistogram } from '../stores/auto-window.ts'
import { LatestSender } from '../stores/latest-sender.ts'
import { currentStream } from '../stores/selectors.ts'
import { noteOutcome } from '../stores/session-store.ts'
import { type DetectorDisplay, displayOf, patchDisplay } from '../stores/view-store.ts'
import { selectedDetector, setStreamParams } from './live-actions.ts'

/** What chooses the values that are shown from black to white. */
export type WindowMode = DetectorDisplay['windowMode']

/** The values that are shown from black to white, and how. */
export type ShownWindow = ValueWindow & {
  readonly mode: WindowMode
  readonly gamma: number
  /** Who applies it. */
  readonly appliedBy: 'display' | 'stream'
}

type WindowInputs = {
  readonly display: DetectorDisplay
  readonly params: StreamParams | undefined
  readonly frame: Pick<ShownFrame, 'maxValue' | 'windowed' | 'protocol'> | undefined
  readonly autoWindow: ValueWindow | undefined
}

/** The window as the image is shown with it now. */
export function shownWindow({ display, params, frame, autoWindow }: WindowInputs): ShownWindow {
  const full = { low: 0, high: frame?.maxValue ?? 4095 }
  const protocol = params?.protocol ?? frame?.protocol
  if (protocol !== undefined && protocol !== 'binary') {
    const mode = params !== undefined && 'windowMode' in params ? params.windowMode : 'manual'
    const asked = params !== undefined && 'windowLow' in params ? params : undefined
    const manual = asked === undefined ? full : { low: asked.windowLow, high: asked.windowHigh }
    const sent = frame?.windowed ?? full
    const { low, high } = mode === 'manual' ? manual : sent
    return { mode, low, high, gamma: asked?.gamma ?? frame?.windowed?.gamma ?? 1, appliedBy: 'stream' }
  }
  const { low, high } = { auto: autoWindow ?? full, full, manual: display }[display.windowMode]
  return { mode: display.windowMode, low, high, gamma: display.gamma, appliedBy: 'display' }
}

/** The window of the camera on show. */
export function currentWindow(services: Pick<Services, 'engine' | 'view' | 'shown' | 'pane'>): ShownWindow {
  const detector = selectedDetector(services)
  const { frame, autoWindow } = services.shown.getState()
  return shownWindow({
    display: displayOf(services.view.getState(), services.pane, detector),
    params: currentStream(services.engine.getState(), services.view.getState(), detector)?.params,
    frame,
    autoWindow,
  })
}

/** One per pane: a slider changes one camera at a time. */
const senders = new WeakMap<Services, LatestSender<{ detector: string; params: StreamParamsPatch }>>()

function sendToStream(services: Services, detector: string, params: StreamParamsPatch): void {
  let sender = senders.get(services)
  if (sender === undefined) {
    sender = new LatestSender(async (change) => {
      const protocol = currentStream(
        services.engine.getState(),
        services.view.getState(),
        change.detector,
      )?.protocol
      if (protocol === undefined) return
      const failure = await setStreamParams(services, { ...change, protocol })
      noteOutcome(services.session, 'The window could not be changed', failure)
    })
    senders.set(services, sender)
  }
  sender.submit({ detector, params })
}

/** Sets black and white, ADU. */
export function setWindow(services: Services, window: ValueWindow): void {
  const detector = selectedDetector(services)
  if (detector === undefined) return
  const { low, high } = clampWindow(window, services.shown.getState().frame?.maxValue ?? 65535)
  if (currentWindow(services).appliedBy === 'stream') {
    sendToStream(services, detector, { windowMode: 'manual', windowLow: low, windowHigh: high })
    return
  }
  patchDisplay(services.view, { pane: services.pane, detector }, { windowMode: 'manual', low, high })
}

/** Lets the window follow the image, or opens it fully; `manual` keeps what is shown now. */
export function setWindowMode(services: Services, mode: WindowMode): void {
  const detector = selectedDetector(services)
  if (detector === undefined) return
  const { low, high, appliedBy } = currentWindow(services)
  if (appliedBy === 'stream') {
    const manual = { windowMode: mode, windowLow: Math.round(low), windowHigh: Math.round(high) } as const
    sendToStream(services, detector, mode === 'manual' ? manual : { windowMode: mode })
    return
  }
  patchDisplay(
    services.view,
    { pane: services.pane, detector },
    mode === 'manual' ? { windowMode: mode, low, high } : { windowMode: mode },
  )
}

/** Sets the gamma of the active view. */
export function setGamma(services: Services, gamma: number): void {
  const detector = selectedDetector(services)
  if (detector === undefined) return
  if (currentWindow(services).appliedBy === 'stream') sendToStream(services, detector, { gamma })
  else patchDisplay(services.view, { pane: services.pane, detector }, { gamma })
}

/** Fits the window to the image on show, once. */
export function autoContrastOnce(services: Services): void {
  const { histogram } = services.shown.getState()
  if (histogram !== undefined) setWindow(services, windowOfHistogram(histogram))
}
