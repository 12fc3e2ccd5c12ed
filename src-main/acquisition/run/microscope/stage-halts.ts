import type { DeviceState } from '../../../../src-shared/devices.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { haltOf, orGivenUp, patienceMs } from './giving-up.ts'
import { notHalted } from './stage-failures.ts'

/** Stages that are told to halt may take so long to answer, ms: some do when they stand. */
const answerMs = 5000

/** What halts a motion, and how long it may take to halt besides what stages take, ms. */
export type HaltOptions = { readonly signal: AbortSignal | undefined; readonly extraMs?: number }

/** Halts stages that a plan moves, and knows of those that do not halt. */
export class StageHalts {
  readonly #devices: DeviceRegistry
  /** Stages that have not ended what they were told to do: one that hangs stays here. */
  readonly #underWay = new Set<string>()
  /** Stages that were told to halt: until when that is waited for. */
  readonly #halts = new Map<string, Promise<void>>()

  constructor(devices: DeviceRegistry) {
    this.#devices = devices
  }

  /**
   * What comes of `motion` of `stage`; abortion halts it, of which `halted` is told.
   * @throws as `motion`; the reason of `signal`: it does not halt
   */
  async untilEnded<Result>(
    { id, description: { name } }: DeviceState,
    { signal, extraMs = 0, halted }: HaltOptions & { readonly halted: () => void },
    motion: () => Promise<Result>,
  ): Promise<Result> {
    this.#underWay.add(id)
    const moving = motion().finally(() => this.#underWay.delete(id))
    const whenHalted = () => orGivenUp(moving, signal, patienceMs + extraMs)
    const halt = () => {
      halted()
      this.#halts.set(id, haltOf(name, orGivenUp(this.#devices.stopStage(id), signal, answerMs), whenHalted))
    }
    signal?.addEventListener('abort', halt)
    try {
      return await whenHalted()
    } finally {
      signal?.removeEventListener('abort', halt)
    }
  }

  /** @throws CoverslipError of a stage that was told to halt and has not: where it would go, and when, nobody knows */
  async refuseHanging({ id, description: { name } }: DeviceState): Promise<void> {
    await this.#halts.get(id)
    if (this.#underWay.has(id)) throw notHalted(name)
  }
}
