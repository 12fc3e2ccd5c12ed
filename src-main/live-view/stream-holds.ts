import type { Protocol } from '../../src-shared/stream-params.ts'

/** A viewer's claim on a stream: while there is one, a stream that a viewer has started goes on. */
export type StreamHold = { readonly detectorName: string; release(): void }

type Held = { readonly detectorName: string; readonly protocol: Protocol }

/** A page that is loaded anew, or a connection that drops, comes back within this time. */
const lingerMs = 2000

/** Calls `action` in `ms`, unless what it returns is called before. */
export type After = (ms: number, action: () => void) => () => void

const systemAfter: After = (ms, action) => {
  const timer = setTimeout(action, ms).unref()
  return () => clearTimeout(timer)
}

/** Counts who watches the streams that run for viewers only. */
export class StreamHolds {
  readonly #counts = new Map<string, number>()
  readonly #cancels = new Map<string, () => void>()
  readonly #abandoned: (stream: Held) => void
  readonly #after: After

  /** `abandoned` is called 2 s after the last viewer of a stream has left. */
  constructor(abandoned: (stream: Held) => void, after: After = systemAfter) {
    this.#abandoned = abandoned
    this.#after = after
  }

  isHeld(stream: Held): boolean {
    return this.#counts.has(keyOf(stream))
  }

  hold(stream: Held): StreamHold {
    const key = keyOf(stream)
    this.#cancels.get(key)?.()
    this.#cancels.delete(key)
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
    for (const cancel of this.#cancels.values()) cancel()
    this.#cancels.clear()
  }

  #release(stream: Held): void {
    const key = keyOf(stream)
    const left = (this.#counts.get(key) ?? 1) - 1
    if (left > 0) {
      this.#counts.set(key, left)
      return
    }
    this.#counts.delete(key)
    const cancel = this.#after(lingerMs, () => {
      this.#cancels.delete(key)
      this.#abandoned(stream)
    })
    this.#cancels.set(key, cancel)
  }
}

const keyOf = ({ detectorName, protocol }: Held): string => `${protocol}:${detectorName}`
