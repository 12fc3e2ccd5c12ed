/** Giving a device its IP address: at once (FORCEIP) or for good (persistent IP). */
import { ipFromNumber, ipToNumber } from '../protocol/addresses.ts'
import { bootstrap, ipConfiguration } from '../protocol/bootstrap-registers.ts'
import type { IpConfiguration } from '../protocol/gvcp-packet.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { broadcast, limitedBroadcast } from './broadcast.ts'
import type { GvcpClient } from './gvcp-client.ts'

/** An address that a device shall have until it is switched off. */
export type ForceIp = IpConfiguration & {
  /** Address of the interface at which the device is. */
  readonly interfaceAddress: string
  /** Of the device: `00:11:22:aa:bb:cc`. */
  readonly mac: string
  readonly port?: number
  /** How long the device may take, ms. */
  readonly waitMs: number
}

/**
 * Gives the device with a MAC an address until it is switched off, even when it is in another subnet.
 * @throws CoverslipError DEVICE_TIMEOUT when no device confirms it.
 */
export async function forceIp({ interfaceAddress, port, waitMs, ...configuration }: ForceIp): Promise<void> {
  let confirmed = false
  await broadcast({
    interfaceAddress,
    target: limitedBroadcast,
    waitMs,
    ...(port === undefined ? {} : { port }),
    command: { kind: 'forceIp', ...configuration },
    answered: (ack) => {
      confirmed ||= ack.kind === 'forceIp'
      return confirmed
    },
  })
  if (confirmed) return
  const { mac, ip } = configuration
  throw new CoverslipError('DEVICE_TIMEOUT', `The camera ${mac} did not take the address ${ip}`, {
    hint: 'Check the MAC (it is printed on the camera), the cable, and that no program controls the camera.',
  })
}

/** The address that the device takes when it is switched on, if that is enabled. */
export async function readPersistentIp(
  client: GvcpClient,
): Promise<IpConfiguration & { readonly enabled: boolean }> {
  const current = await client.readRegister(bootstrap.ipCurrent)
  return {
    enabled: (current & ipConfiguration.persistent) !== 0,
    ip: ipFromNumber(await client.readRegister(bootstrap.persistentIp)),
    subnetMask: ipFromNumber(await client.readRegister(bootstrap.persistentSubnetMask)),
    gateway: ipFromNumber(await client.readRegister(bootstrap.persistentGateway)),
  }
}

/**
 * Has the device use this address from the next time on that it is switched on. Needs control.
 * @throws CoverslipError INVALID_INPUT when the device cannot.
 */
export async function writePersistentIp(client: GvcpClient, configuration: IpConfiguration): Promise<void> {
  const options = await client.readRegister(bootstrap.ipOptions)
  if ((options & ipConfiguration.persistent) === 0) {
    throw new CoverslipError('INVALID_INPUT', `${client.deviceName} cannot keep an address`, {
      hint: 'Give it one by DHCP.',
    })
  }
  await client.writeRegister(bootstrap.persistentIp, ipToNumber(configuration.ip))
  await client.writeRegister(bootstrap.persistentSubnetMask, ipToNumber(configuration.subnetMask))
  await client.writeRegister(bootstrap.persistentGateway, ipToNumber(configuration.gateway))
  const current = await client.readRegister(bootstrap.ipCurrent)
  await client.writeRegister(bootstrap.ipCurrent, (current | ipConfiguration.persistent) >>> 0)
}
