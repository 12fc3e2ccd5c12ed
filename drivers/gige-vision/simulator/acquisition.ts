import { setImmediate as nextTurn } from 'node:timers/promises'
import type { GvcpStatus } from '../protocol/gvcp-status.ts'
import { type ExposedFrame, ExposureClock } from '../../simulated-microscope/exposure-clock.ts'
import { hostTimeMs } from '../../simulated-microscope/host-clock.ts'
import type { CameraSettings } from './camera-settings.ts'
import type { ImageMaker } from './image-maker.ts'

/** Work on missing detail of the specimen per frame, ms. */
const sliceMs = 8
/** Time given to it before the first frame, and before each that is triggered, ms. */
const detailMs = 600

/** Times the frames: acquisition modes, triggers, and the end of a series. */
export class Acquisition {
  readonly #settings: CameraSettings
  readonly #images: ImageMaker
  readonly #exposed: (endMs: number) => boolean
  readonly #clock: ExposureClock
  /** Frames still to come; undefined while stopped. */
  #framesLeft: number | undefined
  #exposure: NodeJS.Timeout | undefined
  /** Nothing is delivered before this time (`hostTimeMs`). */
  #stalledUntilMs = 0
  /** Counts acquisitions, to tell what belongs to an earlier one. */
  #run = 0

  /**
   * `exposed` is called at the end of each exposure, whose time it is told (`hostTimeMs`); it says whether the frame
   * was taken, or left out for want of time.
   */
  constructor(settings: CameraSettings, images: ImageMaker, exposed: (endMs: number) => boolean) {
    this.#settings = settings
    this.#images = images
    this.#exposed = exposed
    this.#clock = new ExposureClock(
      () => images.timing(settings),
      (frame) => this.#freeRunning(frame),
    )
  }

  get isRunning(): boolean {
    return this.#framesLeft !== undefined
  }

  start(): GvcpStatus {
    const { acquisitionMode, frameCount, triggerMode } = this.#settings
    this.stop()
    this.#run += 1
    this.#framesLeft = { Continuous: Infinity, SingleFrame: 1, MultiFrame: frameCount }[acquisitionMode]
    if (triggerMode === 'On') return 'success'
    const run = this.#run
    void this.#prepareAll().then(() => {
      if (run === this.#run && this.isRunning) this.#clock.start()
    })
    return 'success'
  }

  stop(): void {
    this.#clock.stop()
    clearTimeout(this.#exposure)
    this.#exposure = undefined
    this.#framesLeft = undefined
  }

  /** To be called when exposure or frame rate have changed. */
  retime(): void {
    this.#clock.retime()
  }

  stall(ms: number): void {
    this.#stalledUntilMs = hostTimeMs() + ms
  }

  /** A software trigger: `busy` while the exposure before has not ended, `localProblem` where none is waited for. */
  trigger(): GvcpStatus {
    const { triggerMode, triggerSource, exposureUs } = this.#settings
    if (!this.isRunning || triggerMode === 'Off' || triggerSource !== 'Software') return 'localProblem'
    if (this.#exposure !== undefined) return 'busy'
    const run = this.#run
    this.#exposure = setTimeout(() => {
      this.#exposure = undefined
      const endMs = hostTimeMs()
      void this.#prepareAll().then(() => {
        if (run === this.#run) this.#deliver(endMs)
      })
    }, exposureUs / 1000)
    return 'success'
  }

  /** Shows the specimen in full detail, leaving the thread free in between. */
  async #prepareAll(): Promise<void> {
    const giveUpMs = performance.now() + detailMs
    while (performance.now() < giveUpMs && this.isRunning) {
      if (this.#images.prepare(this.#settings, performance.now() + sliceMs)) return
      await nextTurn()
    }
  }

  #freeRunning({ endMs }: ExposedFrame): void {
    this.#images.prepare(this.#settings, performance.now() + sliceMs)
    this.#deliver(endMs)
  }

  #deliver(endMs: number): void {
    if (this.#framesLeft === undefined || hostTimeMs() < this.#stalledUntilMs) return
    if (!this.#exposed(endMs)) return
    this.#framesLeft -= 1
    if (this.#framesLeft === 0) this.stop()
  }
}
