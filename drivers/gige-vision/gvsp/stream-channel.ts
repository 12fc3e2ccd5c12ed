/** Stream channel 0 of a camera: where it sends to, in which packets. */
import type { Socket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { GvcpClient } from '../gvcp/gvcp-client.ts'
import { ipToNumber } from '../protocol/addresses.ts'
import { packetSizeFlags, streamChannel } from '../protocol/bootstrap-registers.ts'
import { ipUdpHeaderBytes } from '../protocol/gvsp-header.ts'
import { channelCapability, optionalRegister } from '../protocol/optional-registers.ts'

/**
 * Packet sizes that are tried, bytes with IP and UDP headers. The first is for networks with jumbo frames (MTU 9000):
 * not larger, because the kernel keeps a packet in memory of a power of two and charges the socket's buffer for all of
 * it, so that one of 8000 bytes costs 16 KiB and one of 7680 half as much; just so 3072 for smaller jumbo frames.
 */
const packetSizesToTry: readonly number[] = [7680, 3072, 1500]
/** What every network carries; for cameras that send no test packets. */
const safePacketSize = 1400
/** GigE Vision's own limits of the packet size. */
export const packetSizeLimits = { least: 576, most: 16_260 } as const

/** A test packet comes within this, or not at all, ms. */
const testPacketMs = 100
const testsPerSize = 2

/** A camera and the socket that its packets shall come to. */
export type StreamDestination = {
  readonly client: GvcpClient
  /** Bound to the address that the camera shall send to. */
  readonly socket: Socket
  readonly cameraAddress: string
}

/** Has the camera send to the socket from now on. */
export async function openChannel({ client, socket }: StreamDestination): Promise<void> {
  const { address, port } = socket.address()
  await client.writeRegister(streamChannel.destinationIp, ipToNumber(address))
  await client.writeRegister(streamChannel.port, port)
}

/** Has the camera send nothing more. */
export async function closeChannel(client: GvcpClient): Promise<void> {
  await client.writeRegister(streamChannel.port, 0)
}

/**
 * The port that the camera sends the packets of an open channel from; undefined where it does not tell, as older ones do
 * not. @throws CoverslipError DEVICE_TIMEOUT.
 */
export async function sourcePort(client: GvcpClient): Promise<number | undefined> {
  try {
    const capability = await client.readRegister(optionalRegister.gvspCapability)
    if ((capability & channelCapability.sourcePort) === 0) return undefined
    const port = (await client.readRegister(streamChannel.sourcePort)) & 0xffff
    return port === 0 ? undefined : port
  } catch (error) {
    // The register is optional.
    if (error instanceof CoverslipError && error.code !== 'DEVICE_TIMEOUT') return undefined
    throw error
  }
}

/**
 * The largest packet size that reaches the socket of an open channel, found by test packets; `safePacketSize` when the
 * camera sends none. Test packets may not be fragmented on their way.
 */
export async function findPacketSize(destination: StreamDestination): Promise<number> {
  for (const size of packetSizesToTry) {
    for (let test = 0; test < testsPerSize; test++) {
      if (await testPacketArrives(destination, size)) return size
    }
  }
  return safePacketSize
}

async function testPacketArrives(
  { client, socket, cameraAddress }: StreamDestination,
  size: number,
): Promise<boolean> {
  const arrived = new AbortController()
  const listen = (packet: Buffer, { address }: { address: string }) => {
    if (address === cameraAddress && packet.length === size - ipUdpHeaderBytes) arrived.abort()
  }
  socket.on('message', listen)
  try {
    const value = packetSizeFlags.fireTestPacket + packetSizeFlags.doNotFragment + size
    await client.writeRegister(streamChannel.packetSize, value)
    await delay(testPacketMs, undefined, { signal: arrived.signal })
    return false
  } catch (error) {
    if (arrived.signal.aborted) return true
    throw error
  } finally {
    socket.off('message', listen)
  }
}

/** Sets the packet size and returns what the camera made of it: it may round to sizes that it can send. */
export async function setPacketSize(client: GvcpClient, size: number): Promise<number> {
  await client.writeRegister(streamChannel.packetSize, size)
  return (await client.readRegister(streamChannel.packetSize)) & 0xffff
}

/** Sets the pause between packets, for links that several cameras share. */
export async function setPacketDelay(client: GvcpClient, ticks: number): Promise<void> {
  await client.writeRegister(streamChannel.packetDelay, ticks)
}
