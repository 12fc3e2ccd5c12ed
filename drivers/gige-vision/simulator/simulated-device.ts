import type { Socket } from 'node:dgram'
import { Microscope } from '../../simulated-microscope/microscope.ts'
import { RandomStream } from '../../simulated-microscope/specimen/random.ts'
import { XmlPublisher } from './camera-xml.ts'
import { DeviceIdentity } from './device-identity.ts'
import { ImageMaker } from './image-maker.ts'
import { PoweredCamera } from './powered-camera.ts'
import { noCounts } from './simulator-counters.ts'
import type { GigeSimulatorFault } from './simulator-faults.ts'
import type { GigeSimulatorSettings, SimulatedLink } from './simulator-options.ts'
import { bindUdp, isLoopback } from './udp-socket.ts'

const streamBufferBytes = 4 << 20
const resetMs = 1000
const maxGarbageBytes = 1500

type Sockets = {
  readonly control: Socket
  readonly stream: Socket
  readonly messages: Socket
  readonly broadcast: Socket | undefined
}

/** The simulated camera with its cables: it can be plugged in, switched on, and made to fail. */
export class SimulatedDevice {
  readonly counters = noCounts()
  readonly port: number
  /** Why discovery by broadcast is not answered, though it was asked for. */
  readonly broadcastProblem: string | undefined
  readonly #settings: GigeSimulatorSettings
  readonly #sockets: Sockets
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
    const { address } = settings
    const control = await bindUdp(address, settings.port)
    const { port } = control.address()
    const opened = [control]
    try {
      const stream = await bindUdp(address, 0, { sendBufferSize: streamBufferBytes })
      opened.push(stream)
      const messages = await bindUdp(address, 0)
      opened.push(messages)
      const broadcast = settings.broadcast ? await bindBroadcast(port) : undefined
      if (broadcast instanceof Error) {
        return await start(settings, { control, stream, messages, broadcast: undefined }, broadcast.message)
      }
      return await start(settings, { control, stream, messages, broadcast }, undefined)
    } catch (error) {
      for (const socket of opened) socket.close()
      throw error
    }
  }

  constructor(
    settings: GigeSimulatorSettings,
    sockets: Sockets,
    xml: XmlPublisher,
    broadcastProblem: string | undefined,
  ) {
    const { seed, camera, serialNumber, userName, address } = settings
    this.#settings = settings
    this.#sockets = sockets
    this.#xml = xml
    this.broadcastProblem = broadcastProblem
    this.port = sockets.control.address().port
    this.#link = settings.link
    this.#random = new RandomStream(seed)
    this.#microscope = new Microscope(seed, async () => undefined)
    this.#images = new ImageMaker({ ...settings, microscope: this.#microscope })
    const model = camera === 'main' ? 'Microscope camera' : 'Overview camera'
    this.#identity = new DeviceIdentity({ model, serialNumber, userName, address })
    this.#listen()
    this.#switchOn()
  }

  #listen(): void {
    const { control, broadcast, messages, stream } = this.#sockets
    const serve = (packet: Buffer, from: { address: string; port: number }) => {
      if (!this.#isPlugged) return
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
      link: this.#effectiveLink(),
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

  /** Nothing leaves through a cable that is not plugged in. */
  #effectiveLink(): SimulatedLink {
    return this.#isPlugged ? this.#link : { ...this.#link, loss: 1 }
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
    this.#camera?.setLink(this.#effectiveLink())
  }

  replug(): void {
    this.#isPlugged = true
    this.#camera?.setLink(this.#effectiveLink())
  }

  get link(): SimulatedLink {
    return this.#link
  }

  setLink(link: SimulatedLink): void {
    this.#link = link
    this.#camera?.setLink(this.#effectiveLink())
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
        return camera?.sendGarbage(this.#garbage(fault.packets), (packet, { ip, port }) =>
          this.#sockets.control.send(packet, port, ip),
        )
      case 'lose-acks':
        return camera?.loseAcks(fault.count)
      case 'refuse':
        return camera?.refuse(fault.status, fault.count)
      case 'stall':
        return camera?.stall(fault.ms)
    }
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
    for (const socket of Object.values(this.#sockets)) socket?.close()
  }
}

async function start(
  settings: GigeSimulatorSettings,
  sockets: Sockets,
  broadcastProblem: string | undefined,
): Promise<SimulatedDevice> {
  const xml = new XmlPublisher(settings)
  try {
    await xml.start()
    const device = new SimulatedDevice(settings, sockets, xml, broadcastProblem)
    await xml.save()
    return device
  } catch (error) {
    xml.close()
    sockets.broadcast?.close()
    throw error
  }
}

/** The socket that hears broadcasts alone. Not all systems have such a thing: then the error says so. */
async function bindBroadcast(port: number): Promise<Socket | Error> {
  try {
    return await bindUdp('255.255.255.255', port, { reuseAddr: true })
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
