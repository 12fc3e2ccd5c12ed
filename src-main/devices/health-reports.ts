import type { CameraDevice } from '../../drivers/sdk/driver.ts'
import type { CameraHealth } from '../../src-shared/devices.ts'

const reportEveryMs = 1000

type Options = {
  tell(camera: CameraDevice, health: CameraHealth): void
  /** The camera could not say; it is not asked again until the next start. */
  failed(camera: CameraDevice, error: unknown): void
}

/** In a worker: asks cameras that can say how well their frames arrive, once a second while they run. */
export class HealthReports {
  readonly #options: Options
  readonly #timers = new Map<CameraDevice, NodeJS.Timeout>()

  constructor(options: Options) {
    this.#options = options
  }

  begin(camera: CameraDevice): void {
    this.end(camera)
    if (camera.health === undefined) return
    const timer = setInterval(() => this.#report(camera), reportEveryMs)
    this.#timers.set(camera, timer)
  }

  end(camera: CameraDevice): void {
    clearInterval(this.#timers.get(camera))
    this.#timers.delete(camera)
  }

  endAll(): void {
    for (const camera of this.#timers.keys()) this.end(camera)
  }

  #report(camera: CameraDevice): void {
    try {
      const health = camera.health?.()
      if (health !== undefined) this.#options.tell(camera, health)
    } catch (error) {
      this.end(camera)
      this.#options.failed(camera, error)
    }
  }
}
