import { bootstrap } from '../protocol/bootstrap-registers.ts'
import { encodeAck, encodeRefusal } from '../protocol/gvcp-ack.ts'
import { decodeCommand } from '../protocol/gvcp-command.ts'
import {
  commandIds,
  type GvcpAck,
  type GvcpCommand,
  type IpConfiguration,
  type RegisterWrite,
} from '../protocol/gvcp-packet.ts'
import type { GvcpStatus } from '../protocol/gvcp-status.ts'
import { discoveryAnswer } from './bootstrap-memory.ts'
import type { Application, ControlPrivilege } from './control-privilege.ts'
import { firstFeatureAddress } from './features/camera-description.ts'
import type { RegisterMap } from './register-map.ts'
import type { GigeSimulatorCounters } from './simulator-counters.ts'
import type { ResendRequest } from './stream-sender.ts'

/** A pending write is announced to take this much longer than it does, ms. */
const pendingMarginMs = 200
/** Applications whose last write is remembered. */
const maxRemembered = 16

/** What commands act on. */
export type CommandHandlerOptions = {
  readonly registers: RegisterMap
  readonly privilege: ControlPrivilege
  readonly counters: GigeSimulatorCounters
  readonly mac: string
  readonly forceIp: (ip: IpConfiguration) => void
  readonly resend: ((request: ResendRequest) => void) | undefined
  /** Time that a write of a feature takes, ms; 0: at once. */
  readonly pendingMs: () => number
  /** Whether PENDING_ACK tells of it. */
  readonly announcesPending: () => boolean
  /** Called for each command that is refused. */
  readonly refused: (status: GvcpStatus) => void
}

type Answer = { readonly status: GvcpStatus; readonly ack?: GvcpAck }
type Reply = (packet: Buffer) => void
/** A write and its answer, undefined until it has been carried out. */
type RememberedWrite = { readonly packet: Buffer; answer: Buffer | undefined }

/** The control channel: carries out commands, and says what came of them. */
export class CommandHandler {
  readonly #options: CommandHandlerOptions
  /** The last write of each application with its answer, so that one sent again is not carried out again. */
  readonly #lastWrites = new Map<string, RememberedWrite>()
  #pending: NodeJS.Timeout | undefined
  #losing = 0
  #refusing: { status: GvcpStatus; left: number } = { status: 'error', left: 0 }

  constructor(options: CommandHandlerOptions) {
    this.#options = options
  }

  /** Keeps the answers to the next commands. */
  loseAcks(count: number): void {
    this.#losing = count
  }

  /** Refuses the next commands. */
  refuse(status: GvcpStatus, count: number): void {
    this.#refusing = { status, left: count }
  }

