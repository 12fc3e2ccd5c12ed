import type { DeviceState } from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { StagePosition } from '../../../../src-shared/frames/frame-info.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import type { StepTimes } from '../../plans/step-times.ts'
import { deviceFailure } from './device-failure.ts'
import { allEnded } from './together.ts'

export type StageAxis = 'x' | 'y' | 'z'
export const stageAxes: readonly StageAxis[] = ['x', 'y', 'z']

/** The stage that moves `axis`: the first that has it. */
export function stageOf(devices: Pick<DeviceRegistry, 'devices'>, axis: StageAxis): DeviceState | undefined {
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

/** A stage that stands further off than this has not arrived, µm; less is the step of a coarse motor. */
const toleranceUm = 5

/** Where each axis is to go, µm; those that are absent stay. */
type Target = Partial<Record<StageAxis, number>>

const axesOf = (target: Target): readonly StageAxis[] =>
  stageAxes.filter((axis) => target[axis] !== undefined)

/**
 * The stages' moves in a plan, in an order in which the objective cannot be driven into the specimen: what takes the
 * focus away from it comes before x and y, what brings it nearer after them.
 */
export class StageMoves {
  readonly #devices: DeviceRegistry
  readonly #times: StepTimes
  readonly #before: Target = {}
  readonly #now: Target = {}
  /**
   * How often each stage has been moved or stopped: by anybody before the plan moved it last, or read where it is, and by
   * the plan since then.
   */
  readonly #motions = new Map<string, number>()
  readonly #moved = new Set<StageAxis>()
  /** Axes that were sent somewhere since `begin`, or were there. */
  readonly #wanted = new Set<StageAxis>()

  /** `times`: where what moves take is kept. */
  constructor(devices: DeviceRegistry, times: StepTimes) {
    this.#devices = devices
    this.#times = times
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

  /** From now on stages are moved for another image. */
  begin(): void {
    this.#wanted.clear()
  }

  /** A stage that somebody else has moved or stopped since `begin`, so that nobody knows where it is. */
  disturbed(): string | undefined {
    this.#heedOthers()
    const axis = stageAxes.find((wanted) => this.#wanted.has(wanted) && this.#now[wanted] === undefined)
    return axis === undefined ? undefined : (stageOf(this.#devices, axis)?.description.name ?? axis)
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
      if (to === undefined) continue
      this.#wanted.add(axis)
      if (this.#now[axis] !== to) wanted[axis] = to
    }
    for (const step of await this.#steps(wanted)) await this.#move(step, signal)
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
    this.#heedOthers()
    delete this.#now.z
    const stage = stageOf(this.#devices, 'z')
    if (stage === undefined) return undefined
    this.#moved.add('z')
    this.#motions.set(stage.id, this.#devices.motionsOf(stage.id))
    return (await this.#devices.readPosition(stage.id)).z
  }

  /** The stage of z, when somebody else has moved or stopped it since the plan has moved it, or has read where it is. */
  zOfOthers(): string | undefined {
    const stage = stageOf(this.#devices, 'z')
    return stage !== undefined && this.#isOthers(stage) ? stage.description.name : undefined
  }

  /** Nothing is known any more of where the stages are: after a failure. */
  forget(): void {
    for (const axis of stageAxes) delete this.#now[axis]
  }

  /**
   * Brings what was moved back to where it was, until something does not come back: x and y stay where they are unless
   * the focus is out of their way, and the focus unless they are back.
   * @returns what could not be brought back.
   */
  async restore(): Promise<readonly Error[]> {
    this.forget()
    const back: Target = {}
    for (const axis of this.#moved) {
      const to = this.#before[axis]
      if (to !== undefined) back[axis] = to
    }
    const untouched = { ...back }
    try {
      for (const step of await this.#steps(back)) {
        for (const axis of axesOf(step)) delete untouched[axis]
        await this.#move(step)
      }
      return []
    } catch (error) {
      const failure = CoverslipError.from(error, 'DEVICE_FAILED')
      return axesOf(untouched).length === 0 ? [failure] : [failure, notBack(untouched)]
    }
  }

  /** The moves to `target`, in their order. @throws CoverslipError of the stage that does not tell where z is. */
  async #steps(target: Target): Promise<readonly Target[]> {
    const { z, ...lateral } = target
    if (z === undefined || axesOf(lateral).length === 0) return [target]
    return (await this.#goesAway(z)) ? [{ z }, lateral] : [lateral, { z }]
  }

  /** Whether going to `z` takes the focus away from the specimen. */
  async #goesAway(z: number): Promise<boolean> {
    const stage = stageOf(this.#devices, 'z')
    if (stage === undefined) throw noStage('z')
    const from = this.#now.z ?? (await this.#devices.readPosition(stage.id)).z
    if (from === undefined)
      throw new CoverslipError('DEVICE_FAILED', `${stage.description.name} does not tell where z is`, {
        hint: 'Check its cable and power.',
      })
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

  async #moveStage(stage: DeviceState, part: Target, signal: AbortSignal | undefined): Promise<void> {
    const began = performance.now()
    await this.#during(stage, part, signal, () => this.#devices.moveStage(stage.id, part, 'absolute'))
    const distances = axesOf(part).map((axis) =>
      Math.abs((part[axis] ?? 0) - (stage.position?.[axis] ?? NaN)),
    )
    const distanceUm = Math.max(...distances)
    // A stage that moves all axes is told to move z by itself.
    const kind = part.z === undefined ? 'stage' : 'focus'
    if (distanceUm > 0)
      this.#times.measured({ kind, by: stage.id, distanceUm }, (performance.now() - began) / 1000)
  }

  /** Has `stage` end at `part` by `motion`; abortion halts it. */
  async #during(
    { id, description: { name } }: DeviceState,
    part: Target,
    signal: AbortSignal | undefined,
    motion: () => Promise<StagePosition>,
  ): Promise<void> {
    signal?.throwIfAborted()
    for (const axis of axesOf(part)) {
      delete this.#now[axis]
      this.#moved.add(axis)
    }
    const halt = () => {
      this.#motions.set(id, (this.#motions.get(id) ?? 0) + 1)
      this.#devices.stopStage(id).catch((error: unknown) => console.error(`${name} did not halt:`, error))
    }
    signal?.addEventListener('abort', halt)
    try {
      const moving = motion()
      const motions = this.#devices.motionsOf(id)
      this.#motions.set(id, motions)
      const stands = await moving
      signal?.throwIfAborted()
      if (this.#devices.motionsOf(id) !== motions) throw interfered(name)
      checkArrival(name, part, stands)
    } catch (error) {
      signal?.throwIfAborted()
      throw deviceFailure(name, error)
    } finally {
      signal?.removeEventListener('abort', halt)
    }
    Object.assign(this.#now, part)
  }

  /** Somebody else has moved a stage: where it is now is not known. */
  #heedOthers(): void {
    for (const axis of stageAxes) {
      const stage = stageOf(this.#devices, axis)
      if (stage?.status.state !== 'ready' || this.#isOthers(stage)) delete this.#now[axis]
    }
  }

  #isOthers({ id }: DeviceState): boolean {
    return this.#motions.get(id) !== this.#devices.motionsOf(id)
  }
}

function noStage(axis: StageAxis): CoverslipError {
  return new CoverslipError('UNKNOWN_DEVICE', `There is no stage that moves ${axis}`, {
    hint: 'Connect one, or take the positions out of the plan.',
  })
}

/** @throws CoverslipError DEVICE_FAILED when the stage `name` stands somewhere else than at `target` */
function checkArrival(name: string, target: Target, stands: StagePosition): void {
  for (const axis of axesOf(target)) {
    const [to, at] = [target[axis], stands[axis]]
    if (to === undefined || at === undefined || Math.abs(at - to) <= toleranceUm) continue
    throw new CoverslipError('DEVICE_FAILED', `${name} stands at ${axis} = ${at} µm, and not at ${to} µm`, {
      hint: 'Look whether something is in its way.',
    })
  }
}

/** Why it is not known where the stage `name` is. */
export function interfered(name: string): CoverslipError {
  return new CoverslipError('DEVICE_FAILED', `${name} was moved or stopped by somebody else on its way`, {
    hint: 'Leave it alone while the plan moves it, or pause the plan first.',
  })
}

function notBack(target: Target): CoverslipError {
  const { z, x, y } = target
  if (z !== undefined && x === undefined && y === undefined) {
    return new CoverslipError('DEVICE_FAILED', `The focus was not brought back to z = ${z} µm`, {
      hint: 'x and y are not where they were: look first whether the objective is free to move.',
    })
  }
  const places = axesOf(target).map((axis) => `${axis} = ${target[axis]} µm`)
  return new CoverslipError('DEVICE_FAILED', `The stage was not brought back to ${places.join(', ')}`, {
    hint: 'The focus was not taken away first: look whether the objective is free of the specimen.',
  })
}
