/** One command to all devices of one network interface, and their answers. */
import type { Socket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'
import { decodeAck } from '../protocol/gvcp-ack.ts'
import { encodeCommand } from '../protocol/gvcp-command.ts'
import { type GvcpAck, type GvcpCommand, gvcpPort } from '../protocol/gvcp-packet.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { bindSocket } from './udp-socket.ts'

/** Reaches all devices of the interface that the socket is bound to, whatever their subnet. */
export const limitedBroadcast = '255.255.255.255'

/** A command to all devices of a network. */
export type Broadcast = {
  /** Address of the interface; nothing is sent on another one. */
  readonly interfaceAddress: string
  /** To whom: all, or one address. */
  readonly target: string
  /** `gvcpPort`, unless the device is a simulated one. */
  readonly port?: number
  readonly command: Extract<GvcpCommand, { kind: 'discovery' | 'forceIp' }>
  /** How long answers are waited for, ms. */
  readonly waitMs: number
  readonly signal?: AbortSignal
  /** An answer and the address it came from; true: this was the one, and none is waited for any more. */
  answered(ack: GvcpAck, from: string): boolean
}

/** The command is sent so often, as UDP may lose it. */
const sendings = 3

/**
 * Sends the command and gives each answer to `answered`; ends after `waitMs`, when `signal` aborts, or when told.
 * @throws CoverslipError DEVICE_UNAVAILABLE when this computer does not have the interface, or may not send there.
 */
export async function broadcast(request: Broadcast): Promise<void> {
  const socket = await bindSocket(request.interfaceAddress)
  const ended = new AbortController()
  const signal = AbortSignal.any([ended.signal, ...(request.signal === undefined ? [] : [request.signal])])
  try {
    socket.setBroadcast(true)
    // One id for all sendings: a device may answer each of them, and it is the same answer.
    const requestId = 1 + Math.floor(Math.random() * 0xffff)
    socket.on('message', (message, { address }) => {
      const ack = decodeAck(message)
      if (ack?.ackId !== requestId || ack.ack.kind === 'refused' || ack.status !== 'success') return
      if (request.answered(ack.ack, address)) ended.abort()
    })
    const packet = encodeCommand(request.command, requestId)
    for (let sending = 0; sending < sendings && !signal.aborted; sending++) {
      await send(socket, packet, request)
      await pause(request.waitMs / sendings, signal)
    }
  } finally {
    socket.close()
  }
}

function send(socket: Socket, packet: Buffer, request: Broadcast): Promise<void> {
  const { target, interfaceAddress, port = gvcpPort } = request
  return new Promise((resolve, reject) => {
    socket.send(packet, port, target, (error) => {
      if (error === null) return resolve()
      reject(
        new CoverslipError(
          'DEVICE_UNAVAILABLE',
          `Nothing can be sent from ${interfaceAddress} to ${target}`,
          {
            hint: 'Check that the network interface is up and the firewall allows UDP port 3956.',
            cause: error,
          },
        ),
      )
    })
  })
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
