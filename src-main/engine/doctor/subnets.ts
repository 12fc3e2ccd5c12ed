import type { DoctorCheck } from '../../../src-shared/doctor.ts'
import type { FoundConnection, NetworkInterface } from '../../../src-shared/hardware.ts'
import { isInNetwork } from '../../devices/network-interfaces.ts'

const title = 'Addresses of cameras'
/** These are found by broadcast, whatever their address is, and then must be reached by it without a router. */
const foundByBroadcast = new Set(['gige-vision'])

/** Whether the cameras that were found have addresses that this computer can reach. */
export function checkSubnets(
  interfaces: readonly NetworkInterface[],
  found: readonly FoundConnection[],
): readonly DoctorCheck[] {
  const cameras = found.filter(({ driver }) => foundByBroadcast.has(driver))
  if (cameras.length === 0) {
    const message = 'Not checked: the last search has found no network camera'
    return [{ id: 'subnet', title, state: 'unknown', message, hint: 'Press Find cameras, and check again.' }]
  }
  const unreachable = cameras.filter(({ address }) =>
    interfaces.every((own) => isInNetwork(address, own) === false),
  )
  if (unreachable.length === 0)
    return [
      { id: 'subnet', title, state: 'ok', message: 'All cameras found are in a network of this computer' },
    ]
  return unreachable.map((camera) => outside(camera, interfaces))
}

function outside(
  { address, title: name }: FoundConnection,
  interfaces: readonly NetworkInterface[],
): DoctorCheck {
  const own = interfaces.find(({ chosen, loopback }) => chosen && !loopback)
  const example = own === undefined ? '' : ` (such as one like ${own.address}, mask ${own.netmask})`
  return {
    id: `subnet:${address}`,
    title: `Address of ${name}`,
    state: 'problem',
    message: `${name} has the address ${address}, which is in no network of this computer`,
    hint: `Give the camera an address in the network of its cable${example} by the FORCEIP command of its maker’s tool, or give the network adapter an address and mask that include ${address}.`,
  }
}
