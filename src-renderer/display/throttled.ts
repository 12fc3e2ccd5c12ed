/** Passes on at most one value per `intervalMs`; of those in between, the last one is passed on when it is time. */
export class Throttled<Value> {
  readonly #intervalMs: number
  readonly #send: (value: Value) => void
  #lastMs = Number.NEGATIVE_INFINITY
  #pending: { readonly value: Value } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(intervalMs: number, send: (value: Value) => void) {
    this.#intervalMs = intervalMs
    this.#send = send
  }

  offer(value: Value): void {
    const waitMs = this.#lastMs + this.#intervalMs - performance.now()
    if (waitMs <= 0) return this.sendNow(value)
    this.#pending = { value }
    this.#timer ??= setTimeout(() => this.sendPending(), waitMs)
  }

  sendNow(value: Value): void {
    this.cancel()
    this.#lastMs = performance.now()
    this.#send(value)
  }

  /** Passes on what waits, if anything does: its time has come, or something else is told that goes with it. */
  sendPending(): void {
    if (this.#pending !== undefined) this.sendNow(this.#pending.value)
  }

  /** Forgets what was not passed on yet. */
  cancel(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pending = undefined
  }
}
