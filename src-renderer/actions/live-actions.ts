/** Starting, stopping and changing live views. */
import type { Protocol, StreamParamsPatch } from '../../src-shared/stream-params.ts'
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import { failureOf } from '../backend/outcome.ts'
import type { PageServices, Services } from '../services.ts'
import type { EngineState } from '../stores/engine-state.ts'
import { mayOperate, whyNotAct } from '../stores/permission.ts'
import { detectorOf, shownDetectors } from '../stores/layout.ts'
import { deviceById, deviceName, isConcurrent, nextProtocol, streamOf } from '../stores/selectors.ts'
import { addNotice, noteOutcome, setPending } from '../stores/session-store.ts'
import { patchPane } from '../stores/view-store.ts'
import { permitted, tellRefusal } from './control-actions.ts'

/** The camera on show. */
export function selectedDetector(services: Pick<Services, 'engine' | 'view' | 'pane'>): string | undefined {
  return detectorOf(services.engine.getState(), services.view.getState(), services.pane)
}

type StartOptions = {
  readonly detector: string
  readonly protocol?: Protocol
  /** In spite of a long exposure. */
  readonly force?: boolean
  /** Nobody asked for it now: that somebody else has started it meanwhile is as good. */
  readonly unasked?: boolean
}

/** Starts the live view of `detector`; a refusal because of a long exposure becomes a question on the image. */
export async function startLive(
  services: Services,
  { detector, protocol, force = false, unasked = false }: StartOptions,
): Promise<void> {
  const { engine, session, view, backend } = services
  session.setState({ longExposure: undefined })
  setPending(session, detector, 'starting')
  try {
    const result = await backend.client.liveView.start({
      detectorName: detector,
      protocol: protocol ?? nextProtocol(engine.getState(), view.getState(), detector),
      force,
    })
    noteOutcome(session, `${deviceName(engine.getState(), detector)} did not start`, undefined)
    if (result.status === 'long_exposure') session.setState({ longExposure: result })
    else engine.apply({ type: 'streamStarted', stream: result.stream })
  } catch (error) {
    const failure = callFailure(error)
    if (unasked && failure.code === 'PROTOCOL_IN_USE') return
    addNotice(session, `${deviceName(engine.getState(), detector)} did not start`, failure)
  } finally {
    setPending(session, detector, undefined)
  }
}

/** Stops the live view of `detector`: all of it, or of one protocol. */
export async function stopLive(services: Services, detector: string, protocol?: Protocol): Promise<void> {
  setPending(services.session, detector, 'stopping')
  const failure = await failureOf(
    services.backend.client.liveView.stop({
      detectorName: detector,
      ...(protocol === undefined ? {} : { protocol }),
    }),
  )
  noteOutcome(services.session, `${deviceName(services.engine.getState(), detector)} did not stop`, failure)
  setPending(services.session, detector, undefined)
}

/** Starts the camera on show, or stops it. Starting disturbs nobody; stopping is for whoever operates. */
export async function toggleLive(services: Services): Promise<void> {
  const detector = selectedDetector(services)
  if (detector === undefined || services.session.getState().pending[detector] !== undefined) return
  const state = services.engine.getState()
  if (streamOf(state.streams, detector) !== undefined) {
    if (permitted(services, 'The live view goes on')) await stopLive(services, detector)
    return
  }
  const refusal = whyNotAct(state)
  if (refusal === undefined) await startLive(services, { detector })
  else tellRefusal(services, 'The live view was not started', refusal)
}

/** Whether any of the images on show is live, or about to be. */
export function watchesLive({ engine, view, session }: Omit<PageServices, 'backend'>): boolean {
  const state = engine.getState()
  const { pending } = session.getState()
  return shownDetectors(state, view.getState()).some(
    (shown) => streamOf(state.streams, shown) !== undefined || pending[shown] === 'starting',
  )
}

/** Starts `detector`, which has come into view, unless it streams already, is not ready, or this page may not. */
export async function startUnasked(services: Services, detector: string): Promise<void> {
  const state = services.engine.getState()
  const ready = deviceById(state, detector)?.status.state === 'ready'
  const idle = streamOf(state.streams, detector) === undefined
  if (!ready || !idle || services.session.getState().pending[detector] !== undefined) return
  if (whyNotAct(state) === undefined) await startLive(services, { detector, unasked: true })
}

/**
 * Shows another camera in this pane. Who looks at a live image and turns to another camera wants to see that one live
 * too; the first goes on for others, and costs nothing while nobody watches it.
 */
export async function selectDetector(services: Services, detector: string): Promise<void> {
  const wasLive = watchesLive(services)
  patchPane(services.view, services.pane, { detector, display: undefined })
  services.session.setState({ longExposure: undefined })
  if (wasLive) await startUnasked(services, detector)
}

/**
 * Chooses how `detector` streams; a running live view is started again that way. Where several protocols may run at
 * once, what runs goes on for others, and this page watches by the other one.
 */
export async function chooseProtocol(
  services: Services,
  detector: string,
  protocol: Protocol,
): Promise<void> {
  services.view.setState((view) => ({ protocols: { ...view.protocols, [detector]: protocol } }))
  const state = services.engine.getState()
  const running = state.streams.filter((stream) => stream.detectorName === detector)
  if (running.length === 0 || running.some((stream) => stream.protocol === protocol)) return
  if (isConcurrent(state)) {
    // A WebRTC stream is started, and stopped, by its viewers.
    if (protocol !== 'webrtc') await startLive(services, { detector, protocol })
    return
  }
  await stopLive(services, detector)
  await startLive(services, { detector, protocol })
}

/** The protocols that this page may choose for `detector` now. */
export function choosableProtocols(state: EngineState, detector: string): readonly Protocol[] {
  const available = state.info?.protocols ?? []
  const running = state.streams.filter((stream) => stream.detectorName === detector)
  const runs = (protocol: Protocol) => running.some((stream) => stream.protocol === protocol)
  if (!isConcurrent(state)) return mayOperate(state) ? available : available.filter(runs)
  // Who only watches starts nothing but his own WebRTC connection.
  return whyNotAct(state) === undefined
    ? available
    : available.filter((protocol) => runs(protocol) || (protocol === 'webrtc' && running.length > 0))
}

type ParamsChange = {
  readonly detector: string
  readonly protocol: Protocol
  readonly params: StreamParamsPatch
}

/** Changes stream parameters, of the running stream or for its next start. Returns why it could not. */
export async function setStreamParams(
  services: Services,
  change: ParamsChange,
): Promise<CallFailure | undefined> {
  const { engine, backend } = services
  try {
    const params = await backend.client.liveView.setParams({
      detectorName: change.detector,
      protocol: change.protocol,
      params: change.params,
    })
    const running = streamOf(engine.getState().streams, change.detector, params.protocol)
    if (running?.protocol === params.protocol)
      engine.apply({ type: 'streamChanged', stream: { ...running, params } })
    return undefined
  } catch (error) {
    return callFailure(error)
  }
}
