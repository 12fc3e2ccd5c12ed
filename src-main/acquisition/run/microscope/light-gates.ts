import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { deviceFailure } from './device-failure.ts'
import { gatesOf, isSame, type LightGate } from './light-path.ts'
import { whenReady } from './when-ready.ts'
import { allEnded } from './together.ts'

/** A light that was cut off from the computer is waited for so long, to be turned off, ms. */
const reconnectMs = 5000

/** The light on the specimen: off but while something is exposed. */
export class LightGates {
  readonly #devices: DeviceRegistry
  /** Gates of the plan that were open before it. */
  #openBefore: readonly LightGate[] = []
  #used: readonly LightGate[] = []
  #open: readonly LightGate[] = []

  constructor(devices: DeviceRegistry) {
    this.#devices = devices
  }

  /** All gates of the plan: nothing else than this opens and closes them. */
  get used(): readonly LightGate[] {
    return this.#used
  }

  /** Closes all gates that the plan uses. */
  async begin(used: readonly LightGate[]): Promise<void> {
    this.#used = used.filter((gate, i) => used.findIndex((other) => isSame(other, gate)) === i)
    this.#openBefore = this.#used.filter((gate) => this.isOpen(gate))
    await this.#setAll(this.#used, false)
  }

  /** Lets light through `gates`, and through no others. @throws CoverslipError of the device; then all are closed. */
  async open(gates: readonly LightGate[]): Promise<void> {
    await this.keepOnly(gates)
    const closed = gates.filter((gate) => !this.#open.some((other) => isSame(other, gate)))
    this.#open = [...this.#open, ...closed]
    try {
      await this.#setAll(closed, true)
    } catch (error) {
      await this.closeAfterFailure()
      throw error
    }
  }

  /** Closes what is open and not among `gates`. */
  async keepOnly(gates: readonly LightGate[]): Promise<void> {
    const others = this.#open.filter((gate) => !gates.some((other) => isSame(other, gate)))
    if (others.length === 0) return
    await this.#setAll(others, false)
    this.#open = this.#open.filter((gate) => !others.includes(gate))
  }

  /** No light any more. @throws CoverslipError of the device that does not close. */
  close(): Promise<void> {
    return this.keepOnly([])
  }

  /** Closes what is open, as far as that can be done now; `makeDark` tries again, and tells. */
  async closeAfterFailure(): Promise<void> {
    await Promise.allSettled([this.close()])
  }

  /**
   * Closes all gates of the plan, and with `everything` those of the microscope; waits a little for devices that are
   * just not connected. @returns what could not be closed.
   */
  async makeDark({ everything }: { readonly everything: boolean }): Promise<readonly Error[]> {
    const all = everything
      ? [...gatesOf(this.#devices, 'shutter'), ...gatesOf(this.#devices, 'light')]
      : this.#used
    const results = await Promise.allSettled(all.map((gate) => this.#closeSurely(gate)))
    this.#open = []
    return failuresOf(results)
  }

  /** Opens what was open before the plan. @returns what could not be opened. */
  async restore(): Promise<readonly Error[]> {
    return failuresOf(await Promise.allSettled(this.#openBefore.map((gate) => this.#set(gate, true))))
  }

  /** As far as the device has told. */
  isOpen({ deviceId, property }: LightGate): boolean {
    return this.#devices
      .device(deviceId)
      .properties.some(({ name, value }) => name === property && value === true)
  }

  async #closeSurely(gate: LightGate): Promise<void> {
    await whenReady(this.#devices, gate.deviceId, { withinMs: reconnectMs })
    await this.#set(gate, false)
  }

  #setAll(gates: readonly LightGate[], value: boolean): Promise<void> {
    return allEnded(gates.map((gate) => this.#set(gate, value)))
  }

  async #set({ deviceId, property }: LightGate, value: boolean): Promise<void> {
    try {
      await this.#devices.setProperty(deviceId, property, value, { temporary: true })
    } catch (error) {
      throw deviceFailure(this.#devices.device(deviceId).description.name, error)
    }
  }
}

function failuresOf(results: readonly PromiseSettledResult<unknown>[]): readonly Error[] {
  return results.flatMap((result) =>
    result.status === 'rejected' ? [CoverslipError.from(result.reason, 'DEVICE_FAILED')] : [],
  )
}
