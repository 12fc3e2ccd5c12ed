import { standardProperty } from '../../../../src-shared/devices.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import type { NumberedEvent } from '../acquisition-hardware.ts'
import type { DeviceSettings } from './device-settings.ts'
import { autofocusDevice } from './plan-problems.ts'
import type { StageMoves } from './stage-moves.ts'

/** Where the focus of a plan is, after what autofocus has found. */
export class PlanFocus {
  readonly #devices: DeviceRegistry
  readonly #settings: DeviceSettings
  readonly #stages: StageMoves
  /** How far autofocus has found the focus from where the plan has it, µm, by the number of the position. */
  readonly #found = new Map<number, number>()

  constructor(devices: DeviceRegistry, settings: DeviceSettings, stages: StageMoves) {
    this.#devices = devices
    this.#settings = settings
    this.#stages = stages
  }

  /** Where z is to be for `event`, µm; undefined: as it is. */
  zUm({ zUm, index }: NumberedEvent): number | undefined {
    return zUm === undefined ? undefined : zUm + (this.#found.get(index.p ?? 0) ?? 0)
  }

  /**
   * Has the autofocus device find the focus where the stage stands; the result holds for the position from now on. Where
   * it finds none, z goes back to where it was.
   * @throws CoverslipError of the device when it fails again and again; the reason of `signal`.
   */
  async find({ action, index, zUm }: NumberedEvent, signal: AbortSignal): Promise<void> {
    if (action.type !== 'hardwareAutofocus') return
    const { deviceName, motorOffset, maxRetries } = action
    const { id } = autofocusDevice(this.#devices, deviceName)
    if (motorOffset !== undefined)
      await this.#settings.set({ deviceId: id, property: standardProperty.focusOffset, value: motorOffset })
    // Read before the search: z is brought back at the plan's end, whatever becomes of it.
    const from = await this.#stages.readZ()
    try {
      await this.#search(id, { maxRetries, signal })
    } catch (error) {
      if (from !== undefined) await this.#stages.moveTo({ z: from })
      throw error
    }
    const z = await this.#stages.readZ()
    if (z !== undefined && zUm !== undefined) this.#found.set(index.p ?? 0, z - zUm)
  }

  async #search(
    deviceId: string,
    { maxRetries, signal }: { readonly maxRetries: number; readonly signal: AbortSignal },
  ): Promise<void> {
    for (let retries = 0; ; retries += 1) {
      signal.throwIfAborted()
      try {
        return await this.#settings.set({ deviceId, property: standardProperty.findFocus, value: true })
      } catch (error) {
        if (retries >= maxRetries) throw error
      }
    }
  }
}
