/** Views of the engine's state that several components need. */
import type { DeviceKind, DeviceState, PropertyDescriptor } from '../../src-shared/devices.ts'
import type { ActiveStream } from '../../src-shared/live-view.ts'
import type { Protocol } from '../../src-shared/stream-params.ts'
import type { EngineState } from './engine-state.ts'
import type { ViewState } from './view-store.ts'

/** Protocols whose frames this UI shows; the others are for other programs. */
const shownProtocols: ReadonlySet<Protocol> = new Set(['binary', 'jpeg'])

export function deviceById(state: EngineState, id: string | undefined): DeviceState | undefined {
  return state.devices.find((device) => device.id === id)
}

export function devicesOf(devices: readonly DeviceState[], kind: DeviceKind): readonly DeviceState[] {
  return devices.filter((device) => device.description.kind === kind)
}

/** The camera on show: the one chosen last if it is there, else the first that is ready, else the first. */
export function currentDetector(engine: EngineState, view: ViewState): string | undefined {
  const cameras = devicesOf(engine.devices, 'camera')
  if (cameras.some((camera) => camera.id === view.detector)) return view.detector
  return (cameras.find((camera) => camera.status.state === 'ready') ?? cameras[0])?.id
}

/** The stream of `detector` that this UI shows, or any other of it. */
export function streamOf(
  streams: readonly ActiveStream[],
  detector: string | undefined,
): ActiveStream | undefined {
  const own = streams.filter((stream) => stream.detectorName === detector)
  return own.find((stream) => shownProtocols.has(stream.protocol)) ?? own[0]
}

export function isShownHere(protocol: Protocol): boolean {
  return shownProtocols.has(protocol)
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

export function propertyOf(device: DeviceState | undefined, name: string): PropertyDescriptor | undefined {
  return device?.properties.find((property) => property.name === name)
}

/** The channel preset whose settings all hold now, or undefined. */
export function activePreset(state: EngineState, group: string): string | undefined {
  return state.presets.find(
    (preset) =>
      preset.group === group &&
      preset.settings.length > 0 &&
      preset.settings.every(
        ({ deviceId, property, value }) => propertyOf(deviceById(state, deviceId), property)?.value === value,
      ),
  )?.name
}
