/**
 * Sends values one after the other and leaves out those that a newer one has overtaken meanwhile: a slider may
 * change faster than a device can follow, and what counts is where it ends.
 */
export class LatestSender<T> {
  readonly #send: (value: T) => Promise<void>
  readonly #onIdle: () => void
  #waiting: { readonly value: T } | undefined
  #busy = false

  /** @param send must not reject. @param onIdle called when the last value has been sent. */
  constructor(send: (value: T) => Promise<void>, onIdle: () => void = () => {}) {
    this.#send = send
    this.#onIdle = onIdle
  }

  get busy(): boolean {
    return this.#busy
  }

  /** Sends `value` as soon as the one under way is done. */
  submit(value: T): void {
    this.#waiting = { value }
    if (!this.#busy) void this.#run()
  }

  async #run(): Promise<void> {
    this.#busy = true
    while (this.#waiting !== undefined) {
      const { value } = this.#waiting
      this.#waiting = undefined
      await this.#send(value)
    }
    this.#busy = false
    this.#onIdle()
  }
}
