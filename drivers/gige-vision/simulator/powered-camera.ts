import type { Socket } from 'node:dgram'
import type { Microscope } from '../../simulated-microscope/microscope.ts'
import { bootstrap } from '../protocol/bootstrap-registers.ts'
import { statusOf } from '../protocol/gvcp-status.ts'
import { chunkFlag, payloadType } from '../protocol/gvsp-leader.ts'
import { ipToNumber } from '../protocol/addresses.ts'
import { optionalRegister } from '../protocol/optional-registers.ts'
import { Acquisition } from './acquisition.ts'
import { addBootstrapRegisters } from './bootstrap-memory.ts'
import { CameraSettings } from './camera-settings.ts'
import type { CameraXml } from './camera-xml.ts'
import { ChunkSettings } from './chunk-settings.ts'
import { CommandHandler } from './command-handler.ts'
import { type Application, ControlPrivilege } from './control-privilege.ts'
import { DeviceClock } from './device-clock.ts'
import { DeviceEvents } from './device-events.ts'
import type { DeviceIdentity } from './device-identity.ts'
import { describeCamera } from './features/describe-camera.ts'
import { FrameFaults } from './frame-faults.ts'
import type { ImageMaker } from './image-maker.ts'
import { MessageChannel } from './message-channel.ts'
import { RegisterMap } from './register-map.ts'
import { numberRegister } from './registers.ts'
import type { GigeSimulatorCounters } from './simulator-counters.ts'
import type { GigeSimulatorSettings, SimulatedLink } from './simulator-options.ts'
import { StreamChannel } from './stream-channel.ts'
import { isLoopback } from './udp-socket.ts'

/** What stays when the camera is switched off. */
export type PoweredCameraOptions = {
  readonly settings: GigeSimulatorSettings
  readonly identity: DeviceIdentity
  readonly images: ImageMaker
  readonly microscope: Microscope
  readonly counters: GigeSimulatorCounters
  readonly streamSocket: Socket
  readonly messageSocket: Socket
  readonly link: SimulatedLink
  /** Nothing leaves through a cable that is not plugged in. */
  readonly isPlugged: () => boolean
  /** The camera's description as it is served: made of the XML, at the first start. */
  readonly publish: (xml: string) => CameraXml
  readonly setLink: (link: SimulatedLink) => void
  /** Takes what goes on after a command has been answered. */
  readonly carryOut: (action: Promise<void>) => void
  /** Called when the camera is told to start anew. */
  readonly reset: () => void
}

/** The camera from when it is switched on until it is switched off: all that it forgets then. */
export class PoweredCamera {
  readonly faults = new FrameFaults()
  readonly #options: PoweredCameraOptions
  readonly #settings: CameraSettings
  readonly #chunks = new ChunkSettings()
  readonly #clock = new DeviceClock()
  readonly #privilege: ControlPrivilege
  readonly #acquisition: Acquisition
  readonly #stream: StreamChannel
  readonly #messages: MessageChannel
  readonly #events: DeviceEvents
  readonly #commands: CommandHandler
  readonly #configuration = { pendingAck: true, extendedStatus: false }

