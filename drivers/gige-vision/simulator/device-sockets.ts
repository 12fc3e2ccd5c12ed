import type { Socket } from 'node:dgram'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { GigeSimulatorSettings } from './simulator-options.ts'
import { bindUdp } from './udp-socket.ts'

const streamBufferBytes = 4 << 20

/** The camera's sockets, on its address. */
export type DeviceSockets = {
  readonly control: Socket
  readonly stream: Socket
  readonly messages: Socket
  /** Hears broadcasts to the control port; undefined where that was not asked for, or is not possible. */
  readonly broadcast: Socket | undefined
  /** Why it is not possible. */
  readonly broadcastProblem: string | undefined
}

/** @throws CoverslipError `PORT_IN_USE` or `DEVICE_UNAVAILABLE` when the address cannot be had. */
export async function openDeviceSockets(settings: GigeSimulatorSettings): Promise<DeviceSockets> {
  const { address, port, broadcast } = settings
  const opened: Socket[] = []
  const open = async (...options: Parameters<typeof bindUdp>) => {
    const socket = await bindUdp(...options)
    opened.push(socket)
    return socket
  }
  try {
    const control = await open(address, port)
    const stream = await open(address, 0, { sendBufferSize: streamBufferBytes })
    const messages = await open(address, 0)
    const hears = broadcast ? await openBroadcast(control.address().port) : {}
    return { control, stream, messages, broadcast: undefined, broadcastProblem: undefined, ...hears }
  } catch (error) {
    for (const socket of opened) socket.close()
    throw error
  }
}

/** The socket that hears broadcasts alone. Not all systems have such a thing: then it is said why not. */
async function openBroadcast(port: number): Promise<Partial<DeviceSockets>> {
  try {
    return { broadcast: await bindUdp('255.255.255.255', port, { reuseAddr: true }) }
  } catch (error) {
    return { broadcastProblem: CoverslipError.from(error).message }
  }
}

/** Closes all sockets of a device. */
export function closeDeviceSockets({ control, stream, messages, broadcast }: DeviceSockets): void {
  for (const socket of [control, stream, messages, broadcast]) socket?.close()
}
