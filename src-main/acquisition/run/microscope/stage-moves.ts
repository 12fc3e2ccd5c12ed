import type { DeviceState } from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { StagePosition } from '../../../../src-shared/frames/frame-info.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { deviceFailure } from './device-failure.ts'
import { allEnded } from './together.ts'

export type StageAxis = 'x' | 'y' | 'z'
export const stageAxes: readonly StageAxis[] = ['x', 'y', 'z']

/** The stage that moves `axis`: the first that has it. */
export function stageOf(devices: DeviceRegistry, axis: StageAxis): DeviceState | undefined {
  return devices
    .devices()
    .find(({ description }) => description.kind === 'stage' && description.axes[axis] !== undefined)
}

/** The cameras that the focus drive triggers when it steps through a stack by itself, and how many planes it takes. */
export function triggeredStackOf(devices: DeviceRegistry): {
  readonly cameras: readonly string[]
  readonly maxPlanes: number
} {
  const stage = stageOf(devices, 'z')
  const own = stage?.description.kind === 'stage' ? stage.description.triggeredStack : undefined
  return own ?? { cameras: [], maxPlanes: 0 }
}

/** Where each axis is to go, µm; those that are absent stay. */
type Target = Partial<Record<StageAxis, number>>

/**
 * The stages' moves in a plan, in an order in which the objective cannot be driven into the specimen: what takes the
 * focus away from it comes before x and y, what brings it nearer after them.
 */
export class StageMoves {
  readonly #devices: DeviceRegistry
  readonly #before: Target = {}
  readonly #now: Target = {}
  /** How often each stage has been moved or stopped by anybody, when it was moved last by the plan. */
  readonly #motions = new Map<string, number>()
  readonly #moved = new Set<StageAxis>()

  constructor(devices: DeviceRegistry) {
    this.#devices = devices
  }