  close(): void {
    clearTimeout(this.#pending)
  }

  /** Takes a datagram from `application`; `reply` may be called at once, later, or never. */
  handle(packet: Buffer, application: Application, reply: Reply): void {
    const { counters, privilege } = this.#options
    const received = decodeCommand(packet)
    if (received === undefined) {
      counters.malformedCommands += 1
      return
    }
    counters.commands += 1
    privilege.heard(application)
    const { command, requestId, ackRequired } = received
    const answerWith: Reply = (answer) => {
      if (!ackRequired) return
      if (this.#losing > 0) this.#losing -= 1
      else reply(answer)
    }
    const refuse = (status: GvcpStatus, commandId: number) => {
      this.#noteRefusal(status)
      answerWith(encodeRefusal(commandId, requestId, status))
    }
    if (command.kind === 'unknown') return refuse('notImplemented', command.commandId)
    if (command.kind === 'malformed') return refuse('invalidParameter', command.commandId)
    if (this.#refusing.left > 0) {
      this.#refusing.left -= 1
      return refuse(this.#refusing.status, commandIds[command.kind])
    }
    switch (command.kind) {
      case 'packetResend':
        if (this.#options.resend === undefined) return refuse('notImplemented', commandIds.packetResend)
        this.#options.resend(command)
        return
      case 'forceIp':
        this.#forceIp(command, () => answerWith(encodeAck({ kind: 'forceIp' }, requestId)))
        return
      case 'discovery':
        counters.discoveries += 1
        answerWith(
          encodeAck({ kind: 'discovery', data: discoveryAnswer(this.#options.registers) }, requestId),
        )
        return
      case 'readRegister':
      case 'readMemory':
        if (this.#pending !== undefined) return refuse('busy', commandIds[command.kind])
        answerWith(this.#encode(this.#read(command, application), command.kind, requestId))
        return
      case 'writeRegister':
      case 'writeMemory':
        this.#write({ packet, command, requestId }, application, answerWith)
    }
  }

  #noteRefusal(status: GvcpStatus): void {
    this.#options.counters.refusals += 1
    this.#options.refused(status)
  }

  #encode({ status, ack }: Answer, kind: GvcpCommand['kind'], requestId: number): Buffer {
    if (status !== 'success') this.#noteRefusal(status)
    return ack === undefined
      ? encodeRefusal(commandIds[kind], requestId, status)
      : encodeAck(ack, requestId, status)
  }

  /** Meant for one camera among all that hear it; the others keep silent. */
  #forceIp(command: Extract<GvcpCommand, { kind: 'forceIp' }>, acknowledge: () => void): void {
    const { mac, forceIp, privilege } = this.#options
    if (command.mac !== mac || privilege.holder !== undefined) return
    const { ip, subnetMask, gateway } = command
    forceIp({ ip, subnetMask, gateway })
    acknowledge()
  }

  #read(
    command: Extract<GvcpCommand, { kind: 'readRegister' | 'readMemory' }>,
    application: Application,
  ): Answer {
    const { registers, privilege } = this.#options
    if (command.kind === 'readMemory') {
      if (!privilege.mayRead(application)) return { status: 'accessDenied' }
      const { address, count } = command
      const read = registers.read(address, count)
      if (read.status !== 'success') return { status: read.status }
      return { status: 'success', ack: { kind: 'readMemory', address, data: read.data } }
    }
    const values: number[] = []
    for (const address of command.addresses) {
      // Whether the camera is taken may always be asked.
      const isAllowed = address === bootstrap.controlPrivilege || privilege.mayRead(application)
      const read = isAllowed ? registers.read(address, 4) : ({ status: 'accessDenied' } as const)
      if (read.status !== 'success') return { status: read.status, ack: { kind: 'readRegister', values } }
      values.push(read.data.readUInt32BE())
    }
    return { status: 'success', ack: { kind: 'readRegister', values } }
  }

  #write(
    request: {
      readonly packet: Buffer
      readonly command: Extract<GvcpCommand, { kind: 'writeRegister' | 'writeMemory' }>
      readonly requestId: number
    },
    application: Application,
    reply: Reply,
  ): void {
    const { packet, command, requestId } = request
    const who = `${application.ip}:${application.port}`
    const last = this.#lastWrites.get(who)
    const delayMs = this.#delayMs(command, application)
    if (last?.packet.equals(packet)) {
      if (last.answer !== undefined) reply(last.answer)
      else this.#announce(delayMs, requestId, reply)
      return
    }
    if (this.#pending !== undefined) {
      this.#noteRefusal('busy')
      reply(encodeRefusal(commandIds[command.kind], requestId, 'busy'))
      return
    }
    const write: RememberedWrite = { packet: Buffer.from(packet), answer: undefined }
    this.#remember(who, write)
    const carryOut = () => {
      write.answer = this.#encode(this.#carryOut(command, application), command.kind, requestId)
      reply(write.answer)
    }
    if (delayMs === 0) {
      carryOut()
      return
    }
    this.#announce(delayMs, requestId, reply)
    this.#pending = setTimeout(() => {
      this.#pending = undefined
      carryOut()
    }, delayMs)
  }

  #announce(delayMs: number, requestId: number, reply: Reply): void {
    if (!this.#options.announcesPending()) return
    this.#options.counters.pendingAcks += 1
    reply(encodeAck({ kind: 'pending', timeoutMs: delayMs + pendingMarginMs }, requestId))
  }

  #delayMs(
    command: Extract<GvcpCommand, { kind: 'writeRegister' | 'writeMemory' }>,
    application: Application,
  ): number {
    const address = command.kind === 'writeMemory' ? command.address : (command.writes[0]?.address ?? 0)
    if (address < firstFeatureAddress || !this.#options.privilege.mayWrite(application)) return 0
    return this.#options.pendingMs()
  }

  #remember(who: string, write: RememberedWrite): void {
    this.#lastWrites.delete(who)
    this.#lastWrites.set(who, write)
    const [oldest] = this.#lastWrites.keys()
    if (this.#lastWrites.size > maxRemembered && oldest !== undefined) this.#lastWrites.delete(oldest)
  }

  #carryOut(
    command: Extract<GvcpCommand, { kind: 'writeRegister' | 'writeMemory' }>,
    application: Application,
  ): Answer {
    if (command.kind === 'writeMemory') {
      const { address, data } = command
      const status = this.#writeAt(address, Buffer.from(data), application)
      return { status, ack: { kind: 'writeMemory', written: status === 'success' ? data.length : 0 } }
    }
    let written = 0
    for (const write of command.writes) {
      const status = this.#writeOne(write, application)
      if (status !== 'success') return { status, ack: { kind: 'writeRegister', written } }
      written += 1
    }
    return { status: 'success', ack: { kind: 'writeRegister', written } }
  }

  #writeOne({ address, value }: RegisterWrite, application: Application): GvcpStatus {
    const data = Buffer.alloc(4)
    data.writeUInt32BE(value)
    return this.#writeAt(address, data, application)
  }

  #writeAt(address: number, data: Buffer, application: Application): GvcpStatus {
    const { registers, privilege } = this.#options
    if (address === bootstrap.controlPrivilege && data.length === 4) {
      return privilege.request(data.readUInt32BE(), application)
    }
    return privilege.mayWrite(application) ? registers.write(address, data) : 'accessDenied'
  }
}
