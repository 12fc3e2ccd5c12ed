import type { DeviceRegistry } from '../../devices/device-registry.ts'

export type JogAxis = 'x' | 'y' | 'z'

const stepEveryMs = 100
/** A client that has gone cannot say stop: motion ends by itself. */
const longestMs = 15_000

type Jog = {
  readonly speeds: Partial<Record<JogAxis, number>>
  readonly untilMs: number
  readonly timer: NodeJS.Timeout
}

/** Continuous motion, as joysticks ask for it, in steps of a tenth of a second: our stages move to places. */
export class JogMotion {
  readonly #devices: DeviceRegistry
  readonly #jogs = new Map<string, Jog>()
  readonly #busy = new Set<string>()

  constructor(devices: DeviceRegistry) {
    this.#devices = devices
  }

  /** Sets the speeds of some axes, µm/s; the others keep theirs. All 0: the stage stands. */
  async set(stageId: string, speeds: Partial<Record<JogAxis, number>>): Promise<void> {
    const before = this.#jogs.get(stageId)
    const moving = Object.fromEntries(
      Object.entries({ ...before?.speeds, ...speeds }).filter(([, speed]) => speed !== 0),
    )
    clearInterval(before?.timer)
    this.#jogs.delete(stageId)
    if (Object.keys(moving).length === 0) {
      if (before !== undefined || this.#busy.has(stageId)) await this.#devices.stopStage(stageId)
      return
    }
    const timer = setInterval(() => void this.#step(stageId), stepEveryMs).unref()
    this.#jogs.set(stageId, { speeds: moving, untilMs: performance.now() + longestMs, timer })
    await this.#step(stageId)
  }

  /** Ends all motion of a stage. */
  async stop(stageId: string): Promise<void> {
    clearInterval(this.#jogs.get(stageId)?.timer)
    this.#jogs.delete(stageId)
    await this.#devices.stopStage(stageId)
  }

  close(): void {
    for (const { timer } of this.#jogs.values()) clearInterval(timer)
    this.#jogs.clear()
  }

  async #step(stageId: string): Promise<void> {
    const jog = this.#jogs.get(stageId)
    if (jog === undefined || this.#busy.has(stageId)) return
    if (performance.now() > jog.untilMs) return this.#end(stageId, jog)
    const step = Object.fromEntries(
      Object.entries(jog.speeds).map(([axis, speed]) => [axis, (speed * stepEveryMs) / 1000]),
    )
    this.#busy.add(stageId)
    try {
      await this.#devices.moveStage(stageId, step, 'relative')
    } catch {
      // The end of the travel, or a stage that is gone: there is nothing more to move.
      this.#end(stageId, jog)
    } finally {
      this.#busy.delete(stageId)
    }
  }

  #end(stageId: string, jog: Jog): void {
    clearInterval(jog.timer)
    if (this.#jogs.get(stageId) === jog) this.#jogs.delete(stageId)
  }
}
