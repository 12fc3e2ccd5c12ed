/** The UDP socket that a stream comes in by. */
import type { Socket } from 'node:dgram'
import { bindSocket } from '../gvcp/udp-socket.ts'

/** Less than this cannot hold the packets that come while the thread does something else, bytes. */
const leastBufferBytes = 256 * 1024

/**
 * A socket with a receive buffer of `bufferBytes`, or what the system allows: Linux cuts the wish silently to
 * `net.core.rmem_max`, others refuse what is too much, then half of it is asked for.
 * @throws CoverslipError DEVICE_UNAVAILABLE when this computer does not have `localAddress`.
 */
export async function openStreamSocket(localAddress: string, bufferBytes: number): Promise<Socket> {
  for (let wished = bufferBytes; ; wished = Math.floor(wished / 2)) {
    try {
      return await bindSocket(localAddress, { recvBufferSize: wished })
    } catch (error) {
      if (wished <= leastBufferBytes) throw error
    }
  }
}
