import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type DeviceDescription,
  type PropertyDescriptorInput,
  type PropertyValue,
  standardProperty,
} from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import { pixelLayout } from '../../src-shared/frames/pixel-format.ts'
import type { CameraDevice, FrameSink } from '../sdk/driver.ts'
import { checkPropertyValue, findProperty } from '../sdk/property-value.ts'
import { drawBarcode } from './barcode.ts'
import { type ExposedFrame, ExposureClock } from './exposure-clock.ts'
import type { FaultInjector } from './faults.ts'
import { hostTimeMs, timestampNs } from './host-clock.ts'
import type { Imager } from './imager.ts'
import { Listeners } from './listeners.ts'

/** Work on missing detail is done in slices of this length, ms, so that the thread always answers. */
const sliceMs = 20
/** Work on missing detail per frame while frames are running, ms. */
const sliceInFrameMs = 8
/** Free-running frames start at the latest after this, ms, with what detail there is. */
const startTimeoutMs = 600
/** A change of the scene counts as settled after this at the latest, ms. */
const settleTimeoutMs = 3000

type Run = {
  readonly sink: FrameSink
  readonly mode: TriggerMode
  /** Aborted by `stop`. */
  readonly ended: AbortController
  /** Number of the next triggered frame. */
  sequence: number
  /** The triggers taken so far. */
  triggers: Promise<unknown>
  /** When the last triggered exposure ended, on `hostTimeMs`' clock. */
  lastEndMs: number
}

const triggerModes = ['continuous', 'software', 'external'] as const
type TriggerMode = (typeof triggerModes)[number]

/** What a simulated camera is made from. */
export type CameraOptions = {
  readonly description: Omit<Extract<DeviceDescription, { kind: 'camera' }>, 'kind' | 'maxFrameBytes'>
  readonly imager: Imager
  /** Whether to draw the frame number into each frame. */
  readonly counter: boolean
  readonly faults?: FaultInjector
}

/** A simulated camera: running, triggering and numbering; its imager makes the pixels. */
export class SimulatedCamera implements CameraDevice {
  readonly description: Extract<DeviceDescription, { kind: 'camera' }>
  readonly #options: CameraOptions
  readonly #imager: Imager
  readonly #clock: ExposureClock
  readonly #changed = new Listeners()
  #triggerMode: TriggerMode = 'continuous'
  #run: Run | undefined

