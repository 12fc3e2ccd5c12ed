/** What the UI knows of the engine, as a pure function of the event stream. */
import type { AcquisitionStatus, PlanStatus } from '../../src-shared/acquisition/acquisition-status.ts'
import type { Caller, ControlState } from '../../src-shared/access.ts'
import type { Alert } from '../../src-shared/alerts.ts'
import type { EngineEvent, HostInfo } from '../../src-shared/contract/events.ts'
import type { DeviceState, KnownPreset } from '../../src-shared/devices.ts'
import type { FocusStatus } from '../../src-shared/focus.ts'
import type { HardwareState } from '../../src-shared/hardware.ts'
import type { ActiveStream, StreamStats } from '../../src-shared/live-view.ts'
import type { Settings } from '../../src-shared/settings.ts'
import type { SharingState } from '../../src-shared/sharing.ts'
import type { ViewerInfo } from '../../src-shared/viewers.ts'
import { keepProperties } from './keep-properties.ts'

/** Whether the engine can be heard. */
export type EngineConnection =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  /** `retryAt`: Unix time of the next attempt, ms. */
  | { readonly state: 'lost'; readonly message: string; readonly retryAt: number }
  /** The host does not let this page in any more; it is not tried again. */
  | { readonly state: 'refused'; readonly message: string; readonly hint: string | undefined }

/** A live view that the engine ended by itself. */
export type StreamEnd = {
  readonly detectorName: string
  readonly reason: 'failed' | 'long_exposure'
}

/** All that the engine has told. */
export type EngineState = {
  readonly connection: EngineConnection
  /** True once a snapshot has come; what follows stays visible while the connection is lost. */
  readonly synchronised: boolean
  readonly info: HostInfo | undefined
  readonly devices: readonly DeviceState[]
  readonly presets: readonly KnownPreset[]
  readonly hardware: HardwareState
  readonly streams: readonly ActiveStream[]
  /** Newest statistics by `statsKey`. */
  readonly stats: Readonly<Record<string, StreamStats>>
  readonly alerts: readonly Alert[]
  readonly settings: Settings | undefined
  /** Who this page acts for. */
  readonly caller: Caller | undefined
  /** Who operates, or asks to. */
  readonly control: ControlState
  readonly viewers: readonly ViewerInfo[]
  readonly sharing: SharingState
  /** What is being recorded, or was last. */
  readonly recording: AcquisitionStatus | undefined
  /** The plan that runs, or ran last. */
  readonly acquisition: PlanStatus | undefined
  /** The search for the focus that is under way, or was the last. */
  readonly focus: FocusStatus | undefined
  /** Grows with each change of what was kept. */
  readonly galleryChanges: number
  /** The last live view that ended on its own, until its detector streams again. */
  readonly ended: StreamEnd | undefined
}

/** The state before it has told anything. */
export const initialEngineState: EngineState = {
  connection: { state: 'connecting' },
  synchronised: false,
  info: undefined,
  devices: [],
  presets: [],
  hardware: { connections: [], drivers: [], discovery: { running: false, drivers: [], found: [] } },
  streams: [],
  stats: {},
  alerts: [],
  settings: undefined,
  caller: undefined,
  control: {},
  viewers: [],
  sharing: { state: 'off' },
  recording: undefined,
  acquisition: undefined,
  focus: undefined,
  galleryChanges: 0,
  ended: undefined,
}

/** Key of a stream's statistics: a detector may stream by several protocols. */
export function statsKey({ detectorName, protocol }: Pick<StreamStats, 'detectorName' | 'protocol'>): string {
  return `${protocol}:${detectorName}`
}

/** `list` with `item` in place of the element it matches, or added at the end. */
function upsert<T>(list: readonly T[], item: T, matches: (candidate: T) => boolean): readonly T[] {
  const index = list.findIndex(matches)
  return index < 0 ? [...list, item] : list.with(index, item)
}

