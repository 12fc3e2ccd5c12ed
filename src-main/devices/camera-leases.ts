import { CoverslipError } from '../../src-shared/errors.ts'

/** The right to have a camera running; `release` may be called any number of times. */
export type CameraLease = { readonly cameraId: string; release(): Promise<void> }

/** Who has a camera run, and what others may do meanwhile. */
export type LeaseOptions = {
  /** Who holds it, for messages: `live view`. */
  readonly owner: string
  /** The camera may be stopped for a moment to change a setting that it cannot change while it acquires. */
  readonly interruptible?: boolean
  /** Only the holder may trigger the camera: it takes each frame for one that it has asked for. */
  readonly triggers?: boolean
}

/**
 * Counts the users of one camera: it runs while anybody holds a lease, so that stopping the live view never stops a
 * camera that a recording uses. Starts and stops follow each other in order.
 */
export class CameraLeases {
  readonly #cameraId: string
  readonly #start: () => Promise<unknown>
  readonly #stop: () => Promise<unknown>
  readonly #holders = new Map<CameraLease, LeaseOptions>()
  #running = false
  /** How often the camera was lost. */
  #losses = 0
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
   * A lease, the camera running.
   * @throws CoverslipError when the camera does not start; then no lease is held.
   */
  async acquire(options: LeaseOptions): Promise<CameraLease> {
    const lease: CameraLease = {
      cameraId: this.#cameraId,
      release: async () => {
        if (this.#holders.delete(lease)) await this.#settle()
      },
    }
    this.#holders.set(lease, options)
    try {
      await this.#settle()
    } catch (error) {
      this.#holders.delete(lease)
      throw CoverslipError.from(error, 'DEVICE_FAILED')
    }
    return lease
  }

  /** Who triggers the camera, so that the holder of `own`, or of no lease, must not. */
  triggeredBy(own?: CameraLease): string | undefined {
    return [...this.#holders].find(([lease, { triggers }]) => triggers === true && lease !== own)?.[1].owner
  }

  /**
   * Does `action` while the camera stands still, and starts it again if it ran. `own`: the lease of who asks for it.
   * @throws CoverslipError DEVICE_UNAVAILABLE when a holder must not be interrupted; whatever `action` throws.
   */
  async whileStopped(action: () => Promise<unknown>, own?: CameraLease): Promise<void> {
    const strict = [...this.#holders].find(
      ([lease, { interruptible }]) => lease !== own && interruptible !== true,
    )
    if (strict !== undefined) {
      const [, { owner }] = strict
      throw new CoverslipError(
        'DEVICE_UNAVAILABLE',
        `This cannot change while the camera is used by ${owner}`,
        {
          hint: `Wait until ${owner} has ended, or stop it.`,
        },
      )
    }
    await this.#inTurn(async () => {
      const wasRunning = this.#running
      if (wasRunning) await this.#stop()
      this.#running = false
      try {
        await action()
      } finally {
        // With the camera gone nobody holds a lease any more.
        if (wasRunning && this.#holders.size > 0) {
          await this.#start()
          this.#running = true
        }
      }
    })
    // A lease may have been released meanwhile.
    await this.#settle()
  }

  /** The camera is gone and with it all leases; releasing them later does nothing. */
  revoke(): void {
    this.#holders.clear()
    this.#running = false
    this.#losses += 1
  }

  /** Brings the camera into the state that the number of leases asks for, after whatever is under way. */
  #settle(): Promise<void> {
    return this.#inTurn(async () => {
      const wanted = this.#holders.size > 0
      if (wanted === this.#running) return
      if (wanted) await this.#start()
      this.#running = wanted
      if (!wanted) await this.#stopUnlessLost()
    })
  }

  async #stopUnlessLost(): Promise<void> {
    const losses = this.#losses
    try {
      await this.#stop()
    } catch (error) {
      // A camera that is lost while it is asked to stop has stopped.
      if (this.#losses === losses) throw error
    }
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#queue.then(action)
    // Whoever asked hears of a failure; those who come after must not.
    this.#queue = turn.catch(() => undefined)
    return turn
  }
}
