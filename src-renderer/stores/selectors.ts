/** Views of the engine's state that several components need. */
import type { DeviceKind, DeviceState, PropertyDescriptor } from '../../src-shared/devices.ts'
import type { ConnectionInfo } from '../../src-shared/hardware.ts'
import type { ActiveStream, StreamStats } from '../../src-shared/live-view.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import { type EngineState, statsKey } from './engine-state.ts'
import type { ViewState } from './view-store.ts'

/** Where a camera streams by several protocols and none was chosen, the best one is watched. */
const preference: readonly Protocol[] = ['binary', 'jpeg', 'mjpeg', 'webrtc']

/** The device of this id, if there is one. */
export function deviceById(state: EngineState, id: string | undefined): DeviceState | undefined {
  return state.devices.find((device) => device.id === id)
}

/** Name of a device for messages. */
export function deviceName(state: EngineState, id: string): string {
  return deviceById(state, id)?.description.name ?? id
}

/** Whether what a connection leads to is simulated: says its driver, or each of its devices. */
export function isDemo({ hardware, devices }: EngineState, { id, driver }: ConnectionInfo): boolean {
  return (
    hardware.drivers.some((known) => known.id === driver && known.demo) ||
    devices.some(({ connectionId, demo }) => connectionId === id && demo)
  )
}

/** The devices of one kind. */
export function devicesOf(devices: readonly DeviceState[], kind: DeviceKind): readonly DeviceState[] {
  return devices.filter((device) => device.description.kind === kind)
}

/** The stream of `detector` that is watched here: of the protocol chosen for it, or else of the best that runs. */
export function streamOf(
  streams: readonly ActiveStream[],
  detector: string | undefined,
  chosen?: Protocol,
): ActiveStream | undefined {
  const own = streams.filter((stream) => stream.detectorName === detector)
  const rank = ({ protocol }: ActiveStream) => (protocol === chosen ? -1 : preference.indexOf(protocol))
  return own.toSorted((a, b) => rank(a) - rank(b))[0]
}

/** The stream of `detector` that is watched on this page. */
export function currentStream(
  engine: EngineState,
  view: ViewState,
  detector: string | undefined,
): ActiveStream | undefined {
  return streamOf(engine.streams, detector, detector === undefined ? undefined : view.protocols[detector])
}

/** Whether several protocols may run at once, so that each viewer chooses by which to watch. */
export function isConcurrent({ settings }: EngineState): boolean {
  return settings?.sharing === 'concurrent'
}

/**
 * The protocol by which `detector` is watched, undefined while it does not stream. WebRTC may be chosen beside a
 * running stream: its first viewer starts it.
 */
export function watchedProtocol(
  engine: EngineState,
  view: ViewState,
  detector: string | undefined,
): Protocol | undefined {
  const stream = currentStream(engine, view, detector)
  if (stream === undefined) return undefined
  return isConcurrent(engine) && view.protocols[stream.detectorName] === 'webrtc' ? 'webrtc' : stream.protocol
}

/** The newest statistics of a stream. */
export function statsOf(
  engine: EngineState,
  detector: string | undefined,
  protocol: Protocol | undefined,
): StreamStats | undefined {
  return detector === undefined || protocol === undefined
    ? undefined
    : engine.stats[statsKey({ detectorName: detector, protocol })]
}

/** The protocol that a start of `detector` would use: chosen here, used last, or the host's default. */
export function nextProtocol(engine: EngineState, view: ViewState, detector: string | undefined): Protocol {
  const available = engine.info?.protocols ?? []
  const wanted = [
    detector === undefined ? undefined : view.protocols[detector],
    detector === undefined ? undefined : engine.settings?.lastProtocol[detector],
    engine.settings?.defaultProtocol,
  ]
  return (
    wanted.find((protocol) => protocol !== undefined && available.includes(protocol)) ??
    available[0] ??
    'binary'
  )
}

/** The stage that moves the specimen: the first with x and y, or undefined. */
export function xyStage(devices: readonly DeviceState[]): DeviceState | undefined {
  return devices.find(
    ({ description }) =>
      description.kind === 'stage' && description.axes.x !== undefined && description.axes.y !== undefined,
  )
}

/** The stage that focuses, or undefined. */
export function focusStage(devices: readonly DeviceState[]): DeviceState | undefined {
  return devices.find(({ description }) => description.kind === 'stage' && description.axes.z !== undefined)
}

/** A property of a device, if it has it. */
export function propertyOf(device: DeviceState | undefined, name: string): PropertyDescriptor | undefined {
  return device?.properties.find((property) => property.name === name)
}

/** The preset of `group` whose settings all hold now, of several the one that says most; or undefined. */
export function activePreset(state: EngineState, group: string): string | undefined {
  const holding = state.presets.filter(
    (preset) =>
      preset.group === group &&
      preset.settings.length > 0 &&
      preset.settings.every(
        ({ deviceId, property, value }) => propertyOf(deviceById(state, deviceId), property)?.value === value,
      ),
  )
  return holding.toSorted((a, b) => b.settings.length - a.settings.length)[0]?.name
}
