import {
  type CameraHealth,
  type DeviceDescription,
  type PropertyDescriptorInput,
  type PropertyValue,
  standardProperty,
} from '../../src-shared/devices.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { imageBytes, pixelLayout } from '../../src-shared/frames/pixel-format.ts'
import type { CameraDevice, FrameSink } from '../sdk/driver.ts'
import { FrameMeter } from '../sdk/frame-meter.ts'
import { checkPropertyValue, findProperty } from '../sdk/property-value.ts'
import type { FrameReceiver, FrameShape, FrameSource, VideoFormat } from './frame-source.ts'

/** A property besides those that all cameras of this driver have. */
export type VideoProperty = {
  readonly descriptor: PropertyDescriptorInput
  set(value: PropertyValue): void
}

/** What a video camera is made from. */
export type VideoCameraOptions = {
  readonly description: Extract<DeviceDescription, { kind: 'camera' }>
  readonly source: FrameSource
  readonly formats: readonly VideoFormat[]
  readonly pixelFormat: VideoFormat
  /** Further properties as they are now; none of them can change while frames are acquired. */
  properties(): readonly VideoProperty[]
  /** The video has ended, or changed. */
  lost(error: CoverslipError): void
}

type Waiting = { resolve(): void; reject(error: CoverslipError): void }

/** One acquisition. */
type Run = {
  readonly sink: FrameSink
  readonly mode: 'continuous' | 'software'
  /** Triggers that wait for a frame each. */
  readonly waiting: Waiting[]
  sequence: number
  /** Shape of the first frame: the others must have it too. */
  shape: FrameShape | undefined
  beganNs: bigint
}

/**
 * A camera that sends frames by itself. A software trigger takes the next frame that begins after it. Exposure and gain
 * are the camera's own affair: frames say 0 ms and 1. The time of a frame is when its first byte arrived.
 */
export class VideoCamera implements CameraDevice {
  readonly description: Extract<DeviceDescription, { kind: 'camera' }>
  readonly #options: VideoCameraOptions
  readonly #changed = new Emitter<undefined>()
  #pixelFormat: VideoFormat
  #mode: Run['mode'] = 'continuous'
  #run: Run | undefined
  #stopping: Promise<void> = Promise.resolve()
  #meter = new FrameMeter(performance.now())

  constructor(options: VideoCameraOptions) {
    this.#options = options
    this.description = options.description
    this.#pixelFormat = options.pixelFormat
  }

  properties(): readonly PropertyDescriptorInput[] {
    return this.#properties().map(({ descriptor }) => ({ ...descriptor, lockedWhileAcquiring: true }))
  }

  async setProperty(name: string, value: PropertyValue): Promise<void> {
    const property = findProperty(this.description.name, this.properties(), name)
    checkPropertyValue(property, value)
    if (this.#run !== undefined && value !== property.value) {
      throw new CoverslipError(
        'PROPERTY_READ_ONLY',
        `${property.title} of ${this.description.name} cannot change now`,
        {
          hint: 'Stop the acquisition first.',
          data: { property: name },
        },
      )
    }
    this.#properties()
      .find(({ descriptor }) => descriptor.name === name)
      ?.set(value)
    this.#changed.emit(undefined)
  }

  onPropertiesChanged(listener: () => void): () => void {
    return this.#changed.on(listener)
  }

