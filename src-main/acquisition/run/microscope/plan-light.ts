import type { MdaSequence } from '../../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import type { NumberedEvent } from '../acquisition-hardware.ts'
import { gatesOf, type LightGate, type LightPath, lightPathOf } from './light-path.ts'
import { presetOf, sequencesOf } from './plan-problems.ts'

type Channel = NumberedEvent['channel']

/** Which light each channel of a plan takes; without a channel, that of before the plan. */
export class PlanLight {
  readonly #devices: DeviceRegistry
  #before: readonly LightGate[] = []

  constructor(devices: DeviceRegistry) {
    this.#devices = devices
  }

  /** Lights that were on before the plan. */
  get before(): readonly LightGate[] {
    return this.#before
  }

  /** Of all lights and shutters, whether the plan uses them or not. */
  get all(): readonly LightGate[] {
    return [...gatesOf(this.#devices, 'light'), ...gatesOf(this.#devices, 'shutter')]
  }

  /** Notes which lights are on, by `isOpen`. */
  remember(isOpen: (gate: LightGate) => boolean): void {
    this.#before = gatesOf(this.#devices, 'light').filter(isOpen)
  }

  /** The light path of `channel`. */
  pathOf(channel: Channel): LightPath {
    const preset = channel === undefined ? undefined : presetOf(this.#devices, channel)
    return lightPathOf(this.#devices, preset, this.#before)
  }

  /** All gates of `sequence`, and those of `focusChannel`, in which the focus is searched for. */
  gatesOf(sequence: MdaSequence, focusChannel: Channel): readonly LightGate[] {
    const planned = sequencesOf(sequence).flatMap(({ channels }): readonly Channel[] =>
      channels.length === 0 ? [undefined] : channels,
    )
    const all = focusChannel === undefined ? planned : [...planned, focusChannel]
    return all.flatMap((channel) => this.pathOf(channel).gates)
  }
}
