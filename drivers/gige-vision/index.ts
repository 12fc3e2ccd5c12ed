/** GigE Vision cameras of any maker, without the maker's software: GVCP, GVSP and GenICam in plain TypeScript. */
import type { Connection, DiscoveredConnection, Driver } from '../sdk/driver.ts'
import { openCameraSession } from './camera-session.ts'
import { GigeCamera } from './gige-camera.ts'
import { discoverDevices, type FoundDevice } from './gvcp/discovery.ts'
import { parseAddress, parseOptions } from './options.ts'
import { ipToNumber } from './protocol/addresses.ts'

/** Answers to a discovery may be delayed by up to a second, so that those of many devices do not collide. */
const discoveryMs = 1500

async function connect(address: string, options: Readonly<Record<string, unknown>>): Promise<Connection> {
  const parsed = parseOptions(options)
  const session = await openCameraSession(parseAddress(address), parsed)
  try {
    const camera = await GigeCamera.open(session, parsed)
    return {
      devices: [camera],
      onLost: (listener) => session.onLost(listener),
      close: () => camera.close(),
    }
  } catch (error) {
    await session.close()
    throw error
  }
}

function discovered({ data, interfaceAddress }: FoundDevice): DiscoveredConnection {
  const { ip, subnetMask, mac, manufacturer, model, userName, serialNumber } = data
  const isNear = ((ipToNumber(ip) ^ ipToNumber(interfaceAddress)) & ipToNumber(subnetMask)) === 0
  return {
    address: ip,
    title: userName || [manufacturer, model].filter(Boolean).join(' ') || 'GigE Vision camera',
    detail: [
      manufacturer,
      model,
      serialNumber && `serial number ${serialNumber}`,
      mac,
      isNear
        ? ''
        : `its address is in another subnet than ${interfaceAddress} (see docs/cameras.md, forceIp)`,
    ]
      .filter(Boolean)
      .join(', '),
    ...(serialNumber === '' ? {} : { serialNumber }),
    options: { interface: interfaceAddress },
  }
}

const driver: Driver = {
  manifest: {
    id: 'gige-vision',
    name: 'GigE Vision',
    description: 'Cameras on the network that speak GigE Vision and GenICam, of any maker.',
    demo: false,
    permissions: ['network', 'files'],
    addressHint: 'IP address of the camera: 192.168.0.10',
  },
  discover: async ({ signal, interfaces }) => {
    if (interfaces.length === 0) return []
    const found = await discoverDevices({ interfaces, signal, waitMs: discoveryMs })
    return found.map(discovered)
  },
  open: connect,
}

export default driver
