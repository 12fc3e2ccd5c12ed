import type { DeviceState } from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { orGivenUp } from './giving-up.ts'

/** A device that brings back what it was may take so long to answer, ms: filter wheels have turned by then. */
const patienceMs = 2000

/** What a device is asked for at the end of a plan. */
type Asked = {
  readonly deviceId: string
  /** What it does when it answers: `has not confirmed that …`. */
  readonly what: string
  /** What it may take besides, ms. */
  readonly extraMs?: number
}

/**
 * Brings devices back to how they were. Once the run is stopped, one that hangs is not waited for: it is named, and does
 * what it was asked for as soon as it answers.
 */
export class Restoration {
  readonly #devices: DeviceRegistry
  readonly #signal: AbortSignal
  /** Connections whose thread does not answer, and devices that do not. */
  readonly #hanging = new Set<string>()

  constructor(devices: DeviceRegistry, signal: AbortSignal) {
    this.#devices = devices
    this.#signal = signal
  }

  /** Notes the drivers whose threads hang, so that not each of their devices is waited for. */
  async begin(): Promise<void> {
    if (!this.#signal.aborted) return
    const ready = this.#devices.devices().filter(({ status }) => status.state === 'ready')
    const connections = [...Map.groupBy(ready, ({ connectionId }) => connectionId)]
    await Promise.allSettled(
      connections.map(([id, devices]) =>
        this.#answered(id, this.#devices.whenTold(devices.slice(0, 1).map((device) => device.id))),
      ),
    )
  }

  /** Has a device do `action`. @throws as `action`; CoverslipError DEVICE_TIMEOUT: it is not done yet */
  async ask({ deviceId, what, extraMs = 0 }: Asked, action: () => Promise<unknown>): Promise<void> {
    const device = this.#devices.devices().find(({ id }) => id === deviceId)
    const name = device?.description.name ?? deviceId
    const withinMs = this.#isHanging(deviceId, device) ? 0 : patienceMs + extraMs
    try {
      await this.#answered(deviceId, action(), withinMs)
    } catch (error) {
      if (!this.#signal.aborted || error !== this.#signal.reason) throw error
      throw new CoverslipError('DEVICE_TIMEOUT', `${name} does not answer, and has not confirmed ${what}`, {
        hint: 'It does so as soon as it answers: look at it until then.',
      })
    }
  }

  /** Once the run is stopped: whether `stage` answers, as what hangs would move it at any time. @throws as `ask` */
  async requireAnswer({ id }: DeviceState): Promise<void> {
    if (!this.#signal.aborted) return
    await this.ask({ deviceId: id, what: 'where it stands' }, () => this.#devices.readPosition(id))
  }

  #isHanging(deviceId: string, device: DeviceState | undefined): boolean {
    return this.#hanging.has(deviceId) || (device !== undefined && this.#hanging.has(device.connectionId))
  }

  /** @throws as `action`; the reason of the signal when it is given up, and `who` hangs until it has ended */
  async #answered(who: string, action: Promise<unknown>, withinMs = patienceMs): Promise<void> {
    let hasEnded = false
    const ended = () => {
      hasEnded = true
      this.#hanging.delete(who)
    }
    action.then(ended, ended)
    try {
      await orGivenUp(action, this.#signal, withinMs)
    } finally {
      if (!hasEnded) this.#hanging.add(who)
    }
  }
}
