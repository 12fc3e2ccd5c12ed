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
import { FrameCache } from './frame-cache.ts'
import { FrameSchedule } from './frame-schedule.ts'
import { reasonOf } from './replay-error.ts'
import type { ReplayOptions } from './replay-options.ts'
import { describeReplay, replayProperty, type TriggerMode } from './replay-properties.ts'
import type { ReplaySource } from './replay-source.ts'

/** While images play, a change of `frameIndex` is announced no more often than this, ms. */
const announcePeriodMs = 250
/** A frame due within this time is sent now: timers count whole milliseconds. */
const timerToleranceMs = 0.5

/** One acquisition, from `start` to `stop`. */
type Run = {
  readonly sink: FrameSink
  readonly schedule: FrameSchedule
  /** Images whose fault has been reported. */
  readonly reported: Set<number>
  sequence: number
  stopped: boolean
}

/** Plays the images of a source as the frames of a camera. */
export class ReplayCamera implements CameraDevice {
  readonly description: Extract<DeviceDescription, { kind: 'camera' }>
  readonly #source: ReplaySource
  readonly #cache: FrameCache
  readonly #pixelSizeUm: number | undefined
  readonly #significantBits: number
  readonly #listeners = new Set<() => void>()
  #frameRate: number
  #loop: boolean
  #playing = true
  #triggerMode: TriggerMode = 'continuous'
  /** Image to be sent next, and the one sent last (or set by the user since). */
  #next = 0
  #shown = 0
  /** True: the last image has been sent, and the recording is not looped. */
  #ended = false
  /** True: one image is to be sent although paused. */
  #showOnce = false
  #announcedMs = 0
  #run: Run | undefined
  #wake: (() => void) | undefined
  #triggers: Promise<unknown> = Promise.resolve()

