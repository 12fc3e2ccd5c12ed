/** Starting, stopping and changing live views. */
import type { Protocol, StreamParamsPatch } from '../../src-shared/stream-params.ts'
import { type CallFailure, callFailure } from '../backend/call-failure.ts'
import type { Services } from '../services.ts'
import { currentDetector, deviceById, nextProtocol, streamOf } from '../stores/selectors.ts'
import { addNotice, setPending } from '../stores/session-store.ts'

/** Name of a device for messages. */
function nameOf(services: Services, deviceId: string): string {
  return deviceById(services.engine.getState(), deviceId)?.description.name ?? deviceId
}

/** The camera on show. */
export function selectedDetector(services: Services): string | undefined {
  return currentDetector(services.engine.getState(), services.view.getState())
}

export type StartOptions = {
  readonly detector: string
  readonly protocol?: Protocol
  /** In spite of a long exposure. */
  readonly force?: boolean
}

/** Starts the live view of `detector`; a refusal because of a long exposure becomes a question on the image. */
export async function startLive(
  services: Services,
  { detector, protocol, force = false }: StartOptions,
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
    if (result.status === 'long_exposure') session.setState({ longExposure: result })
    else engine.apply({ type: 'streamStarted', stream: result.stream })
  } catch (error) {
    addNotice(session, `${nameOf(services, detector)} did not start`, callFailure(error))
  } finally {
    setPending(session, detector, undefined)
  }
}

/** Stops the live view of `detector`. */
export async function stopLive(services: Services, detector: string): Promise<void> {
  setPending(services.session, detector, 'stopping')
  try {
    await services.backend.client.liveView.stop({ detectorName: detector })
  } catch (error) {
    addNotice(services.session, `${nameOf(services, detector)} did not stop`, callFailure(error))
  } finally {
    setPending(services.session, detector, undefined)
  }
}

/** Starts the camera on show, or stops it. */
export async function toggleLive(services: Services): Promise<void> {
  const detector = selectedDetector(services)
  if (detector === undefined || services.session.getState().pending[detector] !== undefined) return
  const running = streamOf(services.engine.getState().streams, detector) !== undefined
  await (running ? stopLive(services, detector) : startLive(services, { detector }))
}

/**
 * Shows another camera. Who looks at a live image and turns to another camera wants to see that one live too; the
 * first goes on for others, and costs nothing while nobody watches it.
 */
export async function selectDetector(services: Services, detector: string): Promise<void> {
  const state = services.engine.getState()
  const wasLive = streamOf(state.streams, selectedDetector(services)) !== undefined
  services.view.setState({ detector })
  services.session.setState({ longExposure: undefined })
  const ready = deviceById(state, detector)?.status.state === 'ready'
  if (wasLive && ready && streamOf(state.streams, detector) === undefined)
    await startLive(services, { detector })
}

/** Chooses how `detector` streams; a running live view is started again that way. */
export async function chooseProtocol(
  services: Services,
  detector: string,
  protocol: Protocol,
): Promise<void> {
  services.view.setState((view) => ({ protocols: { ...view.protocols, [detector]: protocol } }))
  const running = streamOf(services.engine.getState().streams, detector)
  if (running === undefined || running.protocol === protocol) return
  await stopLive(services, detector)
  await startLive(services, { detector, protocol })
}

export type ParamsChange = {
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
    const running = streamOf(engine.getState().streams, change.detector)
    if (running?.protocol === params.protocol)
      engine.apply({ type: 'streamChanged', stream: { ...running, params } })
    return undefined
  } catch (error) {
    return callFailure(error)
  }
}