function withToldDevice(state: EngineState, device: DeviceState): EngineState {
  const known = state.devices.find(({ id }) => id === device.id)
  const properties =
    known === undefined ? device.properties : keepProperties(known.properties, device.properties)
  return {
    ...state,
    devices: upsert(state.devices, { ...device, properties }, ({ id }) => id === device.id),
  }
}

function withStream(state: EngineState, stream: ActiveStream): EngineState {
  const streams = upsert(
    state.streams,
    stream,
    (other) => other.detectorName === stream.detectorName && other.protocol === stream.protocol,
  )
  return state.ended?.detectorName === stream.detectorName
    ? { ...state, streams, ended: undefined }
    : { ...state, streams }
}

function withoutStream(
  state: EngineState,
  event: Extract<EngineEvent, { type: 'streamStopped' }>,
): EngineState {
  const streams = state.streams.filter(
    (stream) => stream.detectorName !== event.detectorName || stream.protocol !== event.protocol,
  )
  const { [statsKey(event)]: _, ...stats } = state.stats
  const ended: StreamEnd | undefined =
    event.reason === 'request' || event.reason === 'no_viewer'
      ? state.ended
      : { detectorName: event.detectorName, reason: event.reason }
  return { ...state, streams, stats, ended }
}

function withDevice(state: EngineState, deviceId: string, change: Partial<DeviceState>): EngineState {
  const index = state.devices.findIndex(({ id }) => id === deviceId)
  const device = state.devices[index]
  if (device === undefined) return state
  return { ...state, devices: state.devices.with(index, { ...device, ...change }) }
}

/** The state after `event`. Untouched parts keep their identity, so that subscribers to them do not re-render. */
export function reduceEngineEvent(state: EngineState, event: EngineEvent): EngineState {
  switch (event.type) {
    case 'snapshot':
      return {
        ...state,
        connection: { state: 'connected' },
        synchronised: true,
        devices: event.devices,
        presets: event.presets,
        hardware: event.hardware,
        streams: event.streams,
        alerts: event.alerts,
        settings: event.settings,
        caller: event.caller,
        control: event.control,
        viewers: event.viewers,
        sharing: event.sharing,
        recording: event.recording,
        acquisition: event.acquisition,
        focus: event.focus,
        // It may have changed while nobody listened.
        galleryChanges: state.galleryChanges + 1,
        stats: {},
        ended: undefined,
      }
    case 'deviceChanged':
      return withToldDevice(state, event.device)
    case 'deviceRemoved':
      return { ...state, devices: state.devices.filter((device) => device.id !== event.deviceId) }
    case 'healthChanged':
      return withDevice(state, event.deviceId, { health: event.health })
    case 'stageMoved':
      return withDevice(state, event.deviceId, { position: event.position })
    case 'presetsChanged':
      return { ...state, presets: event.presets }
    case 'hardwareChanged':
      return { ...state, hardware: event.hardware }
    case 'streamStarted':
    case 'streamChanged':
      return withStream(state, event.stream)
    case 'streamStopped':
      return withoutStream(state, event)
    case 'streamStats':
      return { ...state, stats: { ...state.stats, [statsKey(event.stats)]: event.stats } }
    case 'recordingChanged':
      return { ...state, recording: event.recording }
    case 'acquisitionChanged':
      return { ...state, acquisition: event.acquisition }
    case 'focusChanged':
      return { ...state, focus: event.focus }
    case 'galleryChanged':
      return { ...state, galleryChanges: state.galleryChanges + 1 }
    case 'alertRaised':
      return { ...state, alerts: upsert(state.alerts, event.alert, (alert) => alert.id === event.alert.id) }
    case 'alertCleared':
      return { ...state, alerts: state.alerts.filter((alert) => alert.id !== event.alertId) }
    case 'controlChanged':
      return { ...state, control: event.control }
    case 'viewersChanged':
      return { ...state, viewers: event.viewers }
    case 'sharingChanged':
      return { ...state, sharing: event.sharing }
    case 'settingsChanged':
      return { ...state, settings: event.settings }
  }
}
