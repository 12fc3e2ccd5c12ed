import { type CameraHealth, type PropertyDescriptor, standardProperty } from '../../src-shared/devices.ts'
import { imageBytes } from '../../src-shared/frames/pixel-format.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'
import { LiveFrameReader } from '../frames/live-frame-reader.ts'

const checkEveryMs = 1000
/** Silence beyond what exposure and frame rate explain before it is reported, ms. */
const patienceMs = 3000

type Options = {
  readonly ring: FrameRingMemory
  properties(): readonly PropertyDescriptor[]
  /** Frames and rates as the ring shows them, once a second. */
  counted(health: CameraHealth): void
  silent(seconds: number): void
  delivering(): void
}

/**
 * Watches, while a camera acquires, that frames really come, and counts them. A camera that waits for triggers may be
 * silent.
 */
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
    let lastLookAt = lastFrameAt
    let frames = 0
    let reported = false
    this.#timer = setInterval(() => {
      const seen = reader.look()
      const now = performance.now()
      const seconds = (now - lastLookAt) / 1000
      lastLookAt = now
      frames += seen?.arrived ?? 0
      this.#options.counted({ frames, ...ratesOf(seen, seconds) })
      if (seen !== undefined) {
        lastFrameAt = now
        if (reported) this.#options.delivering()
        reported = false
        return
      }
      const silentMs = now - lastFrameAt
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

/** All frames since the last look are taken to be as large as the newest. */
function ratesOf(
  seen: ReturnType<LiveFrameReader['look']>,
  seconds: number,
): Pick<CameraHealth, 'framesPerSecond' | 'bytesPerSecond'> {
  if (seen === undefined || seconds <= 0) return { framesPerSecond: 0, bytesPerSecond: 0 }
  const { pixelFormat, width, height } = seen.info
  const framesPerSecond = seen.arrived / seconds
  return { framesPerSecond, bytesPerSecond: framesPerSecond * imageBytes(pixelFormat, width, height) }
}
