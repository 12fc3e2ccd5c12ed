import type { ConnectionInfo } from '../../../src-shared/hardware.ts'
import type { DevicesPage } from '../../stores/session-store.ts'

/** Where to go when a connection was added: to its device, or to what is wrong with it. */
export function pageOf({ id, status, deviceIds }: ConnectionInfo): DevicesPage {
  const [deviceId] = deviceIds
  return status.state === 'ready' && deviceId !== undefined && deviceIds.length === 1
    ? { kind: 'device', deviceId }
    : { kind: 'connection', connectionId: id }
}
