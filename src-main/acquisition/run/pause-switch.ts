/** Why what was under way has ended when a pause was asked for. */
export class Paused extends Error {
  constructor() {
    super('The run was paused')
  }
}

/** A pause: asked for at any time, and made by the runner when it comes to it. */
export class PauseSwitch {
  #asked = new AbortController()
  #resumed: () => void = () => undefined

  /** Aborts, with `Paused`, when a pause is asked for; another one after that has ended. */
  get signal(): AbortSignal {
    return this.#asked.signal
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
    this.#resumed()
  }

  /** Pauses until it is resumed, or `signal` aborts. */
  async whileAsked(signal: AbortSignal): Promise<void> {
    const wake = () => this.#resumed()
    signal.addEventListener('abort', wake)
    try {
      while (this.isAsked && !signal.aborted) {
        await new Promise<void>((resolve) => {
          this.#resumed = resolve
        })
      }
    } finally {
      signal.removeEventListener('abort', wake)
    }
  }
}
