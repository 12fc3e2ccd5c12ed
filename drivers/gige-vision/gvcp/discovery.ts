/** Finding GigE Vision devices. */
import { type DiscoveryData, decodeDiscoveryData } from '../protocol/discovery-data.ts'
import { broadcast, limitedBroadcast } from './broadcast.ts'

/** A device that has answered. */
export type FoundDevice = {
  readonly data: DiscoveryData
  /** Address of this computer's interface on which it was found. */
  readonly interfaceAddress: string
}

/** Where devices are searched for, and until when. */
export type DiscoveryOptions = {
  /** Addresses of this computer's interfaces to search; nothing is sent on any other. */
  readonly interfaces: readonly string[]
  /** Ask this address only; absent: all devices, by broadcast. */
  readonly target?: string
  readonly port?: number
  readonly waitMs: number
  readonly signal?: AbortSignal
}

/**
 * All devices that answer within `waitMs`, each once. An interface that cannot be searched does not hide what others
 * found. @throws CoverslipError DEVICE_UNAVAILABLE when none of the interfaces could be searched.
 */
export async function discoverDevices(options: DiscoveryOptions): Promise<readonly FoundDevice[]> {
  const { interfaces, target = limitedBroadcast, port, waitMs, signal } = options
  const found = new Map<string, FoundDevice>()
  const searches = await Promise.allSettled(
    interfaces.map((interfaceAddress) =>
      broadcast({
        interfaceAddress,
        target,
        waitMs,
        ...(port === undefined ? {} : { port }),
        ...(signal === undefined ? {} : { signal }),
        command: { kind: 'discovery', allowBroadcastAck: true },
        answered: (ack) => {
          const data = ack.kind === 'discovery' ? decodeDiscoveryData(ack.data) : undefined
          if (data === undefined) return false
          // The serial number besides the MAC: simulated devices may share one.
          const key = `${data.mac} ${data.serialNumber} ${data.ip}`
          if (!found.has(key)) found.set(key, { data, interfaceAddress })
          return target !== limitedBroadcast
        },
      }),
    ),
  )
  const failure = searches.find((search) => search.status === 'rejected')
  if (failure !== undefined && searches.every((search) => search.status === 'rejected')) throw failure.reason
  return [...found.values()]
}
