import type { DeviceState } from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { StagePosition } from '../../../../src-shared/frames/frame-info.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import type { StackEnd } from '../../../devices/stage-motions.ts'
import type { StepTimes } from '../../plans/step-times.ts'
import { deviceFailure } from './device-failure.ts'
import type { Restoration } from './restoration.ts'
import { keepingMs } from './giving-up.ts'
import { type HaltOptions, StageHalts } from './stage-halts.ts'
import { axesOf, type StageAxis, stageAxes, stageOf, type StageTarget } from './stage-axes.ts'
import { checkArrival, interfered, noStage, notBack } from './stage-failures.ts'
import { allEnded } from './together.ts'

type RunStackOptions = {
  readonly exposureMs: number
  readonly signal: AbortSignal
  readonly halted: (triggered: number) => void
}

/**
 * The stages' moves in a plan, in an order in which the objective cannot be driven into the specimen: what takes the
 * focus away from it comes before x and y, what brings it nearer after them.
 */
export class StageMoves {
  readonly #devices: DeviceRegistry
  readonly #times: StepTimes
  readonly #before: StageTarget = {}
  readonly #now: StageTarget = {}
  /**
   * How often each stage has been moved or stopped: by anybody before the plan moved it last, or read where it is, and by
   * the plan since then.
   */
  readonly #motions = new Map<string, number>()
  readonly #moved = new Set<StageAxis>()
  readonly #halts: StageHalts
  /** Axes that were sent somewhere since `begin`, or were there. */
  readonly #wanted = new Set<StageAxis>()

  /** `times`: where what moves take is kept. */
  constructor(devices: DeviceRegistry, times: StepTimes) {
    this.#devices = devices
    this.#times = times
    this.#halts = new StageHalts(devices)
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
   * Moves what is not there yet; resolves when all has arrived. Abortion halts the stages; one that does not halt is not
   * waited for, and not moved any more.
   * @throws CoverslipError of the stage; the reason of `signal`.
   */
  async moveTo(target: StagePosition, signal?: AbortSignal): Promise<void> {
    this.#heedOthers()
    const wanted: StageTarget = {}
    for (const axis of stageAxes) {
      const to = target[axis]
      if (to === undefined) continue
      this.#wanted.add(axis)
      if (this.#now[axis] !== to) wanted[axis] = to
    }
    for (const step of await this.#steps(wanted)) await this.#move(step, signal)
  }

  /**
   * Has the focus drive step through `planesUm` and trigger the cameras, each exposure lasting `exposureMs`. Abortion
   * halts it; `halted` is called then with the number of planes in which it has triggered them, where it tells.
   * @throws CoverslipError of the stage; the reason of `signal`.
   */
  async runStack(
    planesUm: readonly number[],
    { exposureMs, signal, halted }: RunStackOptions,
  ): Promise<void> {
    const stage = stageOf(this.#devices, 'z')
    const z = planesUm.at(-1)
    if (stage === undefined || z === undefined) throw noStage('z')
    let ended: StackEnd | undefined
    const steps = async () => {
      ended = await this.#devices.runStack(stage.id, planesUm, { exposureMs })
      return ended.position
    }
    try {
      // It halts when the exposure under way has ended, and tells how far it has come.
      await this.#during(stage, { z }, { signal, extraMs: exposureMs + keepingMs }, steps)
    } catch (error) {
      if (signal.aborted && ended?.triggered !== undefined && !this.#isOthers(stage)) {
        // Halted by nobody else, it stands where it says.
        Object.assign(this.#now, ended.position)
        halted(ended.triggered)
      }
      throw error
    }
  }

  /** Has something else than the plan, an autofocus device, move z. Abortion halts the stage. @throws as `action`; the reason of `signal` */
  async zMovedBy(action: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const stage = stageOf(this.#devices, 'z')
    if (stage === undefined) return action()
    this.#moved.add('z')
    await this.#untilEnded(stage, { signal }, action)
    signal.throwIfAborted()
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
  async restore(restoration: Restoration): Promise<readonly Error[]> {
    this.forget()
    const back: StageTarget = {}
    for (const axis of this.#moved) {
      const to = this.#before[axis]
      if (to !== undefined) back[axis] = to
    }
    const untouched = { ...back }
    try {
      const stages = axesOf(back).flatMap((axis) => stageOf(this.#devices, axis) ?? [])
      for (const stage of stages) await restoration.requireAnswer(stage)
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
  async #steps(target: StageTarget): Promise<readonly StageTarget[]> {
    const { z, ...lateral } = target
    if (z === undefined || axesOf(lateral).length === 0) return [target]
    return (await this.#goesAway(z)) ? [{ z }, lateral] : [lateral, { z }]
  }

  /** Whether going to `z` takes the focus away from the specimen. */
  async #goesAway(z: number): Promise<boolean> {
    const stage = stageOf(this.#devices, 'z')
    if (stage === undefined) throw noStage('z')
    await this.#halts.refuseHanging(stage)
    const from = this.#now.z ?? (await this.#devices.readPosition(stage.id)).z
    if (from === undefined)
      throw new CoverslipError('DEVICE_FAILED', `${stage.description.name} does not tell where z is`, {
        hint: 'Check its cable and power.',
      })
    const towards = stage.description.kind === 'stage' ? stage.description.focusTowardsSpecimen : undefined
    return towards === 'down' ? z > from : z < from
  }

  /** Moves the axes side by side, each stage's together. */
  async #move(target: StageTarget, signal?: AbortSignal): Promise<void> {
    const byStage = new Map<string, { stage: DeviceState; part: StageTarget }>()
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

  async #moveStage(stage: DeviceState, part: StageTarget, signal: AbortSignal | undefined): Promise<void> {
    await this.#halts.refuseHanging(stage)
    const began = performance.now()
    await this.#during(stage, part, { signal }, () => this.#devices.moveStage(stage.id, part, 'absolute'))
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
    stage: DeviceState,
    part: StageTarget,
    halting: HaltOptions,
    motion: () => Promise<StagePosition>,
  ): Promise<void> {
    const { id, description } = stage
    const { signal } = halting
    signal?.throwIfAborted()
    for (const axis of axesOf(part)) {
      delete this.#now[axis]
      this.#moved.add(axis)
    }
    let motions = 0
    try {
      const stands = await this.#untilEnded(stage, halting, () => {
        const moving = motion()
        motions = this.#devices.motionsOf(id)
        this.#motions.set(id, motions)
        return moving
      })
      signal?.throwIfAborted()
      if (this.#devices.motionsOf(id) !== motions) throw interfered(description.name)
      checkArrival(description.name, part, stands)
    } catch (error) {
      signal?.throwIfAborted()
      throw deviceFailure(description.name, error)
    }
    Object.assign(this.#now, part)
  }

  /** As `StageHalts.untilEnded`; the plan's own halt is nobody else's. */
  #untilEnded<Result>(
    stage: DeviceState,
    halting: HaltOptions,
    motion: () => Promise<Result>,
  ): Promise<Result> {
    const halted = () => void this.#motions.set(stage.id, (this.#motions.get(stage.id) ?? 0) + 1)
    return this.#halts.untilEnded(stage, { ...halting, halted }, motion)
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
