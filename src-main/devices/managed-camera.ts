import type { AlertSink } from '../../src-shared/alerts.ts'
import type { CameraHealth, PropertyDescriptor } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { FrameRingMemory } from '../frames/frame-ring.ts'
import { SurroundingsWriter } from '../frames/frame-surroundings.ts'
import { CameraLeases } from './camera-leases.ts'
import type { ConnectionSupervisor } from './connection-supervisor.ts'
import { FrameWatch } from './frame-watch.ts'

/** A camera of an open connection, and who is told of it. */
export type CameraOptions = {
  readonly id: string
  readonly ring: FrameRingMemory
  readonly surroundings: SharedArrayBuffer
  /** The driver tells the camera's health; otherwise the frames in the ring are counted. */
  readonly tellsHealth: boolean
  readonly supervisor: ConnectionSupervisor
  readonly alerts: AlertSink
  name(): string
  properties(): readonly PropertyDescriptor[]
  acquiring(acquires: boolean): void
  health(health: CameraHealth): void
}

/** A camera that is connected: who uses it, where its frames are, and whether they come. */
export class ManagedCamera {
  readonly ring: FrameRingMemory
  readonly leases: CameraLeases
  /** What its frames are told of where they are taken. */
  readonly surroundings: SurroundingsWriter
  readonly #options: CameraOptions
  readonly #watch: FrameWatch

  constructor(options: CameraOptions) {
    this.#options = options
    this.ring = options.ring
    this.surroundings = new SurroundingsWriter(options.surroundings)
    this.#watch = new FrameWatch({
      ring: options.ring,
      properties: options.properties,
      counted: (health) => {
        if (!options.tellsHealth) options.health(health)
      },
      silent: (seconds) => this.#silent(seconds),
      delivering: () => this.#clearAlert(),
    })
    this.leases = new CameraLeases({
      id: options.id,
      start: async () => {
        await this.#run('startCamera')
        this.#watch.start()
        options.acquiring(true)
      },
      stop: async () => {
        this.#watch.stop()
        this.#clearAlert()
        options.acquiring(false)
        await this.#run('stopCamera')
      },
    })
  }

  /** The camera is gone. */
  lost(): void {
    this.#watch.stop()
    this.leases.revoke()
    this.#clearAlert()
  }

  async #run(call: 'startCamera' | 'stopCamera'): Promise<void> {
    const { id, supervisor, name } = this.#options
    if (supervisor.state.state === 'open') {
      await supervisor.state.connection.call({ call, deviceId: id })
      return
    }
    // What is gone need not be stopped, but it cannot be started.
    if (call === 'startCamera') throw new CoverslipError('DEVICE_UNAVAILABLE', `${name()} is not connected`)
  }

  /** The camera runs but sends nothing: say so, and find out whether its thread still answers (if not, it is restarted). */
  #silent(seconds: number): void {
    const { alerts, supervisor } = this.#options
    const name = this.#options.name()
    alerts.raise({
      id: this.#alertId,
      severity: 'warning',
      source: name,
      message: `${name} has sent no frame for ${seconds} s`,
      hint: 'Check its trigger setting, power and cable.',
    })
    if (supervisor.state.state !== 'open') return
    supervisor.state.connection.call({ call: 'ping' }).catch((error: unknown) => {
      // The connection has ended by itself then, and reported that.
      console.error(`${name} does not answer:`, error)
    })
  }

  get #alertId(): string {
    return `silent:${this.#options.id}`
  }

  #clearAlert(): void {
    this.#options.alerts.clear(this.#alertId)
  }
}