  /** Notes where the stages stand, to come back to. */
  async remember(): Promise<void> {
    const stages = new Map<string, StageAxis[]>()
    for (const axis of stageAxes) {
      const stage = stageOf(this.#devices, axis)
      if (stage?.status.state === 'ready') stages.set(stage.id, [...(stages.get(stage.id) ?? []), axis])
    }
    await allEnded(
      [...stages].map(async ([id, axes]) => {
        const position = await this.#devices.readPosition(id)
        for (const axis of axes) {
          const at = position[axis]
          if (at !== undefined) this.#before[axis] = at
        }
      }),
    )
  }

  /**
   * Moves what is not there yet; resolves when all has arrived. Abortion halts the stages.
   * @throws CoverslipError of the stage; the reason of `signal`.
   */
  async moveTo(target: StagePosition, signal?: AbortSignal): Promise<void> {
    this.#heedOthers()
    const wanted: Target = {}
    for (const axis of stageAxes) {
      const to = target[axis]
      if (to !== undefined && this.#now[axis] !== to) wanted[axis] = to
    }
    const { z, ...lateral } = wanted
    if (z === undefined) return this.#move(lateral, signal)
    if (Object.keys(lateral).length === 0) return this.#move({ z }, signal)
    if (await this.#goesAway(z)) {
      await this.#move({ z }, signal)
      await this.#move(lateral, signal)
    } else {
      await this.#move(lateral, signal)
      await this.#move({ z }, signal)
    }
  }

  /**
   * Has the focus drive step through `planesUm` and trigger the cameras, each exposure lasting `exposureMs`.
   * @throws CoverslipError of the stage; the reason of `signal`.
   */
  async runStack(
    planesUm: readonly number[],
    { exposureMs, signal }: { readonly exposureMs: number; readonly signal: AbortSignal },
  ): Promise<void> {
    const stage = stageOf(this.#devices, 'z')
    const z = planesUm.at(-1)
    if (stage === undefined || z === undefined) throw noStage('z')
    await this.#during(stage, { z }, signal, () => this.#devices.runStack(stage.id, planesUm, { exposureMs }))
  }

  /** Where z stands, asked of the stage: something else than the plan has moved it. */
  async readZ(): Promise<number | undefined> {
    delete this.#now.z
    const stage = stageOf(this.#devices, 'z')
    if (stage === undefined) return undefined
    this.#moved.add('z')
    return (await this.#devices.readPosition(stage.id)).z
  }

  /** Nothing is known any more of where the stages are: after a failure. */
  forget(): void {
    for (const axis of stageAxes) delete this.#now[axis]
  }

  /**
   * Brings what was moved back to where it was; the focus not towards the specimen unless x and y are back.
   * @returns what could not be brought back.
   */
  async restore(): Promise<readonly Error[]> {
    this.forget()
    const { z, ...lateral } = this.#before
    const back: Target = {}
    for (const axis of ['x', 'y'] as const) {
      const to = lateral[axis]
      if (to !== undefined && this.#moved.has(axis)) back[axis] = to
    }
    const errors: Error[] = []
    const attempt = async (target: Target) => {
      try {
        await this.#move(target)
      } catch (error) {
        errors.push(CoverslipError.from(error, 'DEVICE_FAILED'))
      }
    }
    const returnsZ = z !== undefined && this.#moved.has('z')
    const zFirst = returnsZ && (await this.#goesAway(z).catch(() => false))
    if (zFirst) await attempt({ z })
    await attempt(back)
    if (!returnsZ || zFirst) return errors
    if (errors.length === 0) await attempt({ z })
    else
      errors.push(
        new CoverslipError('DEVICE_FAILED', `The focus was not brought back to z = ${z} µm`, {
          hint: 'x and y are not where they were: look first whether the objective is free to move.',
        }),
      )
    return errors
  }

  /** Whether going to `z` takes the focus away from the specimen. */
  async #goesAway(z: number): Promise<boolean> {
    const stage = stageOf(this.#devices, 'z')
    if (stage === undefined) throw noStage('z')
    const from = this.#now.z ?? (await this.#devices.readPosition(stage.id)).z ?? z
    const towards = stage.description.kind === 'stage' ? stage.description.focusTowardsSpecimen : undefined
    return towards === 'down' ? z > from : z < from
  }

  /** Moves the axes side by side, each stage's together. */
  async #move(target: Target, signal?: AbortSignal): Promise<void> {
    const byStage = new Map<string, { stage: DeviceState; part: Target }>()
    for (const axis of stageAxes) {
      const to = target[axis]
      if (to === undefined) continue
      const stage = stageOf(this.#devices, axis)
      if (stage === undefined) throw noStage(axis)
      const move = byStage.get(stage.id) ?? { stage, part: {} }
      move.part[axis] = to
      byStage.set(stage.id, move)
    }
    await allEnded([...byStage.values()].map(({ stage, part }) => this.#moveStage(stage, part, signal)))
  }

  #moveStage(stage: DeviceState, part: Target, signal: AbortSignal | undefined): Promise<void> {
    return this.#during(stage, part, signal, () => this.#devices.moveStage(stage.id, part, 'absolute'))
  }

  /** Has `stage` end at `part` by `motion`; abortion halts it. */
  async #during(
    { id, description: { name } }: DeviceState,
    part: Target,
    signal: AbortSignal | undefined,
    motion: () => Promise<unknown>,
  ): Promise<void> {
    signal?.throwIfAborted()
    for (const axis of stageAxes) {
      if (part[axis] === undefined) continue
      delete this.#now[axis]
      this.#moved.add(axis)
    }
    const halt = () => {
      this.#devices.stopStage(id).catch((error: unknown) => console.error(`${name} did not halt:`, error))
    }
    signal?.addEventListener('abort', halt)
    try {
      const moving = motion()
      this.#motions.set(id, this.#devices.motionsOf(id))
      await moving
    } catch (error) {
      signal?.throwIfAborted()
      throw deviceFailure(name, error)
    } finally {
      signal?.removeEventListener('abort', halt)
    }
    signal?.throwIfAborted()
    Object.assign(this.#now, part)
  }

  /** Somebody else has moved a stage: where it is now is not known. */
  #heedOthers(): void {
    for (const axis of stageAxes) {
      const stage = stageOf(this.#devices, axis)
      if (stage === undefined || stage.status.state !== 'ready') delete this.#now[axis]
      else if (this.#motions.get(stage.id) !== this.#devices.motionsOf(stage.id)) delete this.#now[axis]
    }
  }
}

function noStage(axis: StageAxis): CoverslipError {
  return new CoverslipError('UNKNOWN_DEVICE', `There is no stage that moves ${axis}`, {
    hint: 'Connect one, or take the positions out of the plan.',
  })
}