  async start(sink: FrameSink): Promise<void> {
    const run: Run = { sink, mode: this.#mode, waiting: [], sequence: 0, shape: undefined, beganNs: 0n }
    this.#run = run
    this.#meter = new FrameMeter(performance.now())
    await this.#stopping
    if (this.#run === run) this.#options.source.start(this.#receiver(run), this.#pixelFormat)
  }

  async stop(): Promise<void> {
    const run = this.#run
    this.#run = undefined
    this.#stopping = this.#options.source.stop()
    for (const { reject } of run?.waiting.splice(0) ?? [])
      reject(this.#error('DEVICE_UNAVAILABLE', 'was stopped before the frame was taken'))
    await this.#stopping
  }

  trigger(): Promise<void> {
    const run = this.#run
    if (run?.mode !== 'software') {
      const hint = 'Set its trigger mode to "software" and start it.'
      return Promise.reject(this.#error('INVALID_INPUT', 'does not wait for a software trigger', hint))
    }
    return new Promise((resolve, reject) => run.waiting.push({ resolve, reject }))
  }

  health(): CameraHealth {
    return this.#meter.read(performance.now())
  }

  #receiver(run: Run): FrameReceiver {
    return {
      begin: (shape) => this.#begin(run, shape),
      complete: () => this.#complete(run),
      damaged: (error) => {
        if (this.#run !== run) return
        if (run.mode === 'continuous') run.sequence += 1
        run.sink.fault(error)
      },
      ended: (error) => this.#lose(run, error),
    }
  }

  #begin(run: Run, shape: FrameShape): Uint8Array | undefined {
    if (this.#run !== run) return undefined
    const bytes = imageBytes(shape.pixelFormat, shape.width, shape.height)
    run.shape ??= shape
    const { width, height } = run.shape
    const isOther = shape.width !== width || shape.height !== height
    if (isOther || bytes > this.description.maxFrameBytes) {
      const { sensorWidth, sensorHeight } = this.description
      const [from, to] = isOther
        ? [`${width} × ${height}`, `${shape.width} × ${shape.height}`]
        : [`${sensorWidth} × ${sensorHeight}`, `${width} × ${height}`]
      this.#lose(
        run,
        this.#error(
          'DEVICE_FAILED',
          `changed its image size from ${from} to ${to} pixels`,
          'It is opened again with the new size.',
        ),
      )
      return undefined
    }
    if (run.mode === 'software' && run.waiting.length === 0) return undefined
    run.beganNs = process.hrtime.bigint()
    return run.sink.slot().subarray(0, bytes)
  }

  #complete(run: Run): void {
    if (this.#run !== run || run.shape === undefined) return
    const { width, height, pixelFormat } = run.shape
    run.sink.commit({
      sequence: run.sequence++,
      timestampNs: run.beganNs,
      width,
      height,
      pixelFormat,
      significantBits: pixelLayout(pixelFormat).significantBits,
      exposureMs: 0,
      gain: 1,
    })
    this.#meter.count(imageBytes(pixelFormat, width, height))
    run.waiting.shift()?.resolve()
  }

  #lose(run: Run, error: CoverslipError): void {
    if (this.#run !== run) return
    this.#run = undefined
    this.#stopping = this.#options.source.stop()
    for (const { reject } of run.waiting.splice(0)) reject(error)
    this.#options.lost(error)
  }

  #properties(): readonly VideoProperty[] {
    return [
      ...this.#options.properties(),
      {
        descriptor: {
          name: standardProperty.pixelFormat,
          title: 'Pixel format',
          category: 'Format',
          type: 'option',
          value: this.#pixelFormat,
          options: [...this.#options.formats],
        },
        set: (value) => {
          this.#pixelFormat = this.#options.formats.find((format) => format === value) ?? this.#pixelFormat
        },
      },
      {
        descriptor: {
          name: standardProperty.triggerMode,
          title: 'Trigger',
          category: 'Trigger',
          type: 'option',
          value: this.#mode,
          options: ['continuous', 'software'],
        },
        set: (value) => {
          this.#mode = value === 'software' ? 'software' : 'continuous'
        },
      },
    ]
  }

  #error(
    code: 'DEVICE_UNAVAILABLE' | 'DEVICE_FAILED' | 'INVALID_INPUT',
    what: string,
    hint?: string,
  ): CoverslipError {
    return new CoverslipError(code, `${this.description.name} ${what}`, hint === undefined ? {} : { hint })
  }
}
