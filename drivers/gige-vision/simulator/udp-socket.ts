import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { CoverslipError } from '../../../src-shared/errors.ts'

/** Addresses are given as numbers: without a lookup, a datagram is handed to the system at once. */
function lookup(
  hostname: string,
  _options: unknown,
  callback: (error: null, address: string, family: number) => void,
): void {
  callback(null, hostname, 4)
}

/** A UDP socket, bound. @throws CoverslipError `PORT_IN_USE` or `DEVICE_UNAVAILABLE`. */
export async function bindUdp(
  address: string,
  port: number,
  options: { reuseAddr?: boolean; sendBufferSize?: number } = {},
): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', lookup, ...options })
  // Without a lookup it may be bound before `bind` returns.
  const listening = once(socket, 'listening')
  socket.bind({ address, port, exclusive: true })
  try {
    await listening
  } catch (error) {
    socket.close()
    throw bindError(error, address, port)
  }
  return socket
}

function bindError(error: unknown, address: string, port: number): CoverslipError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const place = `${address}, UDP port ${port}`
  switch (code) {
    case 'EADDRINUSE':
      return new CoverslipError('PORT_IN_USE', `The simulated camera cannot have ${place}: it is in use`, {
        hint: 'End the other simulator or camera program there, or choose another address, such as 127.0.0.2.',
        cause: error,
      })
    case 'EADDRNOTAVAIL':
      return new CoverslipError('DEVICE_UNAVAILABLE', `This computer has no address ${address}`, {
        hint: 'Choose the address of one of its interfaces, or 127.0.0.1.',
        cause: error,
      })
    default:
      return new CoverslipError('DEVICE_UNAVAILABLE', `The simulated camera cannot use ${place}`, {
        cause: error,
      })
  }
}

/** True for the addresses that only this computer reaches: 127.0.0.0/8. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.')
}