  constructor(options: PoweredCameraOptions) {
    const { settings, images, counters, streamSocket, messageSocket, link, isPlugged } = options
    this.#options = options
    this.#settings = new CameraSettings(images.model, settings.frameRate)
    this.#privilege = new ControlPrivilege((why) => {
      if (why === 'expired') counters.heartbeatExpiries += 1
      this.#controlEnded()
    })
    const allows = (ip: string) => this.#allows(ip)
    this.#messages = new MessageChannel({ socket: messageSocket, counters, allows, isPlugged })
    this.#events = new DeviceEvents(this.#messages, this.#clock)
    this.#stream = new StreamChannel({
      ...settings,
      socket: streamSocket,
      link,
      counters,
      allows,
      isPlugged,
      extendedStatus: () => this.#configuration.extendedStatus,
      sent: (block) => this.#events.blockSent(block),
    })
    this.#acquisition = new Acquisition(this.#settings, images, (endMs) => this.#exposed(endMs))
    this.#commands = this.#handler(this.#memory())
  }

  #memory(): { registers: RegisterMap; pending: { ms: number } } {
    const { settings, identity, publish, microscope, carryOut, reset, images, setLink } = this.#options
    const registers = new RegisterMap()
    const pending = { ms: settings.pendingAckMs }
    const privilege = this.#privilege
    const xml = describeCamera(registers, {
      settings: this.#settings,
      acquisition: this.#acquisition,
      chunks: this.#chunks,
      clock: this.#clock,
      events: this.#events,
      microscope,
      pending,
      carryOut,
      reset,
      model: identity.model,
      vendor: identity.manufacturer,
      status: () => ({
        acquiring: this.#acquisition.isRunning,
        streaming: this.#stream.isOpen,
        controlled: privilege.holder !== undefined,
      }),
      resultingFrameRate: () => 1000 / images.timing(this.#settings).periodMs,
      payloadSize: () => this.#payloadBytes,
      link: () => this.#stream.link,
      setLink,
    })
    const { url, registers: xmlRegisters } = publish(xml)
    for (const register of xmlRegisters) registers.add(register)
    addBootstrapRegisters(registers, {
      identity,
      clock: this.#clock,
      privilege,
      xmlUrl: url,
      resend: settings.resend,
      mbitPerSecond: () => this.#stream.link.mbitPerSecond,
      configuration: this.#configuration,
    })
    this.#stream.addRegisters(registers)
    this.#messages.addRegisters(registers)
    registers.add(numberRegister(bootstrap.controlPrivilege, () => privilege.value))
    registers.add(numberRegister(optionalRegister.primaryApplicationPort, () => privilege.holder?.port ?? 0))
    registers.add(
      numberRegister(optionalRegister.primaryApplicationIp, () =>
        ipToNumber(privilege.holder?.ip ?? '0.0.0.0'),
      ),
    )
    return { registers, pending }
  }

  #handler({ registers, pending }: { registers: RegisterMap; pending: { ms: number } }): CommandHandler {
    const { settings, identity, counters } = this.#options
    return new CommandHandler({
      registers,
      privilege: this.#privilege,
      counters,
      mac: identity.mac,
      forceIp: (ip) => identity.force(ip),
      resend: settings.resend ? (request) => this.#stream.resend(request) : undefined,
      pendingMs: () => pending.ms,
      announcesPending: () => this.#configuration.pendingAck,
      refused: (status) => this.#events.refused(status),
    })
  }

  /** Packets go to the controlling application's computer only: the camera is no relay. */
  #allows(ip: string): boolean {
    const { holder } = this.#privilege
    return holder !== undefined && (ip === holder.ip || (isLoopback(ip) && isLoopback(holder.ip)))
  }

  /** Takes a datagram of the control channel. */
  handle(packet: Buffer, application: Application, reply: (packet: Buffer) => void): void {
    this.#commands.handle(packet, application, reply)
  }

  /** Takes a datagram that came back on the message channel. */
  handleMessage(packet: Buffer): void {
    this.#messages.receive(packet)
  }

  setLink(link: SimulatedLink): void {
    this.#stream.setLink(link)
  }

  loseControl(): void {
    this.#privilege.take()
  }

  loseAcks(count: number): void {
    this.#commands.loseAcks(count)
  }

  refuse(statusCode: number, count: number): void {
    this.#commands.refuse(statusOf(statusCode), count)
  }

  stall(ms: number): void {
    this.#acquisition.stall(ms)
  }

  sendGarbage(
    packets: readonly Uint8Array[],
    toControl: (packet: Uint8Array, application: Application) => void,
  ): void {
    this.#stream.sendGarbage(packets)
    const { holder } = this.#privilege
    if (holder !== undefined) for (const packet of packets) toControl(packet, holder)
  }

  get #payloadBytes(): number {
    return this.#settings.imageBytes + this.#chunks.bytes
  }

  /** The frame whose exposure has ended becomes a block of the stream. */
  #exposed(endMs: number): boolean {
    const { images, counters } = this.#options
    const settings = this.#settings
    const block = this.#stream.take(this.#payloadBytes)
    if (block === undefined) {
      if (this.#stream.isOpen) counters.overruns += 1
      return false
    }
    counters.frames += 1
    const timestamp = this.#clock.at(endMs)
    images.make(settings, block.data, block.id)
    const { imageBytes, exposureUs, gainDb, width, height, offsetX, offsetY, format } = settings
    this.#chunks.write(block.data, imageBytes, { blockId: block.id, timestamp, exposureUs, gainDb })
    const chunks = this.#chunks.active
    const image = { pixelCode: format.code, width, height, offsetX, offsetY, paddingX: 0, paddingY: 0 }
    block.leader = { kind: 'image', timestamp, chunks, image: this.faults.announced(image) }
    block.trailer = {
      payloadType: payloadType.image | (chunks ? chunkFlag : 0),
      lines: height,
      ...(chunks ? { dataBytes: block.dataBytes } : {}),
    }
    this.faults.cut(block)
    this.#events.exposureEnded(block, timestamp)
    this.#stream.send(block)
    return true
  }

  /** Without control there is no stream: nobody could stop it. */
  #controlEnded(): void {
    this.#acquisition.stop()
    this.#stream.close()
    this.#messages.close()
    this.#settings.locked = false
  }

  close(): void {
    this.#privilege.take()
    this.#acquisition.stop()
    this.#stream.close()
    this.#messages.close()
    this.#commands.close()
  }
}