  constructor(source: ReplaySource, options: ReplayOptions) {
    this.#source = source
    this.#frameRate = options.frameRate
    this.#loop = options.loop
    this.#pixelSizeUm = options.pixelSizeUm
    this.#significantBits = pixelLayout(source.pixelFormat).significantBits
    this.#cache = new FrameCache({
      count: source.count,
      capacity: (options.cacheMiB * 2 ** 20) / source.frameBytes,
      decode: (index) => source.decode(index),
    })
    this.description = {
      kind: 'camera',
      id: 'replay',
      name: source.name,
      model: 'Replay of recorded images',
      sensorWidth: source.width,
      sensorHeight: source.height,
      maxFrameBytes: source.frameBytes,
    }
  }

  properties(): readonly PropertyDescriptorInput[] {
    return describeReplay({
      frameRate: this.#frameRate,
      playing: this.#playing,
      loop: this.#loop,
      frameIndex: this.#shown,
      imageCount: this.#source.count,
      triggerMode: this.#triggerMode,
      pixelFormat: this.#source.pixelFormat,
    })
  }

  async setProperty(name: string, value: PropertyValue): Promise<void> {
    checkPropertyValue(findProperty(this.description.name, this.properties(), name), value)
    if (name === standardProperty.frameRate && typeof value === 'number') this.#setFrameRate(value)
    if (name === replayProperty.playing && typeof value === 'boolean') this.#setPlaying(value)
    if (name === replayProperty.loop && typeof value === 'boolean') this.#loop = value
    if (name === replayProperty.frameIndex && typeof value === 'number') this.#seek(value)
    if (name === standardProperty.triggerMode)
      this.#setTriggerMode(value === 'software' ? 'software' : 'continuous')
    this.#announce()
  }

  onPropertiesChanged(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async start(sink: FrameSink): Promise<void> {
    if (this.#run !== undefined) throw this.#error('is acquiring already', 'Stop it first.')
    if (this.#ended) this.#setPlaying(true)
    this.#showOnce = !this.#playing
    this.#cache.retryFailed()
    const run: Run = {
      sink,
      schedule: new FrameSchedule(1000 / this.#frameRate, performance.now()),
      reported: new Set(),
      sequence: 0,
      stopped: false,
    }
    this.#run = run
    this.#cache.readAhead(this.#next)
    if (this.#triggerMode === 'continuous') {
      this.#play(run).catch((error: unknown) => sink.fault(CoverslipError.from(error, 'DEVICE_FAILED')))
    }
  }

  async stop(): Promise<void> {
    if (this.#run === undefined) return
    this.#run.stopped = true
    this.#run = undefined
    this.#wakeUp()
    this.#announce()
  }

  trigger(): Promise<void> {
    const sent = this.#triggers.then(() => this.#sendTriggered())
    this.#triggers = sent.catch(() => undefined)
    return sent
  }

  /** Stops and lets go of all listeners. */
  async close(): Promise<void> {
    this.#listeners.clear()
    await this.stop()
  }

  get #exposureMs(): number {
    return 1000 / this.#frameRate
  }

  async #play(run: Run): Promise<void> {
    while (!run.stopped) {
      if (!this.#playing && !this.#showOnce) {
        await this.#sleep()
        continue
      }
      const waitMs = this.#showOnce ? 0 : run.schedule.dueMs - performance.now()
      if (waitMs > timerToleranceMs) {
        await this.#sleep(waitMs)
        continue
      }
      const index = this.#next
      const frame = this.#cache.get(index) ?? (await this.#cache.load(index).catch(CoverslipError.from))
      if (run.stopped) return
      // The user may have gone to another image, or paused, while this one was decoded.
      if (this.#next !== index || !(this.#playing || this.#showOnce)) continue
      this.#showOnce = false
      this.#send(run, index, frame)
      run.schedule.advance(performance.now())
      // Frames that are late follow at once, but not before messages that are waiting (a stop, for one).
      if (run.schedule.dueMs <= performance.now()) await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }

  async #sendTriggered(): Promise<void> {
    const run = this.#run
    if (run === undefined)
      throw this.#error('cannot be triggered while it is stopped', 'Start the acquisition first.')
    if (this.#triggerMode !== 'software') {
      throw this.#error('runs continuously and takes no triggers', 'Set triggerMode to "software" first.')
    }
    if (this.#ended) {
      throw this.#error('has come to its last image', 'Turn loop on, or set frameIndex to begin again.')
    }
    const index = this.#next
    const frame = await this.#cache.load(index).catch(CoverslipError.from)
    if (run.stopped) throw this.#error('was stopped before the triggered image was there', 'Start it again.')
    this.#send(run, index, frame)
    if (frame instanceof CoverslipError) throw frame
  }

  /** Sends image `index`, or leaves its sequence number out when it could not be decoded, and goes on to the next. */
  #send(run: Run, index: number, frame: Uint8Array | CoverslipError): void {
    const sequence = run.sequence++
    this.#shown = index
    this.#goOn(index)
    if (frame instanceof CoverslipError) this.#report(run, index, frame)
    else this.#commit(run, sequence, frame)
    this.#cache.readAhead(this.#next)
    const nowMs = performance.now()
    if (this.#ended || nowMs - this.#announcedMs >= announcePeriodMs) this.#announce()
  }

  #goOn(index: number): void {
    this.#next = (index + 1) % this.#source.count
    this.#ended = this.#next === 0 && !this.#loop
    if (this.#ended && this.#triggerMode === 'continuous') this.#playing = false
  }

  #report(run: Run, index: number, error: CoverslipError): void {
    if (run.reported.has(index) || this.#triggerMode === 'software') return
    run.reported.add(index)
    run.sink.fault(error)
  }

  #commit({ sink }: Run, sequence: number, frame: Uint8Array): void {
    sink.slot().set(frame)
    sink.commit({
      sequence,
      timestampNs: process.hrtime.bigint(),
      width: this.#source.width,
      height: this.#source.height,
      pixelFormat: this.#source.pixelFormat,
      significantBits: this.#significantBits,
      exposureMs: this.#exposureMs,
      gain: 1,
      ...(this.#pixelSizeUm === undefined ? {} : { pixelSizeUm: this.#pixelSizeUm }),
    })
  }

  #setFrameRate(frameRate: number): void {
    this.#frameRate = frameRate
    this.#run?.schedule.setPeriod(1000 / frameRate)
    this.#wakeUp()
  }

  #setPlaying(playing: boolean): void {
    this.#playing = playing
    if (playing) {
      this.#ended = false
      this.#run?.schedule.restart(performance.now())
    }
    this.#wakeUp()
  }

  #seek(index: number): void {
    this.#next = index
    this.#shown = index
    this.#ended = false
    this.#showOnce = !this.#playing
    this.#cache.readAhead(index)
    this.#wakeUp()
  }

  #setTriggerMode(mode: TriggerMode): void {
    if (mode === this.#triggerMode) return
    if (this.#run !== undefined)
      throw this.#error('cannot change triggerMode while it is acquiring', 'Stop it first.')
    this.#triggerMode = mode
  }

  /** Sleeps until `#wakeUp`, or for `ms`. */
  #sleep(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => this.#wakeUp(), ms)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }

  #wakeUp(): void {
    this.#wake?.()
  }

  #announce(): void {
    this.#announcedMs = performance.now()
    for (const listener of this.#listeners) {
      try {
        listener()
      } catch (error) {
        this.#run?.sink.fault(
          new CoverslipError('INTERNAL', `A listener failed: ${reasonOf(error)}`, { cause: error }),
        )
      }
    }
  }

  #error(what: string, hint: string): CoverslipError {
    return new CoverslipError('DEVICE_FAILED', `${this.description.name} ${what}`, { hint })
  }
}
