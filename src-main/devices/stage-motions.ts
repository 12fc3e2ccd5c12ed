import type { DeviceDescription, DeviceState } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { DeviceAnswer, DeviceCall } from './device-messages.ts'
import { checkTravel, StageTargets } from './stage-targets.ts'

/** Time that a step between two planes of a stack may take, ms. */
const longestStepMs = 2000

type Options = {
  /** Has the stage's driver do something; it may take `extraMs` longer than such calls do. */
  call(stage: DeviceState, call: DeviceCall, extraMs?: number): Promise<DeviceAnswer>
  /** A stage has arrived. */
  moved(stage: DeviceState, position: StagePosition): void
}

/** How a stack that a focus drive has stepped through by itself has ended. */
export type StackEnd = {
  readonly position: StagePosition
  /** In how many planes it has triggered the cameras; undefined: it does not tell. */
  readonly triggered: number | undefined
}

/** Moves of the registry's stages, whose targets are known while they are under way. */
export class StageMotions {
  readonly #options: Options
  readonly #targets = new StageTargets()

  constructor(options: Options) {
    this.#options = options
  }

  /** @throws CoverslipError OUT_OF_RANGE naming the axis and its travel; INVALID_INPUT of what is not a stage. */
  move(
    stage: DeviceState,
    motion: { readonly target: StagePosition; readonly mode: 'absolute' | 'relative' },
  ): Promise<StagePosition> {
    const { id, position } = stage
    const { name, axes } = descriptionOf(stage)
    return this.#targets.during({ id, name, axes, position }, motion, async (target) => {
      const answer = await this.#arrive(stage, { call: 'moveStage', deviceId: id, target })
      return answer.position ?? target
    })
  }

  async stop(stage: DeviceState): Promise<StagePosition> {
    this.#targets.stop(stage.id)
    const { position } = await this.#options.call(stage, { call: 'stopStage', deviceId: stage.id })
    return position ?? stage.position ?? {}
  }

  async readPosition(stage: DeviceState): Promise<StagePosition> {
    return (await this.#options.call(stage, { call: 'readPosition', deviceId: stage.id })).position ?? {}
  }

  /** @throws CoverslipError INVALID_INPUT where the focus drive cannot step through so many planes; OUT_OF_RANGE. */
  runStack(
    stage: DeviceState,
    planesUm: readonly number[],
    { exposureMs }: { readonly exposureMs: number },
  ): Promise<StackEnd> {
    const { id, position } = stage
    const { name, axes, triggeredStack } = descriptionOf(stage)
    const most = triggeredStack?.maxPlanes ?? 0
    if (planesUm.length > most) {
      throw new CoverslipError('INVALID_INPUT', `${name} cannot step through ${planesUm.length} planes`, {
        hint: most === 0 ? 'It triggers no camera.' : `It takes up to ${most} at once.`,
      })
    }
    for (const z of planesUm) checkTravel({ name, axes }, { z })
    const extraMs = planesUm.length * (exposureMs + longestStepMs)
    const target = { z: planesUm.at(-1) }
    return this.#targets.during({ id, name, axes, position }, { target, mode: 'absolute' }, async (last) => {
      const answer = await this.#arrive(stage, { call: 'runStack', deviceId: id, planesUm }, extraMs)
      // Drivers are written by others.
      const isCount = Number.isInteger(answer.triggered) && Number(answer.triggered) >= 0
      return { position: answer.position ?? last, triggered: isCount ? answer.triggered : undefined }
    })
  }

  /** How often a stage was told to move or to stop. */
  motionsOf(stageId: string): number {
    return this.#targets.motionsOf(stageId)
  }

  async #arrive(stage: DeviceState, call: DeviceCall, extraMs?: number): Promise<DeviceAnswer> {
    const answer = await this.#options.call(stage, call, extraMs)
    if (answer.position !== undefined) this.#options.moved(stage, answer.position)
    return answer
  }
}

function descriptionOf({ description }: DeviceState): Extract<DeviceDescription, { kind: 'stage' }> {
  if (description.kind === 'stage') return description
  throw new CoverslipError('INVALID_INPUT', `${description.name} is not a stage`)
}
