import type { Caller, ControlState } from '../../src-shared/access.ts'
import type { EngineEvent, EngineSnapshot } from '../../src-shared/contract/events.ts'
import type { Settings } from '../../src-shared/settings.ts'
import type { ViewerInfo } from '../../src-shared/viewers.ts'
import type { EventSource } from './engine-events.ts'
import type { CallContext } from './call-context.ts'
import { hardwareFor } from './hardware-for-caller.ts'

/** The engine's events as `caller` may see them: who else watches, addresses of others and secrets are for owners. */
export function eventsFor(context: CallContext): EventSource {
  const { engine, access, share, caller } = context
  const mayKnow = caller.role === 'owner'
  const settingsFor = (settings: Settings): Settings => (mayKnow ? settings : withoutSecrets(settings))
  const viewersFor = (viewers: readonly ViewerInfo[]): ViewerInfo[] =>
    mayKnow ? [...viewers] : engine.viewers.list(caller.id).map((viewer) => ({ ...viewer, address: '' }))

  const project = (event: EngineEvent): EngineEvent => {
    switch (event.type) {
      case 'settingsChanged':
        return { ...event, settings: settingsFor(event.settings) }
      case 'hardwareChanged':
        return { ...event, hardware: hardwareFor(caller, event.hardware) }
      case 'viewersChanged':
        return { ...event, viewers: viewersFor(event.viewers) }
      default:
        return event
    }
  }
  return {
    snapshot: (): EngineSnapshot => {
      const state = engine.snapshot()
      return {
        type: 'snapshot',
        ...state,
        hardware: hardwareFor(caller, state.hardware),
        settings: settingsFor(state.settings),
        viewers: viewersFor(state.viewers),
        caller,
        control: controlFor(caller, access.control()),
        sharing: share.state(),
      }
    },
    on: (listener) => {
      const ends = [
        engine.on((event) => listener(project(event))),
        access.onControl((control) =>
          listener({ type: 'controlChanged', control: controlFor(caller, control) }),
        ),
        share.on((sharing) => listener({ type: 'sharingChanged', sharing })),
        access.present(caller),
      ]
      return () => {
        for (const end of ends) end()
      }
    },
  }
}

/** Who operates, as `caller` may know it. */
export function controlFor(caller: Caller, { holder, request }: ControlState): ControlState {
  const shown = (other: Caller): Caller => (caller.role === 'owner' ? other : { ...other, address: '' })
  return {
    ...(holder === undefined ? {} : { holder: shown(holder) }),
    ...(request === undefined ? {} : { request: { ...request, caller: shown(request.caller) } }),
  }
}

/**
 * Settings without what lets others act in our name. TURN credentials stay: viewers need them. Of a media server only
 * the origin is told, as many carry the key of a stream in the path or query.
 */
export function withoutSecrets({ whip, remote, ...settings }: Settings): Settings {
  const { certificateFile: _certificate, keyFile: _key, ...shared } = remote
  return {
    ...settings,
    remote: shared,
    ...(whip === undefined
      ? {}
      : { whip: { ...whip, url: new URL(whip.url).origin, bearerToken: undefined } }),
  }
}
