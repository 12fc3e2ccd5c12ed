/** Plays an axis at its true rate: a plane when its time has come and the one before is on the screen. */

/** What is played, and by which clock. */
export type PlaybackOptions = {
  /**
   * Shows the plane whose time it is.
   * @param passed planes since the one that was asked for last; more than 1: those between came too late to be seen
   */
  step(passed: number): void
  /** Milliseconds that only grow. */
  now(): number
  /** Calls `run` after `ms`; returns what keeps it from that. */
  after(ms: number, run: () => void): () => void
}

export class Playback {
  readonly #options: PlaybackOptions
  #intervalMs = 100
  #cancel: (() => void) | undefined
  #playing = false
  /** The plane that was asked for last is not on the screen yet. */
  #pending = false
  /** When the next plane is due. */
  #dueMs = 0

  constructor(options: PlaybackOptions) {
    this.#options = options
  }

  get playing(): boolean {
    return this.#playing
  }

  set framesPerSecond(fps: number) {
    if (this.#intervalMs === 1000 / fps) return
    this.#intervalMs = 1000 / fps
    if (this.#playing && !this.#pending) this.#schedule(this.#options.now() + this.#intervalMs)
  }

  start(): void {
    if (this.#playing) return
    this.#playing = true
    this.#pending = false
    this.#schedule(this.#options.now() + this.#intervalMs)
  }

  stop(): void {
    this.#playing = false
    this.#cancel?.()
    this.#cancel = undefined
  }

  /** The plane asked for is on the screen, or cannot be had. */
  shown(): void {
    if (!this.#playing || !this.#pending) return
    this.#pending = false
    this.#schedule(this.#dueMs)
  }

  #schedule(dueMs: number): void {
    this.#cancel?.()
    this.#dueMs = dueMs
    this.#cancel = this.#options.after(Math.max(0, dueMs - this.#options.now()), () => {
      this.#cancel = undefined
      this.#pending = true
      // By whole intervals, so that the rate is right on average.
      const passed = 1 + Math.max(0, Math.floor((this.#options.now() - this.#dueMs) / this.#intervalMs))
      this.#dueMs += passed * this.#intervalMs
      this.#options.step(passed)
    })
  }
}
