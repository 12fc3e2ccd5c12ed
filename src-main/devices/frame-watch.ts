import { type PropertyDescriptor, standardProperty } from '../../src-shared/devices.ts'
import { type FrameRingMemory, LiveFrameReader } from '../frames/frame-ring.ts'

const checkEveryMs = 1000
/** Silence beyond what exposure and frame rate explain before it is reported, ms. */
const patienceMs = 3000

type Options = {
  readonly ring: FrameRingMemory
  properties(): readonly PropertyDescriptor[]
  silent(seconds: number): void
  delivering(): void
}

/** Watches, while a camera acquires, that frames really come. A camera that waits for triggers may be silent. */
export class FrameWatch {
  readonly #options: Options
  #timer: NodeJS.Timeout | undefined

  constructor(options: Options) {
    this.#options = options
  }

  start(): void {
    this.stop()
    const reader = new LiveFrameReader(this.#options.ring)
    let lastFrameAt = performance.now()
    let reported = false
    this.#timer = setInterval(() => {
      if (reader.look() !== undefined) {
        lastFrameAt = performance.now()
        if (reported) this.#options.delivering()
        reported = false
        return
      }
      const silentMs = performance.now() - lastFrameAt
      if (reported || this.#waitsForTrigger() || silentMs < patienceMs + 2 * this.#framePeriodMs()) return
      reported = true
      this.#options.silent(Math.round(silentMs / 1000))
    }, checkEveryMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #value(name: string): PropertyDescriptor['value'] | undefined {
    return this.#options.properties().find((property) => property.name === name)?.value
  }

  #waitsForTrigger(): boolean {
    const mode = this.#value(standardProperty.triggerMode)
    return mode !== undefined && mode !== 'continuous'
  }

  #framePeriodMs(): number {
    const exposureMs = Number(this.#value(standardProperty.exposureMs) ?? 0)
    const frameRate = Number(this.#value(standardProperty.frameRate) ?? 0)
    return Math.max(exposureMs, frameRate > 0 ? 1000 / frameRate : 0)
  }
}
