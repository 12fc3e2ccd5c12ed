import type { DeviceState } from '../../src-shared/devices.ts'
import type { ConnectionInfo, Discovery, FoundConnection } from '../../src-shared/hardware.ts'

/** Says which of what was found is configured already: by its address, or by the serial number of a camera that is open. */
export function markConfigured(
  discovery: Discovery,
  connections: readonly ConnectionInfo[],
  devices: readonly DeviceState[],
): Discovery {
  const connectionOf = ({ driver, address, serialNumber }: FoundConnection): string | undefined => {
    const sameAddress = connections.find((known) => known.driver === driver && known.address === address)
    if (sameAddress !== undefined || serialNumber === undefined) return sameAddress?.id
    return devices.find(
      ({ driver: its, description }) =>
        its === driver && description.kind === 'camera' && description.serialNumber === serialNumber,
    )?.connectionId
  }
  return {
    ...discovery,
    found: discovery.found.map((found) => {
      const connectionId = connectionOf(found)
      return connectionId === undefined ? found : { ...found, connectionId }
    }),
  }
}
