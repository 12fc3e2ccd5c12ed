import { networkInterfaces } from 'node:os'
import type { NetworkInterface } from '../../src-shared/hardware.ts'

/** IPv4 addresses of this computer; `chosen` names the interfaces that the user has chosen to search. */
export function listInterfaces(chosen: readonly string[]): NetworkInterface[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ family }) => family === 'IPv4')
      .map(({ address, netmask, internal }) => ({
        name,
        address,
        netmask,
        loopback: internal,
        chosen: chosen.includes(name),
      })),
  )
}

/** Whether `address` is in the network of `own`; undefined when it is no IPv4 address. */
export function isInNetwork(
  address: string,
  own: Pick<NetworkInterface, 'address' | 'netmask'>,
): boolean | undefined {
  const [there, here, mask] = [address, own.address, own.netmask].map(ipv4Number)
  if (there === undefined || here === undefined || mask === undefined) return undefined
  return (there & mask) === (here & mask)
}

/** An IPv4 address in dotted-decimal notation as 32 bits; undefined when it is none. */
function ipv4Number(address: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address)?.slice(1).map(Number)
  if (parts === undefined || parts.some((part) => part > 255)) return undefined
  return parts.reduce((number, part) => (number << 8) | part, 0)
}
