import { CoverslipError } from '../../src-shared/errors.ts'
import type { DiscoveredConnection, DiscoveryRequest } from '../sdk/driver.ts'
import { announcedDevices } from './connect-devices.ts'
import { defaultPort } from './indi-options.ts'
import { IndiClient } from './protocol/indi-client.ts'

const loopback = '127.0.0.1'
const answerTimeoutMs = 2000

/**
 * Looks for a server on this computer's own address, if that was chosen. INDI has no discovery of its own, and other
 * computers are not tried: servers there are given by address.
 */
export async function discoverIndi({
  signal,
  interfaces,
}: DiscoveryRequest): Promise<readonly DiscoveredConnection[]> {
  if (!interfaces.includes(loopback) || signal.aborted) return []
  let client: IndiClient
  try {
    client = await IndiClient.connect({ host: loopback, port: defaultPort }, answerTimeoutMs)
  } catch (error) {
    // Nothing listens there: that is what a search finds out.
    if (error instanceof CoverslipError && error.code === 'DEVICE_UNAVAILABLE') return []
    throw error
  }
  const close = () => void client.close()
  signal.addEventListener('abort', close)
  try {
    const devices = await announcedDevices(client)
    const address = `${loopback}:${defaultPort}`
    return [{ address, title: 'INDI server on this computer', detail: devices.join(', ') }]
  } catch (error) {
    if (signal.aborted) return []
    throw error
  } finally {
    signal.removeEventListener('abort', close)
    await client.close()
  }
}
