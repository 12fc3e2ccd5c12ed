import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { imageBytes } from '../../../src-shared/frames/pixel-format.ts'
import type { FrameSink } from '../driver.ts'

/** What the slot is filled with before it is handed out, to tell frames that were never written. */
const untouched = 0xa5

/** A frame that was delivered. */
export type SinkFrame = {
  readonly info: Omit<FrameInfo, 'hostTimeNs'>
  readonly pixels: Uint8Array | undefined
}

/**
 * A FrameSink of one slot for tests and benchmarks. Keeps what was committed, the faults that were reported, and all
 * breaches of the sink's contract; it never throws, as a driver might swallow that.
 */
export class MemorySink implements FrameSink {
  readonly frames: SinkFrame[] = []
  readonly faults: Error[] = []
  /** What the driver did that it must not, in words. */
  readonly violations: string[] = []
  readonly #slot: Uint8Array<SharedArrayBuffer>
  readonly #keep: 'pixels' | 'infos'
  readonly #waiting = new Set<() => void>()
  #taken = false
  #sealed: string | undefined

  constructor(options: {
    readonly maxFrameBytes: number
    /** `pixels` copies the pixels of every frame; default: only their infos are kept. */
    readonly keep?: 'pixels' | 'infos'
  }) {
    this.#slot = new Uint8Array(new SharedArrayBuffer(options.maxFrameBytes))
    this.#keep = options.keep ?? 'infos'
  }

  slot(): Uint8Array<SharedArrayBuffer> {
    if (this.#sealed !== undefined) this.violations.push(`took a slot after ${this.#sealed}`)
    if (!this.#taken) this.#slot.fill(untouched)
    this.#taken = true
    return this.#slot
  }

  commit(info: Omit<FrameInfo, 'hostTimeNs'>): void {
    if (this.#sealed !== undefined)
      this.violations.push(`committed frame ${info.sequence} after ${this.#sealed}`)
    if (!this.#taken) this.violations.push(`committed frame ${info.sequence} without taking a slot`)
    this.#taken = false
    const bytes = imageBytes(info.pixelFormat, info.width, info.height)
    if (bytes > this.#slot.length) {
      this.violations.push(
        `committed frame ${info.sequence} of ${bytes} bytes, more than its maxFrameBytes ${this.#slot.length}`,
      )
    } else if (this.#slot.subarray(0, bytes).every((byte) => byte === untouched)) {
      this.violations.push(`committed frame ${info.sequence} without writing its pixels`)
    }
    this.frames.push({ info, pixels: this.#keep === 'pixels' ? this.#slot.slice(0, bytes) : undefined })
    this.#changed()
  }

  fault(error: Error): void {
    if (this.#sealed !== undefined)
      this.violations.push(`reported a fault after ${this.#sealed}: ${error.message}`)
    this.faults.push(error)
    this.#changed()
  }

  /** From now on every touch is a breach; `event` says what happened: `stop() had resolved`. */
  seal(event: string): void {
    this.#sealed = event
  }

  /** Resolves when `count` frames have been committed in all, or after `timeoutMs`; then check `frames.length`. */
  waitForFrames(count: number, timeoutMs: number): Promise<void> {
    return this.waitUntil(() => this.frames.length >= count, timeoutMs)
  }

  /** Resolves when `condition`, looked at after each frame and fault, is true, or after `timeoutMs`. */
  waitUntil(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(check)
        resolve()
      }
      const check = () => {
        if (condition()) end()
      }
      const timer = setTimeout(end, timeoutMs)
      this.#waiting.add(check)
    })
  }

  #changed(): void {
    for (const check of this.#waiting) check()
  }
}
