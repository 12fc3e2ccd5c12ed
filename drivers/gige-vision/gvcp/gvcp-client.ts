/** Commands to one GigE Vision device and its answers. */
import type { RemoteInfo, Socket } from 'node:dgram'
import { encodeCommand } from '../protocol/gvcp-command.ts'
import { decodeAck } from '../protocol/gvcp-ack.ts'
import { commandIds, type GvcpAck, type GvcpCommand, type ReceivedAck } from '../protocol/gvcp-packet.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { refusedError, unansweredError } from './gvcp-error.ts'
import { bindSocket } from './udp-socket.ts'

/** The device that is spoken to, and how long it may take. */
export type GvcpClientOptions = {
  /** As long as nothing better is known; see `GvcpClient.deviceName`. */
  readonly deviceName: string
  readonly address: string
  /** `gvcpPort`, unless the device is a simulated one. */
  readonly port: number
  /** The address of this computer to talk from. */
  readonly localAddress: string
  /** How long an answer may take before the command is sent again, ms. */
  readonly timeoutMs: number
  /** How often a command is sent before the device counts as silent. */
  readonly attempts: number
  /** A device may ask for patience by PENDING_ACK; not for longer than this per command, ms; 60 s by default. */
  readonly patienceMs?: number
}

/** Commands of a heartbeat go before those that wait. */
export type Urgency = 'next' | 'urgent'

/** Bytes that one READMEM or WRITEMEM moves: devices are built for 512 at most, though 536 are allowed. */
const memoryRunBytes = 512
/** See `GvcpClientOptions.patienceMs`. */
const defaultPatienceMs = 60_000

type AckedKind = Exclude<GvcpCommand['kind'], 'packetResend'>
type AckOf<Kind extends AckedKind> = Extract<GvcpAck, { kind: Kind }>
type AckedCommand = Extract<GvcpCommand, { kind: AckedKind }>

/** The command that waits for its answer: the control channel has one at a time. */
type InFlight = {
  readonly requestId: number
  readonly commandId: number
  answered(ack: ReceivedAck): void
  /** The device asked for so much patience. */
  pending(wantedMs: number): void
}

type Waiting = { run(): Promise<void>; reject(error: Error): void }

/**
 * The control channel. Commands are sent one after the other and repeated with the same id, so that a device executes
 * each one once. Answers from elsewhere, to other ids or with damaged content are dropped and counted.
 */
export class GvcpClient {
  readonly #options: GvcpClientOptions
  readonly #socket: Socket
  readonly #waiting: Waiting[] = []
  #busy = false
  #closed = false
  #requestId = 0
  #inFlight: InFlight | undefined
  /** Since when the device owes an answer, `performance.now`; undefined: it owes none. */
  #owedSinceMs: number | undefined
  /** How the user knows the device; begins each error message. */
  deviceName: string
  /** Datagrams that were no answer to what was asked: foreign, repeated, damaged. */
  dropped = 0
  /** Commands sent again because no answer came in time. */
  retries = 0

  private constructor(options: GvcpClientOptions, socket: Socket) {
    this.#options = options
    this.deviceName = options.deviceName
    this.#socket = socket
    socket.on('message', (message, from) => this.#receive(message, from))
    // Errors of single datagrams (a cable was pulled) show as missing answers.
    socket.on('error', () => {
      this.dropped += 1
    })
  }

  /** @throws CoverslipError DEVICE_UNAVAILABLE when this computer does not have `localAddress`. */
  static async open(options: GvcpClientOptions): Promise<GvcpClient> {
    return new GvcpClient(options, await bindSocket(options.localAddress))
  }

  /** The address of this computer that the device answers to. */
  get localAddress(): string {
    return this.#options.localAddress
  }

  /** For how long the device has been owing answers, ms; also over several commands that it did not answer. */
  get silentMs(): number {
    return this.#owedSinceMs === undefined ? 0 : performance.now() - this.#owedSinceMs
  }

  /** The value of a register. @throws CoverslipError as the device refuses it; DEVICE_TIMEOUT when it is silent. */
  async readRegister(address: number, urgency: Urgency = 'next'): Promise<number> {
    const doing = `reading register ${hex(address)}`
    const ack = await this.#request({ kind: 'readRegister', addresses: [address] }, doing, urgency)
    const [value] = ack.values
    if (value === undefined) throw this.#damaged(doing)
    return value
  }

  /** Writes a register; 0 to 2^32 - 1. @throws like `readRegister`. */
  async writeRegister(address: number, value: number): Promise<void> {
    await this.#request(
      { kind: 'writeRegister', writes: [{ address, value }] },
      `writing ${value} to register ${hex(address)}`,
    )
  }

  /**
   * `length` bytes from `address` on, by as many commands as it takes. Both are multiples of 4.
   * @throws like `readRegister`.
   */
  async readMemory(address: number, length: number): Promise<Buffer> {
    const memory = Buffer.alloc(length)
    for (let done = 0; done < length; done += memoryRunBytes) {
      const count = Math.min(memoryRunBytes, length - done)
      const from = address + done
      const doing = `reading ${count} bytes at ${hex(from)}`
      const ack = await this.#request({ kind: 'readMemory', address: from, count }, doing)
      if (ack.address !== from || ack.data.length !== count) throw this.#damaged(doing)
      memory.set(ack.data, done)
    }
    return memory
  }

