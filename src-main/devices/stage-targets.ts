import type { StageAxes } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'

/** A stage as it is when it is told to move. */
type Stage = {
  readonly id: string
  readonly name: string
  readonly axes: StageAxes
  readonly position: StagePosition | undefined
}

/** Where moves under way will end, and how often each stage was told to move or to stop. */
export class StageTargets {
  readonly #motions = new Map<string, number>()
  readonly #targets = new Map<string, StagePosition>()

  /** How often a stage was told to move or to stop: tells whoever moves it in many steps that somebody else has. */
  motionsOf(stageId: string): number {
    return this.#motions.get(stageId) ?? 0
  }

  /**
   * Has `move` go to, or by, so many µm.
   * @throws CoverslipError OUT_OF_RANGE naming the axis and its travel; whatever `move` throws.
   */
  async during<Result>(
    stage: Stage,
    { target, mode }: { readonly target: StagePosition; readonly mode: 'absolute' | 'relative' },
    move: (absolute: StagePosition) => Promise<Result>,
  ): Promise<Result> {
    this.#count(stage.id)
    // Steps asked for during a move count from where it will end: three key presses are three steps.
    const from = mode === 'absolute' ? {} : { ...stage.position, ...this.#targets.get(stage.id) }
    const absolute = checkTravel(stage, target, from)
    const ends = { ...this.#targets.get(stage.id), ...absolute }
    this.#targets.set(stage.id, ends)
    try {
      return await move(absolute)
    } finally {
      if (this.#targets.get(stage.id) === ends) this.#targets.delete(stage.id)
    }
  }

  /** The stage is told to stop where it is. */
  stop(stageId: string): void {
    this.#count(stageId)
    this.#targets.delete(stageId)
  }

  #count(stageId: string): void {
    this.#motions.set(stageId, this.motionsOf(stageId) + 1)
  }
}

/**
 * `target`, counted from `from`, as absolute position.
 * @throws CoverslipError OUT_OF_RANGE naming the axis and its travel; INVALID_INPUT when there is no such axis.
 */
export function checkTravel(
  { name, axes }: Pick<Stage, 'name' | 'axes'>,
  target: StagePosition,
  from: StagePosition = {},
): StagePosition {
  const absolute: { x?: number; y?: number; z?: number } = {}
  for (const axis of ['x', 'y', 'z'] as const) {
    const value = target[axis]
    if (value === undefined) continue
    const travel = axes[axis]
    if (travel === undefined) throw new CoverslipError('INVALID_INPUT', `${name} has no ${axis} axis`)
    const position = value + (from[axis] ?? 0)
    if (!(position >= travel.min && position <= travel.max)) {
      throw new CoverslipError('OUT_OF_RANGE', `${axis} = ${position} µm is outside the travel of ${name}`, {
        hint: `It goes from ${travel.min} to ${travel.max} µm.`,
        data: { axis, min: travel.min, max: travel.max },
      })
    }
    absolute[axis] = position
  }
  return absolute
}
