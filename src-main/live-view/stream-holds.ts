import type { Protocol } from '../../src-shared/stream-params.ts'

/** A viewer's claim on a stream: while there is one, a stream that a viewer has started goes on. */
export type StreamHold = { readonly detectorName: string; release(): void }

type Held = { readonly detectorName: string; readonly protocol: Protocol }

/** A page that is loaded anew, or a connection that drops, comes back within this time. */
const lingerMs = 2000

/** Counts who watches the streams that run for viewers only. */
export class StreamHolds {
  readonly #counts = new Map<string, number>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #abandoned: (stream: Held) => void

  /** `abandoned` is called a while after the last viewer of a stream has left. */
  constructor(abandoned: (stream: Held) => void) {
    this.#abandoned = abandoned
  }

  isHeld(stream: Held): boolean {
    return this.#counts.has(keyOf(stream))
  }

  hold(stream: Held): StreamHold {
    const key = keyOf(stream)
    clearTimeout(this.#timers.get(key))
    this.#timers.delete(key)
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    let released = false
    return {
      detectorName: stream.detectorName,
      release: () => {
        if (released) return
        released = true
        this.#release(stream)
      },
    }
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  #release(stream: Held): void {
    const key = keyOf(stream)
    const left = (this.#counts.get(key) ?? 1) - 1
    if (left > 0) {
      this.#counts.set(key, left)
      return
    }
    this.#counts.delete(key)
    const timer = setTimeout(() => {
      this.#timers.delete(key)
      this.#abandoned(stream)
    }, lingerMs)
    this.#timers.set(key, timer.unref())
  }
}

const keyOf = ({ detectorName, protocol }: Held): string => `${protocol}:${detectorName}`
