import {
  type CameraHealth,
  type DeviceDescription,
  type PropertyDescriptorInput,
  type PropertyValue,
  standardProperty,
} from '../../src-shared/devices.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { CameraDevice, FrameSink } from '../sdk/driver.ts'
import { checkPropertyValue } from '../sdk/property-value.ts'
import { Acquisition } from './acquisition.ts'
import type { CameraSession } from './camera-session.ts'
import { readFrameSize } from './frame-size.ts'
import type { GigeOptions } from './options.ts'
import { CameraProperties } from './properties/camera-properties.ts'

/** The driver's own choice what becomes of frames with pixels missing. */
const incompleteFrames = 'incompleteFrames'
const incompleteChoices = ['drop', 'deliver'] as const
type IncompleteChoice = (typeof incompleteChoices)[number]

type Parts = {
  readonly session: CameraSession
  readonly options: GigeOptions
  readonly description: Extract<DeviceDescription, { kind: 'camera' }>
  readonly properties: CameraProperties
}

/** A GigE Vision camera as the engine knows cameras. */
export class GigeCamera implements CameraDevice {
  readonly description: Extract<DeviceDescription, { kind: 'camera' }>
  readonly #session: CameraSession
  readonly #options: GigeOptions
  readonly #properties: CameraProperties
  readonly #changed = new Emitter<void>()
  #incomplete: IncompleteChoice
  #packetSize: number | undefined
  #sink: FrameSink | undefined
  #starting: Promise<Acquisition> | undefined
  /** The present acquisition, or the last one. */
  #acquisition: Acquisition | undefined
  #lost = false

  private constructor({ session, options, description, properties }: Parts) {
    this.description = description
    this.#session = session
    this.#options = options
    this.#properties = properties
    this.#incomplete = options.incompleteFrames
    properties.onChanged(() => this.#changed.emit())
    // The loss of the camera is told by the session; anything else while frames are taken by an alert.
    properties.onFailed((error) => {
      if (!this.#lost) this.#sink?.fault(error)
    })
    session.onLost(() => this.#endLost())
  }

  /** Reads all that is known of the camera. @throws CoverslipError when it cannot be used as a camera. */
  static async open(session: CameraSession, options: GigeOptions): Promise<GigeCamera> {
    const { nodeMap, identity, client } = session
    const { userName, model, manufacturer, serialNumber, mac } = identity
    const size = await readFrameSize(nodeMap, client.deviceName)
    const serial = serialNumber || mac
    const properties = await CameraProperties.load({ nodeMap, deviceName: client.deviceName })
    return new GigeCamera({
      session,
      options,
      properties,
      description: {
        kind: 'camera',
        id: `gige-${serial.replaceAll(/[^\w.-]+/g, '-')}`,
        name: userName || model || 'GigE Vision camera',
        model: [manufacturer, model].filter(Boolean).join(' '),
        serialNumber: serial,
        ...size,
      },
    })
  }

  properties(): readonly PropertyDescriptorInput[] {
    return [...this.#properties.list(), this.#incompleteProperty(), ...this.#chunksProperty()]
  }

  async setProperty(name: string, value: PropertyValue): Promise<void> {
    if (name !== incompleteFrames) {
      return this.#properties.set(name, value)
    }
    checkPropertyValue(this.#incompleteProperty(), value)
    this.#incomplete = value === 'deliver' ? 'deliver' : 'drop'
    this.#changed.emit()
  }

  onPropertiesChanged(listener: () => void): () => void {
    return this.#changed.on(listener)
  }

  async start(sink: FrameSink): Promise<void> {
    if (this.#lost) throw this.#unavailable()
    this.#sink = sink
    this.#properties.acquisitionBegins()
    const starting = Acquisition.start({
      session: this.#session,
      options: this.#options,
      sink,
      maxFrameBytes: this.description.maxFrameBytes,
      packetSize: this.#packetSize,
      incomplete: () => this.#incomplete,
      settings: () => ({
        exposureMs: this.#properties.number(standardProperty.exposureMs) ?? 0,
        gain: this.#properties.number(standardProperty.gain) ?? 0,
      }),
    })
    this.#starting = starting
    try {
      this.#acquisition = await starting
      this.#packetSize = this.#acquisition.packetSize
      await this.#properties.refreshed()
      if (this.#starting === starting) this.#properties.acquisitionBegun()
    } catch (error) {
      await starting
        .then((acquisition) => acquisition.stop({ cameraIsLost: this.#lost }))
        .catch(() => {
          // Either it never began, or why it is given up matters more than how its end fails.
        })
      if (this.#starting === starting) {
        this.#ended(starting)
        this.#sink = undefined
      }
      throw error
    }
  }

  async stop(): Promise<void> {
    const starting = this.#starting
    if (starting === undefined) return
    const acquisition = await starting.catch(() => undefined)
    try {
      await acquisition?.stop({ cameraIsLost: this.#lost })
      // What was locked during the acquisition can be set again.
      await this.#properties.refreshed()
    } finally {
      this.#ended(starting)
      this.#sink = undefined
    }
  }

  async trigger(): Promise<void> {
    const mode = this.#properties.list().find(({ name }) => name === standardProperty.triggerMode)
    if (this.#starting === undefined || mode?.value !== 'software') {
      throw new CoverslipError(
        'INVALID_INPUT',
        `${this.description.name} does not wait for a software trigger`,
        { hint: 'Set its trigger mode to "software" and start it.' },
      )
    }
    await this.#starting
    await this.#session.nodeMap.execute('TriggerSoftware')
  }

  health(): CameraHealth {
    return this.#acquisition?.health() ?? { framesPerSecond: 0, bytesPerSecond: 0, frames: 0 }
  }

  async close(): Promise<void> {
    this.#properties.close()
    try {
      await this.stop()
    } finally {
      await this.#session.close()
    }
  }

  /** Unless another acquisition has begun since. */
  #ended(acquisition: Promise<Acquisition>): void {
    if (this.#starting !== acquisition) return
    this.#starting = undefined
    this.#properties.acquisitionEnded()
  }

  /** The camera is gone: nothing more goes to the sink. */
  #endLost(): void {
    this.#lost = true
    this.#properties.close()
    this.stop().catch((error: unknown) => this.#sink?.fault(CoverslipError.from(error, 'DEVICE_FAILED')))
  }

  #incompleteProperty(): PropertyDescriptorInput {
    return {
      name: incompleteFrames,
      title: 'Incomplete frames',
      category: 'Transport',
      description:
        'Frames with pixels that did not arrive: dropped, or delivered with those pixels 0 and flagged.',
      level: 'expert',
      type: 'option',
      value: this.#incomplete,
      options: [...incompleteChoices],
    }
  }

  /** Which chunks come with the frames, where some do. */
  #chunksProperty(): readonly PropertyDescriptorInput[] {
    const chunks = this.#acquisition?.chunks() ?? []
    if (chunks.length === 0) return []
    return [
      {
        name: 'chunks',
        title: 'Chunks received',
        category: 'Transport',
        description: 'Ids and sizes of the chunks that came with the newest frame.',
        readOnly: true,
        level: 'expert',
        type: 'text',
        value: chunks.map(({ id, data }) => `0x${id.toString(16)}: ${data.length} bytes`).join(', '),
      },
    ]
  }

  #unavailable(): CoverslipError {
    return new CoverslipError('DEVICE_UNAVAILABLE', `${this.description.name} is not connected any more`)
  }
}
