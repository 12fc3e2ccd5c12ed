import { networkInterfaces } from 'node:os'

/** Addresses of this computer. */
export type MachineAddresses = { readonly v4: readonly string[]; readonly v6: readonly string[] }

/** Addresses under which other computers reach this one. */
export function machineAddresses(): MachineAddresses {
  const all = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal)
  return {
    v4: all.filter(({ family }) => family === 'IPv4').map(({ address }) => address),
    // Link-local addresses need the name of an interface, which differs on every computer.
    v6: all
      .filter(({ family, address }) => family === 'IPv6' && !address.startsWith('fe80:'))
      .map(({ address }) => address),
  }
}

/** Names and addresses that a server bound to `host` answers to; `0.0.0.0` and `::` mean all of this computer. */
export function reachableHosts(host: string, addresses: MachineAddresses = machineAddresses()): string[] {
  if (host === '0.0.0.0') return orLoopback(addresses.v4)
  if (host === '::') return orLoopback([...addresses.v4, ...addresses.v6])
  return [host]
}

/** `http://host:port`, with IPv6 addresses in brackets. */
export function serverUrl(scheme: 'http' | 'https', host: string, port: number): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

const orLoopback = (hosts: readonly string[]): string[] => (hosts.length === 0 ? ['127.0.0.1'] : [...hosts])
