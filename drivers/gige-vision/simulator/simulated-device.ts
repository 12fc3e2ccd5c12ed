import { Microscope } from '../../simulated-microscope/microscope.ts'
import { RandomStream } from '../../simulated-microscope/specimen/random.ts'
import { XmlPublisher } from './camera-xml.ts'
import { DeviceIdentity } from './device-identity.ts'
import { closeDeviceSockets, type DeviceSockets, openDeviceSockets } from './device-sockets.ts'
import { ImageMaker } from './image-maker.ts'
import { PoweredCamera } from './powered-camera.ts'
import { noCounts } from './simulator-counters.ts'
import type { GigeSimulatorFault } from './simulator-faults.ts'
import type { GigeSimulatorSettings, SimulatedLink } from './simulator-options.ts'
import { isLoopback } from './udp-socket.ts'

const resetMs = 1000
const maxGarbageBytes = 1500

/** The simulated camera with its cables: it can be plugged in, switched on, and made to fail. */
export class SimulatedDevice {
  readonly counters = noCounts()
  readonly #settings: GigeSimulatorSettings
  readonly #sockets: DeviceSockets
  readonly #xml: XmlPublisher
  readonly #microscope: Microscope
  readonly #images: ImageMaker
  readonly #identity: DeviceIdentity
  readonly #random: RandomStream
  #link: SimulatedLink
  #camera: PoweredCamera | undefined
  #isPlugged = true
  #isClosed = false
  #boot: NodeJS.Timeout | undefined

  /** @throws CoverslipError `PORT_IN_USE` or `DEVICE_UNAVAILABLE` when the address cannot be had. */
  static async open(settings: GigeSimulatorSettings): Promise<SimulatedDevice> {
    const sockets = await openDeviceSockets(settings)
    const xml = new XmlPublisher(settings)
    try {
      await xml.start()
      const device = new SimulatedDevice(settings, sockets, xml)
      await xml.save()
      return device
    } catch (error) {
      xml.close()
      closeDeviceSockets(sockets)
      throw error
    }
  }

  private constructor(settings: GigeSimulatorSettings, sockets: DeviceSockets, xml: XmlPublisher) {
    const { seed, camera, serialNumber, userName, address } = settings
    this.#settings = settings
    this.#sockets = sockets
    this.#xml = xml
    this.#link = settings.link
    this.#random = new RandomStream(seed)
    this.#microscope = new Microscope({ seed, settle: async () => undefined })
    this.#images = new ImageMaker({ ...settings, microscope: this.#microscope })
    const model = camera === 'main' ? 'Microscope camera' : 'Overview camera'
    this.#identity = new DeviceIdentity({ model, serialNumber, userName, address })
    this.#listen()
    this.#switchOn()
  }

  /** The UDP port of the control channel. */
  get port(): number {
    return this.#sockets.control.address().port
  }

  /** Why discovery by broadcast is not answered, though it was asked for. */
  get broadcastProblem(): string | undefined {
    return this.#sockets.broadcastProblem
  }

  #listen(): void {
    const { control, broadcast, messages, stream } = this.#sockets
    const serve = (packet: Buffer, from: { address: string; port: number }) => {
      if (!this.#isPlugged) {
        this.counters.missedCommands += 1
        return
      }
      const application = { ip: from.address, port: from.port }
      this.#camera?.handle(packet, application, (answer) => {
        if (this.#isPlugged && !this.#isClosed) control.send(answer, from.port, from.address)
      })
    }
    control.on('message', serve)
    broadcast?.on('message', (packet, from) => {
      // A camera on a loopback address is nobody else's business.
      if (isLoopback(this.#settings.address) && !isLoopback(from.address)) return
      serve(packet, from)
    })
    messages.on('message', (packet) => {
      if (this.#isPlugged) this.#camera?.handleMessage(packet)
    })
    for (const socket of [control, broadcast, messages, stream]) {
      // A client that is gone: the system tells that nothing listens there any more.
      socket?.on('error', () => {
        this.counters.undelivered += 1
      })
    }
  }

  #switchOn(): void {
    this.#identity.start()
    this.#camera = new PoweredCamera({
      settings: this.#settings,
      identity: this.#identity,
      images: this.#images,
      microscope: this.#microscope,
      counters: this.counters,
      streamSocket: this.#sockets.stream,
      messageSocket: this.#sockets.messages,
      link: this.#link,
      isPlugged: () => this.#isPlugged,
      publish: (xml) => this.#xml.publish(xml),
      setLink: (link) => this.setLink(link),
      carryOut: (action) => this.#carryOut(action),
      // After the command has been answered.
      reset: () => setImmediate(() => this.#reboot(resetMs)),
    })
  }

  /** Actions of the microscope fail only when it is closed under them. */
  #carryOut(action: Promise<void>): void {
    action.catch((error: unknown) => {
      if (!this.#isClosed) throw error
    })
  }

  #reboot(downMs: number): void {
    clearTimeout(this.#boot)
    this.#camera?.close()
    this.#camera = undefined
    if (this.#isClosed) return
    this.#boot = setTimeout(() => this.#switchOn(), downMs)
  }

  unplug(): void {
    this.#isPlugged = false
  }

  replug(): void {
    this.#isPlugged = true
  }

  get link(): SimulatedLink {
    return this.#link
  }

  setLink(link: SimulatedLink): void {
    this.#link = link
    this.#camera?.setLink(link)
  }

  fault(fault: GigeSimulatorFault): void {
    const camera = this.#camera
    switch (fault.kind) {
      case 'lose-control':
        return camera?.loseControl()
      case 'reboot':
        return this.#reboot(fault.downMs)
      case 'announce-size':
        return camera?.faults.announceSize(fault.width, fault.height, fault.frames)
      case 'half-frame':
        return camera?.faults.halveFrames(fault.frames)
      case 'garbage':
        return this.#sendGarbage(fault.packets)
      case 'lose-acks':
        return camera?.loseAcks(fault.count)
      case 'refuse':
        return camera?.refuse(fault.status, fault.count)
      case 'stall':
        return camera?.stall(fault.ms)
    }
  }

  #sendGarbage(packets: number): void {
    if (!this.#isPlugged) return
    this.#camera?.sendGarbage(this.#garbage(packets), (packet, { ip, port }) =>
      this.#sockets.control.send(packet, port, ip),
    )
  }

  #garbage(packets: number): readonly Uint8Array[] {
    const random = this.#random
    return Array.from({ length: packets }, () =>
      Uint8Array.from({ length: Math.floor(random.next() * maxGarbageBytes) }, () => random.next() * 256),
    )
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#boot)
    this.#camera?.close()
    this.#xml.close()
    this.#microscope.close()
    closeDeviceSockets(this.#sockets)
  }
}
