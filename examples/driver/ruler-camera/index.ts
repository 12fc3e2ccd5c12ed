/**
 * A complete driver in one file, without hardware: a camera that shows a moving ruler. Copy this folder into the folder
 * `drivers` of Coverslip's data folder, press Find cameras, and allow it. See docs/writing-a-driver.md.
 */
// Types only: Node leaves these lines out when it runs the file, so they may point to wherever a copy of Coverslip is.
import type { CameraDevice, Connection, Driver, FrameSink } from '../../../drivers/sdk/driver.ts'
import type { PropertyDescriptorInput, PropertyValue } from '../../../src-shared/devices.ts'
import manifest from './manifest.json' with { type: 'json' }

const width = 320
const height = 240

/** An error as Coverslip shows it: what happened, naming the thing, and what the user can do. */
function failure(code: 'INVALID_INPUT' | 'DEVICE_FAILED', message: string, hint: string): Error {
  return Object.assign(new Error(message), { code, hint })
}

class RulerCamera implements CameraDevice {
  readonly description
  readonly #listeners = new Set<() => void>()
  #exposureMs = 10
  #frameRate = 30
  #sink: FrameSink | undefined
  #timer: NodeJS.Timeout | undefined
  #sequence = 0

  constructor(name: string) {
    this.description = {
      kind: 'camera' as const,
      id: 'camera',
      name: `Ruler camera ${name}`,
      model: 'Ruler',
      // Settings that the user makes are restored on the camera of this number.
      serialNumber: name,
      sensorWidth: width,
      sensorHeight: height,
      maxFrameBytes: width * height,
    }
  }

  properties(): readonly PropertyDescriptorInput[] {
    return [
      {
        name: 'exposureMs',
        title: 'Exposure',
        category: 'Exposure',
        type: 'number',
        unit: 'ms',
        min: 1,
        max: 100,
        scale: 'log',
        value: this.#exposureMs,
      },
      {
        name: 'frameRate',
        title: 'Frame rate',
        category: 'Exposure',
        type: 'number',
        unit: 'fps',
        min: 1,
        max: 100,
        value: this.#frameRate,
      },
    ]
  }

  /** The value has been checked against its descriptor; resolve when the camera has it. */
  async setProperty(name: string, value: PropertyValue): Promise<void> {
    if (name === 'exposureMs') this.#exposureMs = Number(value)
    if (name === 'frameRate') this.#frameRate = Number(value)
    if (this.#sink !== undefined) this.#run(this.#sink)
    for (const listener of this.#listeners) listener()
  }

  onPropertiesChanged(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async start(sink: FrameSink): Promise<void> {
    this.#sequence = 0
    this.#sink = sink
    this.#run(sink)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#sink = undefined
  }

  trigger(): Promise<void> {
    return Promise.reject(
      failure('INVALID_INPUT', 'The ruler camera has no trigger', 'It sends frames by itself.'),
    )
  }

  #run(sink: FrameSink): void {
    clearInterval(this.#timer)
    this.#timer = setInterval(() => this.#deliver(sink), 1000 / this.#frameRate)
  }

  #deliver(sink: FrameSink): void {
    // A slot of the shared ring: whatever is written here is what viewers and recordings read.
    const pixels = sink.slot()
    const light = Math.min(255, this.#exposureMs * 2.5)
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const tick = (x + this.#sequence) % 10 === 0 && y < ((x + this.#sequence) % 50 === 0 ? 60 : 30)
        pixels[y * width + x] = tick ? 0 : light
      }
    }
    sink.commit({
      sequence: this.#sequence,
      timestampNs: process.hrtime.bigint(),
      width,
      height,
      pixelFormat: 'Mono8',
      significantBits: 8,
      exposureMs: this.#exposureMs,
      gain: 1,
    })
    this.#sequence += 1
  }
}

const driver: Driver = {
  manifest,
  discover: async () => [{ address: 'A', title: 'Ruler camera A', serialNumber: 'A' }],
  open: async (address, options): Promise<Connection> => {
    const [unknown] = Object.keys(options)
    if (unknown !== undefined)
      throw failure('INVALID_INPUT', `The ruler camera has no option "${unknown}"`, 'It has no options.')
    const camera = new RulerCamera(address)
    return { devices: [camera], close: () => camera.stop() }
  },
}

export default driver
