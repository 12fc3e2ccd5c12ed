/** Why what was under way has ended when a pause was asked for. */
export class Paused extends Error {
  constructor() {
    super('The run was paused')
  }
}

/** A pause: asked for at any time, and made by the runner when it comes to it. */
export class PauseSwitch {
  readonly #stop: AbortSignal
  #asked = new AbortController()
  #interrupted: AbortSignal
  #resumed: () => void = () => undefined

  /** `stop` ends the run, and with it any pause. */
  constructor(stop: AbortSignal) {
    this.#stop = stop
    this.#interrupted = AbortSignal.any([stop, this.#asked.signal])
  }

  /**
   * Aborts when the run is stopped, or, with `Paused`, when a pause is asked for; another one after that has ended. One for
   * all events: signals that are made of such long-lived ones stay in memory for as long as these do.
   */
  get signal(): AbortSignal {
    return this.#interrupted
  }

  get isAsked(): boolean {
    return this.#asked.signal.aborted
  }

  ask(): void {
    this.#asked.abort(new Paused())
  }

  resume(): void {
    if (!this.isAsked) return
    this.#asked = new AbortController()
    this.#interrupted = AbortSignal.any([this.#stop, this.#asked.signal])
    this.#resumed()
  }

  /** Pauses until it is resumed, or the run is stopped. */
  async whileAsked(): Promise<void> {
    const wake = () => this.#resumed()
    this.#stop.addEventListener('abort', wake)
    try {
      while (this.isAsked && !this.#stop.aborted) {
        await new Promise<void>((resolve) => {
          this.#resumed = resolve
        })
      }
    } finally {
      this.#stop.removeEventListener('abort', wake)
    }
  }
}