  /** Writes `data` (a multiple of 4 bytes) at `address`, which is one too. @throws like `readRegister`. */
  async writeMemory(address: number, data: Uint8Array): Promise<void> {
    for (let done = 0; done < data.length; done += memoryRunBytes) {
      const run = data.subarray(done, done + memoryRunBytes)
      const doing = `writing ${run.length} bytes at ${hex(address + done)}`
      await this.#request({ kind: 'writeMemory', address: address + done, data: run }, doing)
    }
  }

  /** Asks for packets of the stream again. Is not answered: the packets come as part of the stream. */
  requestPackets(request: Omit<Extract<GvcpCommand, { kind: 'packetResend' }>, 'kind'>): void {
    if (this.#closed) return
    this.#send(encodeCommand({ kind: 'packetResend', ...request }, this.#nextRequestId()))
  }

  /** Ends the channel; commands that still wait are rejected. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.close()
    for (const { reject } of this.#waiting.splice(0)) reject(this.#closedError())
  }

  #request<Kind extends AckedKind>(
    command: Extract<AckedCommand, { kind: Kind }>,
    doing: string,
    urgency: Urgency = 'next',
  ): Promise<AckOf<Kind>> {
    return new Promise((resolve, reject) => {
      const run = async () => {
        try {
          const { ack, status, statusCode } = await this.#exchange(command, doing)
          if (status !== 'success') throw refusedError(this.deviceName, { status, statusCode, doing })
          if (!isAckOf(ack, command.kind)) throw this.#damaged(doing)
          resolve(ack)
        } catch (error) {
          reject(error)
        }
      }
      if (urgency === 'urgent') this.#waiting.unshift({ run, reject })
      else this.#waiting.push({ run, reject })
      void this.#work()
    })
  }

  async #work(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) await next.run()
    this.#busy = false
  }

  /** Sends a command until it is answered. */
  #exchange(command: AckedCommand, doing: string): Promise<ReceivedAck> {
    if (this.#closed) return Promise.reject(this.#closedError())
    const { timeoutMs, attempts, patienceMs = defaultPatienceMs } = this.#options
    const requestId = this.#nextRequestId()
    const packet = encodeCommand(command, requestId)
    const beganMs = performance.now()
    this.#owedSinceMs ??= beganMs
    return new Promise((resolve, reject) => {
      let sent = 0
      let timer: NodeJS.Timeout | undefined
      const settle = () => {
        clearTimeout(timer)
        this.#inFlight = undefined
      }
      const attempt = () => {
        if (this.#closed || sent === attempts) {
          settle()
          reject(this.#closed ? this.#closedError() : unansweredError(this.deviceName, { doing, attempts }))
          return
        }
        if (sent > 0) this.retries += 1
        sent += 1
        this.#send(packet)
        timer = setTimeout(attempt, timeoutMs)
      }
      this.#inFlight = {
        requestId,
        commandId: commandIds[command.kind],
        answered: (ack) => {
          settle()
          resolve(ack)
        },
        pending: (wantedMs) => {
          const nowMs = performance.now()
          const leftMs = beganMs + patienceMs - nowMs
          if (leftMs <= 0) return
          const waitMs = Math.min(wantedMs, leftMs)
          // It lives, and will owe the answer from then on.
          this.#owedSinceMs = nowMs + waitMs
          clearTimeout(timer)
          timer = setTimeout(attempt, waitMs + timeoutMs)
        },
      }
      attempt()
    })
  }

  #send(packet: Buffer): void {
    // An error here is one lost datagram: the missing answer tells.
    this.#socket.send(packet, this.#options.port, this.#options.address, (error) => {
      if (error !== null) this.dropped += 1
    })
  }

  #nextRequestId(): number {
    this.#requestId = this.#requestId === 0xffff ? 1 : this.#requestId + 1
    return this.#requestId
  }

  #receive(message: Buffer, from: RemoteInfo): void {
    const { address, port } = this.#options
    const ack = from.address === address && from.port === port ? decodeAck(message) : undefined
    const waiting = this.#inFlight
    if (ack === undefined || waiting === undefined || ack.ackId !== waiting.requestId) {
      this.dropped += 1
      return
    }
    if (ack.ack.kind === 'pending') return waiting.pending(ack.ack.timeoutMs)
    const answered = ack.ack.kind === 'refused' ? ack.ack.commandId : commandIds[ack.ack.kind]
    if (answered !== waiting.commandId) {
      this.dropped += 1
      return
    }
    this.#owedSinceMs = undefined
    waiting.answered(ack)
  }

  #damaged(doing: string): CoverslipError {
    return new CoverslipError(
      'DEVICE_FAILED',
      `${this.deviceName} gave an answer that does not fit (${doing})`,
      {
        hint: 'If this happens again, look for a firmware update of the camera.',
      },
    )
  }

  #closedError(): CoverslipError {
    return new CoverslipError('DEVICE_UNAVAILABLE', `${this.deviceName} was closed`)
  }
}

function isAckOf<Kind extends AckedKind>(ack: ReceivedAck['ack'], kind: Kind): ack is AckOf<Kind> {
  return ack.kind === kind
}

function hex(address: number): string {
  return `0x${address.toString(16)}`
}
