import { CoverslipError } from '../../src-shared/errors.ts'

/** The right to have a camera running; `release` may be called any number of times. */
export type CameraLease = { readonly cameraId: string; release(): Promise<void> }

/**
 * Counts the users of one camera: it runs while anybody holds a lease, so that stopping the live view never stops a
 * camera that a recording uses. Starts and stops follow each other in order.
 */
export class CameraLeases {
  readonly #cameraId: string
  readonly #start: () => Promise<unknown>
  readonly #stop: () => Promise<unknown>
  readonly #holders = new Set<symbol>()
  #running = false
  #queue: Promise<void> = Promise.resolve()

  constructor(camera: { id: string; start(): Promise<unknown>; stop(): Promise<unknown> }) {
    this.#cameraId = camera.id
    this.#start = () => camera.start()
    this.#stop = () => camera.stop()
  }

  /** True while the camera acquires. */
  get acquiring(): boolean {
    return this.#running
  }

  /** Number of leases held. */
  get users(): number {
    return this.#holders.size
  }

  /**
   * A lease for `owner` (a word for messages), the camera running.
   * @throws CoverslipError when the camera does not start; then no lease is held.
   */
  async acquire(owner: string): Promise<CameraLease> {
    const holder = Symbol(owner)
    this.#holders.add(holder)
    const release = async () => {
      if (this.#holders.delete(holder)) await this.#settle()
    }
    try {
      await this.#settle()
    } catch (error) {
      this.#holders.delete(holder)
      throw CoverslipError.from(error, 'DEVICE_FAILED')
    }
    return { cameraId: this.#cameraId, release }
  }

  /** The camera is gone and with it all leases; releasing them later does nothing. */
  revoke(): void {
    this.#holders.clear()
    this.#running = false
  }

  /** Brings the camera into the state that the number of leases asks for, after whatever is under way. */
  #settle(): Promise<void> {
    const turn = this.#queue.then(async () => {
      const wanted = this.#holders.size > 0
      if (wanted === this.#running) return
      if (wanted) await this.#start()
      this.#running = wanted
      if (!wanted) await this.#stop()
    })
    this.#queue = turn.catch(() => undefined)
    return turn
  }
}
