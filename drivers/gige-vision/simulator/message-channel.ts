import type { Socket } from 'node:dgram'
import { ipFromNumber } from '../protocol/addresses.ts'
import { encodeEvent, type GvcpEvent } from '../protocol/gvcp-event.ts'
import { commandIds, gvcpHeaderBytes } from '../protocol/gvcp-packet.ts'
import type { GvcpStatus } from '../protocol/gvcp-status.ts'
import { optionalRegister } from '../protocol/optional-registers.ts'
import type { RegisterMap } from './register-map.ts'
import { numberRegister } from './registers.ts'
import type { GigeSimulatorCounters } from './simulator-counters.ts'

const maxTimeoutMs = 10_000
const maxRetries = 10
/** Events that may wait for their acknowledgement; more are not sent again. */
const maxUnacknowledged = 64

/** What a message channel is made from. */
export type MessageChannelOptions = {
  /** Used by this channel alone. */
  readonly socket: Socket
  readonly counters: GigeSimulatorCounters
  /** Whether events may be sent to this address. */
  readonly allows: (ip: string) => boolean
  readonly isPlugged: () => boolean
}

/** The message channel: events that the camera tells its client of its own accord. */
export class MessageChannel {
  readonly #options: MessageChannelOptions
  #port = 0
  #destination = 0
  #timeoutMs = 0
  #retries = 0
  #requestId = 0
  /** Timers of the events that wait for their acknowledgement, by request id. */
  readonly #unacknowledged = new Map<number, NodeJS.Timeout>()

  constructor(options: MessageChannelOptions) {
    this.#options = options
  }

  addRegisters(map: RegisterMap): void {
    const { socket } = this.#options
    map.add(
      numberRegister(
        optionalRegister.messagePort,
        () => this.#port,
        (value) => this.#setPort(value),
      ),
    )
    map.add(
      numberRegister(
        optionalRegister.messageDestinationIp,
        () => this.#destination,
        (value) => this.#setDestination(value),
      ),
    )
    map.add(
      numberRegister(
        optionalRegister.messageTimeoutMs,
        () => this.#timeoutMs,
        (value) => {
          if (value > maxTimeoutMs) return 'invalidParameter'
          this.#timeoutMs = value
          return 'success'
        },
      ),
    )
    map.add(
      numberRegister(
        optionalRegister.messageRetries,
        () => this.#retries,
        (value) => {
          if (value > maxRetries) return 'invalidParameter'
          this.#retries = value
          return 'success'
        },
      ),
    )
    map.add(numberRegister(optionalRegister.messageSourcePort, () => socket.address().port))
  }

  #setPort(value: number): GvcpStatus {
    if (value > 0xffff) return 'invalidParameter'
    this.#port = value
    return 'success'
  }

  #setDestination(value: number): GvcpStatus {
    if (value !== 0 && !this.#options.allows(ipFromNumber(value))) return 'invalidParameter'
    this.#destination = value
    return 'success'
  }

  /** Sends an event, if the channel is open; again until it is acknowledged, where the client asks for that. */
  tell(event: GvcpEvent, extendedIds: boolean): void {
    if (this.#port === 0 || this.#destination === 0) return
    this.#options.counters.events += 1
    this.#requestId = (this.#requestId % 0xffff) + 1
    const requestId = this.#requestId
    const ackRequired = this.#timeoutMs > 0
    const packet = encodeEvent(event, { requestId, ackRequired, extendedIds })
    this.#send(packet)
    if (ackRequired && this.#unacknowledged.size < maxUnacknowledged)
      this.#await(requestId, packet, this.#retries)
  }

  #send(packet: Buffer): void {
    const { socket, isPlugged } = this.#options
    if (isPlugged()) socket.send(packet, this.#port, ipFromNumber(this.#destination))
  }

  #await(requestId: number, packet: Buffer, retriesLeft: number): void {
    const timer = setTimeout(() => {
      this.#unacknowledged.delete(requestId)
      if (retriesLeft === 0 || this.#port === 0) return
      this.#send(packet)
      this.#await(requestId, packet, retriesLeft - 1)
    }, this.#timeoutMs)
    this.#unacknowledged.set(requestId, timer)
  }

  /** Takes a datagram that came back on the channel. */
  receive(packet: Buffer): void {
    if (packet.length < gvcpHeaderBytes || packet.readUInt16BE(2) !== commandIds.event + 1) return
    const requestId = packet.readUInt16BE(6)
    clearTimeout(this.#unacknowledged.get(requestId))
    this.#unacknowledged.delete(requestId)
  }

  close(): void {
    this.#port = 0
    this.#destination = 0
    for (const timer of this.#unacknowledged.values()) clearTimeout(timer)
    this.#unacknowledged.clear()
  }
}
