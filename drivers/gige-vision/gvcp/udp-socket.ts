/** Opening UDP sockets with errors that say what to do. */
import { createSocket, type Socket, type SocketOptions } from 'node:dgram'
import { once } from 'node:events'
import { CoverslipError } from '../../../src-shared/errors.ts'

/**
 * A UDP socket bound to `address` of this computer, at a free port.
 * @throws CoverslipError DEVICE_UNAVAILABLE when this computer does not have that address, or has no socket left.
 */
export async function bindSocket(
  address: string,
  options: Omit<SocketOptions, 'type'> = {},
): Promise<Socket> {
  const socket = createSocket({ ...options, type: 'udp4' })
  try {
    const bound = once(socket, 'listening')
    socket.bind(0, address)
    await bound
    return socket
  } catch (error) {
    socket.close()
    throw new CoverslipError('DEVICE_UNAVAILABLE', `No UDP socket could be opened on ${address}`, {
      hint: `Check that a network interface of this computer has the address ${address} and is up.`,
      cause: error,
    })
  }
}

/**
 * The address of this computer from which `deviceAddress` is reached, by the system's routes; nothing is sent.
 * @throws CoverslipError DEVICE_UNAVAILABLE when there is no way to it.
 */
export async function localAddressTowards(deviceAddress: string, port: number): Promise<string> {
  const socket = createSocket('udp4')
  try {
    const connected = once(socket, 'connect')
    socket.connect(port, deviceAddress)
    await connected
    return socket.address().address
  } catch (error) {
    throw new CoverslipError('DEVICE_UNAVAILABLE', `This computer has no way to ${deviceAddress}`, {
      hint: 'Check that the network cable is plugged in and that the interface has an address in the camera’s subnet.',
      cause: error,
    })
  } finally {
    socket.close()
  }
}