  constructor(options: CameraOptions) {
    const { imager } = options
    this.#options = options
    this.#imager = imager
    this.description = { ...options.description, kind: 'camera', maxFrameBytes: imager.maxFrameBytes }
    this.#clock = new ExposureClock(
      () => imager.timing(),
      (frame) => {
        imager.prepare(performance.now() + sliceInFrameMs)
        this.#deliver(frame)
      },
    )
  }

  properties(): readonly PropertyDescriptorInput[] {
    return [
      ...this.#imager.properties(),
      {
        name: standardProperty.triggerMode,
        title: 'Trigger',
        category: 'Trigger',
        type: 'option',
        value: this.#triggerMode,
        options: [...triggerModes],
        lockedWhileAcquiring: true,
      },
    ]
  }

  async setProperty(name: string, value: PropertyValue): Promise<void> {
    const property = findProperty(this.description.name, this.properties(), name)
    checkPropertyValue(property, value)
    if (property.lockedWhileAcquiring === true && this.#run !== undefined && property.value !== value) {
      throw new CoverslipError(
        'PROPERTY_READ_ONLY',
        `${property.title} of ${this.description.name} cannot change now`,
        {
          hint: 'Stop the acquisition first.',
          data: { property: name },
        },
      )
    }
    if (name === standardProperty.triggerMode)
      this.#triggerMode = triggerModes.find((mode) => mode === value) ?? 'continuous'
    else this.#imager.set(name, value)
    this.#clock.retime()
    this.announce()
  }

  onPropertiesChanged(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Tells that properties may have changed. */
  announce(): void {
    this.#changed.emit()
  }

  async start(sink: FrameSink): Promise<void> {
    const run: Run = {
      sink,
      mode: this.#triggerMode,
      ended: new AbortController(),
      sequence: 0,
      triggers: Promise.resolve(),
      lastEndMs: 0,
    }
    this.#run = run
    try {
      await this.#options.faults?.onStart()
      await this.#prepareAll(run, run.mode === 'continuous' ? startTimeoutMs : Infinity)
    } catch (error) {
      if (this.#run === run) this.#run = undefined
      throw error
    }
    if (!run.ended.signal.aborted && run.mode === 'continuous') this.#clock.start()
  }

  /** Prepares the whole scene, leaving the thread free in between. */
  async #prepareAll(run: Run, timeoutMs = Infinity): Promise<void> {
    const giveUpMs = performance.now() + timeoutMs
    while (!run.ended.signal.aborted && performance.now() < giveUpMs) {
      if (this.#imager.prepare(performance.now() + sliceMs)) return
      await nextTurn()
    }
  }

  async stop(): Promise<void> {
    this.#clock.stop()
    this.#run?.ended.abort()
    this.#run = undefined
  }

  async trigger(): Promise<void> {
    const run = this.#run
    if (run === undefined || run.mode !== 'software') {
      throw new CoverslipError(
        'INVALID_INPUT',
        `${this.description.name} does not wait for a software trigger`,
        {
          hint: 'Set its trigger mode to "software" and start it.',
        },
      )
    }
    // One after the other, as they came.
    const taken = run.triggers.then(() => this.#takeOne(run))
    run.triggers = taken.catch(() => undefined)
    await taken
  }

  /**
   * A pulse at the trigger input: one exposure, from `sinceMs` on (of `hostTimeMs`) at the earliest.
   * @returns when it ended. @throws CoverslipError DEVICE_FAILED unless the camera waits for pulses.
   */
  async exposeOnPulse(sinceMs: number): Promise<number> {
    const run = this.#run
    if (run === undefined || run.mode !== 'external') {
      throw new CoverslipError(
        'DEVICE_FAILED',
        `${this.description.name} does not wait for an external trigger`,
        {
          hint: 'Set its trigger mode to "external" and start it.',
        },
      )
    }
    const { exposureMs, periodMs } = this.#imager.timing()
    const beginMs = Math.max(sinceMs, run.lastEndMs + periodMs - exposureMs)
    return this.#takeOne(run, beginMs)
  }

  /** Exposes from `beginMs` (absent: now) on, and delivers; resolves with the end of the exposure. */
  async #takeOne(run: Run, beginMs = hostTimeMs()): Promise<number> {
    const { exposureMs } = this.#imager.timing()
    await exposureTime(beginMs + exposureMs - hostTimeMs(), run.ended.signal)
    const endMs = Math.max(beginMs + exposureMs, hostTimeMs())
    run.lastEndMs = endMs
    await this.#prepareAll(run)
    if (run.ended.signal.aborted) {
      throw new CoverslipError(
        'DEVICE_UNAVAILABLE',
        `${this.description.name} was stopped before the frame was taken`,
      )
    }
    const { sequence } = run
    run.sequence += 1
    this.#deliver({ sequence, exposureMs, endMs })
    return endMs
  }

  /** Resolves when the frames show all detail of the scene as it is now; at once when none are taken. */
  async settled(): Promise<void> {
    if (this.#run !== undefined) await this.#prepareAll(this.#run, settleTimeoutMs)
  }

  #deliver({ sequence, exposureMs, endMs }: ExposedFrame): void {
    if (this.#run === undefined) return
    this.#options.faults?.onFrame(sequence)
    const { sink } = this.#run
    const slot = sink.slot()
    const details = this.#imager.capture(slot, exposureMs)
    if (this.#options.counter) this.#drawCounter(slot, details, sequence)
    sink.commit({ ...details, sequence, exposureMs, timestampNs: timestampNs(endMs) })
  }

  #drawCounter(slot: Uint8Array, details: ReturnType<Imager['capture']>, sequence: number): void {
    const { width, height, pixelFormat, significantBits } = details
    const { channels, bytesPerSample } = pixelLayout(pixelFormat)
    const samples =
      bytesPerSample === 1 ? slot : new Uint16Array(slot.buffer, slot.byteOffset, width * height * channels)
    drawBarcode(samples, { width, height, channels, maxValue: 2 ** significantBits - 1 }, sequence)
  }
}

/** Resolves after an exposure that lasts so much longer, or as soon as `ended` aborts. */
function exposureTime(exposureMs: number, ended: AbortSignal): Promise<void> {
  if (ended.aborted || exposureMs <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      ended.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, exposureMs)
    ended.addEventListener('abort', end)
  })
}
