import type { AlertSink } from '../../../src-shared/alerts.ts'
import { usesToken } from '../../../src-shared/access.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { Access } from '../../access/access.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { clearMoveAlert, raiseMoveAlert } from './move-alert.ts'

type JogAxis = 'x' | 'y' | 'z'

const stepEveryMs = 100
/** A client that has gone cannot say stop: motion ends by itself. */
const longestMs = 15_000

/** Who wants which stage to move. */
type JogWish = {
  readonly stageId: string
  readonly callerId: string
  /** Of some axes, µm/s; the others keep theirs. All 0: the stage stands. */
  readonly speeds: Partial<Record<JogAxis, number>>
}

type Jog = JogWish & {
  readonly stageName: string
  readonly untilMs: number
  readonly timer: NodeJS.Timeout
  /** `motionsOf` the stage after this jog's last step. */
  motions: number
}

/**
 * Continuous motion, as joysticks ask for it, in steps of a tenth of a second: our stages move to places. It ends when
 * who asked for it operates no longer, and when the stage is stopped or moved in any other way.
 */
export class JogMotion {
  readonly #devices: DeviceRegistry
  readonly #alerts: AlertSink
  readonly #jogs = new Map<string, Jog>()
  readonly #busy = new Set<string>()
  readonly #ends: readonly (() => void)[]

  constructor(
    { devices, alerts }: { readonly devices: DeviceRegistry; readonly alerts: AlertSink },
    access: Access,
  ) {
    this.#devices = devices
    this.#alerts = alerts
    this.#ends = [
      access.onControl(({ holder }) => this.#haltWhere(({ callerId }) => callerId !== holder?.id)),
      access.onRevoked((tokenIds) =>
        this.#haltWhere(({ callerId }) => tokenIds.some((tokenId) => usesToken(callerId, tokenId))),
      ),
    ]
  }

  async set({ stageId, callerId, speeds }: JogWish): Promise<void> {
    const before = this.#jogs.get(stageId)
    const moving = Object.fromEntries(
      Object.entries({ ...before?.speeds, ...speeds }).filter(([, speed]) => speed !== 0),
    )
    this.#forget(stageId)
    if (Object.keys(moving).length === 0) {
      if (before !== undefined || this.#busy.has(stageId)) await this.#devices.stopStage(stageId)
      return
    }
    const stageName = this.#devices.device(stageId).description.name
    const timer = setInterval(() => void this.#step(stageId), stepEveryMs).unref()
    const untilMs = performance.now() + longestMs
    const motions = this.#devices.motionsOf(stageId)
    this.#jogs.set(stageId, { stageId, stageName, callerId, speeds: moving, untilMs, timer, motions })
    await this.#step(stageId)
  }

  /** Ends all motion of a stage. */
  async stop(stageId: string): Promise<void> {
    this.#forget(stageId)
    await this.#devices.stopStage(stageId)
  }

  close(): void {
    for (const end of this.#ends) end()
    for (const stageId of this.#jogs.keys()) this.#forget(stageId)
  }

  #haltWhere(ends: (jog: Jog) => boolean): void {
    for (const jog of [...this.#jogs.values()].filter(ends))
      this.stop(jog.stageId).catch((error: unknown) => this.#failed(jog, error))
  }

  async #step(stageId: string): Promise<void> {
    const jog = this.#jogs.get(stageId)
    if (jog === undefined || this.#busy.has(stageId)) return
    const disturbed = this.#devices.motionsOf(stageId) !== jog.motions
    if (disturbed || performance.now() > jog.untilMs) return this.#forget(stageId)
    const step = Object.fromEntries(
      Object.entries(jog.speeds).map(([axis, speed]) => [axis, (speed * stepEveryMs) / 1000]),
    )
    this.#busy.add(stageId)
    try {
      const moved = this.#devices.moveStage(stageId, step, 'relative')
      jog.motions = this.#devices.motionsOf(stageId)
      await moved
      clearMoveAlert(this.#alerts, { id: stageId })
    } catch (error) {
      if (this.#jogs.get(stageId) === jog) this.#forget(stageId)
      this.#failed(jog, error)
    } finally {
      this.#busy.delete(stageId)
    }
  }

  #failed({ stageId, stageName }: Jog, error: unknown): void {
    // The end of the travel: there is nothing more to move.
    if (CoverslipError.from(error).code === 'OUT_OF_RANGE') return
    raiseMoveAlert(this.#alerts, { id: stageId, name: stageName }, error)
  }

  #forget(stageId: string): void {
    clearInterval(this.#jogs.get(stageId)?.timer)
    this.#jogs.delete(stageId)
  }
}
