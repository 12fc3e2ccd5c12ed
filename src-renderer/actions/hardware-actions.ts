/** Connections, drivers, the search for cameras, the check-up. */
import type { DoctorReport } from '../../src-shared/doctor.ts'
import type {
  ConnectionChange,
  ConnectionInfo,
  NetworkInterface,
  NewConnection,
} from '../../src-shared/hardware.ts'
import type { CallFailure } from '../backend/call-failure.ts'
import { failureOf, type Outcome, outcome } from '../backend/outcome.ts'
import type { Services } from '../services.ts'
import { type DevicesPage, noteOutcome } from '../stores/session-store.ts'
import type { ViewState } from '../stores/view-store.ts'
import { changeSettings } from './device-actions.ts'

/** Shows the Devices view, at `page` or where it was left. */
export function showDevices({ view, session }: Services, page?: DevicesPage): void {
  if (page !== undefined) session.setState({ devicesPage: page })
  view.setState({ place: 'devices' })
}

/** Has one of the views fill the window. */
export function showPlace({ view }: Services, place: ViewState['place']): void {
  view.setState({ place })
}

/** Shows the live view. */
export function showLive({ view }: Services): void {
  view.setState({ place: 'live' })
}

/** Adds a connection; the answer comes when opening it was tried once, and tells how that went. */
export function addConnection(
  { backend }: Services,
  connection: NewConnection,
): Promise<Outcome<ConnectionInfo>> {
  return outcome(backend.client.hardware.addConnection(connection))
}

/** Changes a connection. Returns why it could not be changed. */
export function changeConnection(
  { backend }: Services,
  connectionId: string,
  change: ConnectionChange,
): Promise<CallFailure | undefined> {
  return failureOf(backend.client.hardware.changeConnection({ connectionId, ...change }))
}

/** Removes a connection. Returns why it could not be removed. */
export function removeConnection(
  { backend }: Services,
  connectionId: string,
): Promise<CallFailure | undefined> {
  return failureOf(backend.client.hardware.removeConnection({ connectionId }))
}

/** Tries a lost connection again now. */
export async function reconnect({ backend, engine, session }: Services, connectionId: string): Promise<void> {
  const { connections } = engine.getState().hardware
  const title = connections.find(({ id }) => id === connectionId)?.title ?? connectionId
  const failure = await failureOf(backend.client.hardware.reconnect({ connectionId }))
  noteOutcome(session, `Reconnecting ${title} failed`, failure)
}

/** Gives a device another name; undefined: its own. */
export function renameDevice(
  { backend }: Services,
  deviceId: string,
  name: string | undefined,
): Promise<CallFailure | undefined> {
  return failureOf(backend.client.devices.rename({ deviceId, ...(name === undefined ? {} : { name }) }))
}

/** Forgets what is restored when the device is opened again. */
export function forgetSettings({ backend }: Services, deviceId: string): Promise<CallFailure | undefined> {
  return failureOf(backend.client.devices.forgetSettings({ deviceId }))
}

/** This computer's network interfaces. */
export function listInterfaces({ backend }: Services): Promise<Outcome<NetworkInterface[]>> {
  return outcome(backend.client.hardware.interfaces())
}

/** Chooses by their names on which of the computer's interfaces cameras are searched, now and later. */
export function chooseInterfaces(
  services: Services,
  names: readonly string[],
): Promise<CallFailure | undefined> {
  return changeSettings(services, { searchInterfaces: [...names] })
}

/** Calibrates a camera with one objective, µm; undefined: it is not known any more. Returns why that was refused. */
export function setPixelSize(
  services: Services,
  {
    cameraId,
    objective,
    um,
  }: { readonly cameraId: string; readonly objective: string; readonly um: number | undefined },
): Promise<CallFailure | undefined> {
  const all = services.engine.getState().settings?.pixelSizes ?? {}
  const { [objective]: _before, ...others } = all[cameraId] ?? {}
  const sizes = um === undefined ? others : { ...others, [objective]: um }
  return changeSettings(services, { pixelSizes: { ...all, [cameraId]: sizes } })
}

/** Shows the search; where it was chosen before on which networks to search, it begins at once. */
export function openSearch(services: Services): void {
  const { settings, hardware } = services.engine.getState()
  showDevices(services, { kind: 'find' })
  if (hardware.discovery.running || (settings?.searchInterfaces.length ?? 0) === 0) return
  void findCameras(services).then((failure) => {
    noteOutcome(services.session, 'The search did not begin', failure)
  })
}

/** Searches on the chosen interfaces; results come by events. */
export function findCameras({ backend }: Services): Promise<CallFailure | undefined> {
  return failureOf(backend.client.hardware.discover())
}

/** Ends the search for hardware. Returns why that failed. */
export function endSearch({ backend }: Services): Promise<CallFailure | undefined> {
  return failureOf(backend.client.hardware.cancelDiscovery())
}

/** Looks into the user's driver folder again; what is there comes by events. */
export function scanDrivers({ backend }: Services): Promise<CallFailure | undefined> {
  return failureOf(backend.client.hardware.scanDrivers())
}

/** Allows a driver of the user's folder to run, as long as its files have this hash. */
export function allowDriver(
  { backend }: Services,
  driver: string,
  hash: string,
): Promise<CallFailure | undefined> {
  return failureOf(backend.client.hardware.allowDriver({ driver, hash }))
}

/** Takes back what was allowed to a driver of the user. Returns why that failed. */
export function forbidDriver({ backend }: Services, driver: string): Promise<CallFailure | undefined> {
  return failureOf(backend.client.hardware.forbidDriver({ driver }))
}

/** Checks what commonly keeps hardware from working. */
export function runCheckUp({ backend }: Services): Promise<Outcome<DoctorReport>> {
  return outcome(backend.client.hardware.doctor())
}
