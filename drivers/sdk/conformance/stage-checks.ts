/** Conformance of stages: arriving, staying within the travel, stopping. */
import type { StagePosition } from '../../../src-shared/frames/frame-info.ts'
import type { StageDevice } from '../driver.ts'
import { type CheckBody, forEachStage, pause, ensure, within } from './conformance-check.ts'

const axisNames = ['x', 'y', 'z'] as const
type AxisName = (typeof axisNames)[number]

function axesOf(stage: StageDevice) {
  return axisNames.flatMap((name) => {
    const travel = stage.description.axes[name]
    return travel === undefined ? [] : [{ name, ...travel }]
  })
}

function positionOf(stage: StageDevice, axis: AxisName): number {
  const position = stage.position()[axis]
  ensure(position !== undefined, `${stage.description.name} has an axis ${axis}, but no position of it`)
  return position
}

function requireWithinTravel(stage: StageDevice, toleranceUm: number): void {
  for (const { name, min, max } of axesOf(stage)) {
    const position = positionOf(stage, name)
    ensure(
      position >= min - toleranceUm && position <= max + toleranceUm,
      `${stage.description.name} stands at ${name} = ${position} µm, beyond its travel of ${min} to ${max} µm`,
    )
  }
}

const moves: CheckBody = (context) =>
  forEachStage(context, async (stage) => {
    const { stageToleranceUm: toleranceUm, timeoutMs } = context
    ensure(axesOf(stage).length > 0, `${stage.description.name} has no axes`)
    requireWithinTravel(stage, toleranceUm)
    for (const { name, min, max } of axesOf(stage)) {
      const start = positionOf(stage, name)
      for (const target of [start + (max - start) / 100, min, max, start]) {
        let last: StagePosition | undefined
        const unsubscribe = stage.onMoved((position) => {
          last = position
        })
        const before = positionOf(stage, name)
        await within(stage.moveTo({ [name]: target }), timeoutMs, `moveTo({ ${name}: ${target} })`)
        unsubscribe()
        const arrived = positionOf(stage, name)
        ensure(
          Math.abs(arrived - target) <= toleranceUm,
          `${stage.description.name} was moved to ${name} = ${target} µm, but stands at ${arrived} µm`,
        )
        requireWithinTravel(stage, toleranceUm)
        if (Math.abs(before - target) <= toleranceUm) continue
        const announced = last?.[name]
        ensure(
          announced !== undefined && Math.abs(announced - target) <= toleranceUm,
          `${stage.description.name} arrived at ${name} = ${arrived} µm, but onMoved said ${announced ?? 'nothing'} last`,
        )
      }
    }
  })

const halts: CheckBody = (context) =>
  forEachStage(context, async (stage) => {
    const { stageToleranceUm: toleranceUm, timeoutMs } = context
    await within(stage.stop(), timeoutMs, 'stop() of a stage that stands')
    for (const { name, min, max } of axesOf(stage)) {
      await within(stage.moveTo({ [name]: min }), timeoutMs, `moveTo({ ${name}: ${min} })`)
      const moving = stage.moveTo({ [name]: max })
      await within(stage.stop(), timeoutMs, 'stop() of a moving stage')
      const halted = positionOf(stage, name)
      await within(moving, timeoutMs, 'moveTo() that was stopped')
      requireWithinTravel(stage, toleranceUm)
      await pause(100)
      ensure(
        Math.abs(positionOf(stage, name) - halted) <= toleranceUm,
        `${stage.description.name} went on from ${name} = ${halted} µm to ${positionOf(stage, name)} µm after stop()`,
      )
    }
  })

export const stageChecks: readonly (readonly [name: string, body: CheckBody])[] = [
  ['a stage arrives where it is sent, within its travel, and tells', moves],
  ['a stage halts on stop, and the move resolves', halts],
]
