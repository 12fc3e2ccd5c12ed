/** ImSwitch's PositionerController: stages, µm. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import type { DeviceState } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { StagePosition } from '../../../src-shared/frames/frame-info.ts'
import type { Engine } from '../../engine/create-engine.ts'
import { change, look } from '../server-context.ts'
import { call, type CallContext, type Controller, freeChange, inQuery } from './imswitch-call.ts'
import { clearMoveAlert, raiseMoveAlert } from './move-alert.ts'
import { UnprocessableError } from './unprocessable-error.ts'

const axisNames = ['x', 'y', 'z'] as const
type Axis = (typeof axisNames)[number]

const axis = z
  .string()
  .toLowerCase()
  .pipe(z.enum([...axisNames, 'a']))
const isBlocking = inQuery.flag.default(false)
const distance = inQuery.number

/** All stages, which ImSwitch calls positioners. */
export function stages(engine: Engine): DeviceState[] {
  return engine.devices.devices().filter(({ description }) => description.kind === 'stage')
}

function stageOf({ context }: CallContext, name: string | undefined): DeviceState {
  const stage = name === undefined ? stages(context.engine)[0] : context.engine.devices.device(name)
  if (stage?.description.kind === 'stage') return stage
  throw new CoverslipError('UNKNOWN_DEVICE', name === undefined ? 'There is no stage' : `${name} is no stage`)
}

/** Position by ImSwitch's names of axes; axes that the stage does not have are absent. */
export function positionOf({ x, y, z: height }: StagePosition): Record<string, number> {
  const named = { X: x, Y: y, Z: height }
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  )
}

function ownAxis(stage: DeviceState, name: Axis | 'a'): Axis {
  if (name !== 'a') return name
  throw new CoverslipError('INVALID_INPUT', `${stage.description.name} has no A axis`)
}

/** Moves and answers when arrived, or (not blocking) when the move has been found possible and has begun. */
async function move(
  { context }: CallContext,
  stage: DeviceState,
  wish: { readonly target: StagePosition; readonly isAbsolute: boolean; readonly isBlocking: boolean },
): Promise<void> {
  const { devices, alerts } = context.engine
  const moving = devices
    .moveStage(stage.id, wish.target, wish.isAbsolute ? 'absolute' : 'relative')
    .then(() => clearMoveAlert(alerts, stage))
  if (wish.isBlocking) {
    await moving
    return
  }
  let answered = false
  const watched = moving.catch((error: unknown) => {
    if (!answered) throw error
    raiseMoveAlert(alerts, { id: stage.id, name: stage.description.name }, error)
  })
  await Promise.race([watched, nextTurn()])
  answered = true
}

const xyzQuery = z.object({
  positionerName: inQuery.name,
  x: distance.optional(),
  y: distance.optional(),
  z: distance.optional(),
  a: distance.optional(),
  isAbsolute: inQuery.flag.default(true),
  isBlocking,
  speed: distance.optional(),
})

async function moveXyz(given: CallContext, query: z.output<typeof xyzQuery>) {
  const stage = stageOf(given, query.positionerName)
  const { a, isAbsolute } = query
  if (a !== undefined) ownAxis(stage, 'a')
  const moved = axisNames.filter((name) => query[name] !== undefined)
  if (moved.length === 0) throw new UnprocessableError([{ loc: ['query'], msg: 'No axis was given' }])
  const target = Object.fromEntries(moved.map((name) => [name, query[name] ?? 0]))
  await move(given, stage, { target, isAbsolute, isBlocking: query.isBlocking })
  return {
    positionerName: stage.id,
    movedAxes: moved.map((name) => name.toUpperCase()),
    target: positionOf(target),
    position: positionOf(given.context.engine.devices.device(stage.id).position ?? {}),
    isAbsolute,
    isBlocking: query.isBlocking,
  }
}

function noHoming(): never {
  throw new CoverslipError('INVALID_INPUT', 'This stage knows its place; it has no homing')
}

const positionerQuery = z.object({ positionerName: inQuery.name })
const speed = inQuery.number.default(0)
const isStop = inQuery.flag.default(false)

/** ImSwitch's calls for stages. */
export const positionerController: Controller = {
  name: 'PositionerController',
  calls: {
    getPositionerNames: call({
      needed: look,
      run: ({ context }) => stages(context.engine).map(({ id }) => id),
    }),
    getPositionerPositions: call({
      needed: look,
      run: ({ context }) =>
        Object.fromEntries(
          stages(context.engine).map(({ id, position }) => [id, positionOf(position ?? {})]),
        ),
    }),
    movePositioner: call({
      needed: change,
      query: positionerQuery.extend({
        axis: axis.default('x'),
        dist: distance,
        isAbsolute: inQuery.flag.default(false),
        isBlocking,
        speed: distance.optional(),
      }),
      run: async (given) => {
        const { query } = given
        const stage = stageOf(given, query.positionerName)
        const target = { [ownAxis(stage, query.axis)]: query.dist }
        await move(given, stage, { target, isAbsolute: query.isAbsolute, isBlocking: query.isBlocking })
        return null
      },
    }),
    movePositionerXYZ: call({
      needed: change,
      query: xyzQuery,
      run: (given) => moveXyz(given, given.query),
    }),
    movePositionerForever: call({
      needed: change,
      query: positionerQuery.extend({ axis: axis.default('x'), speed, is_stop: isStop }),
      run: async (given) => {
        const stage = stageOf(given, given.query.positionerName)
        const wanted = given.query.is_stop ? 0 : given.query.speed
        const speeds = { [ownAxis(stage, given.query.axis)]: wanted }
        await given.state.jog.set({ stageId: stage.id, callerId: given.caller.id, speeds })
        return null
      },
    }),
    movePositionerForeverXYZA: call({
      needed: change,
      query: positionerQuery.extend({
        speedX: speed,
        speedY: speed,
        speedZ: speed,
        speedA: speed,
        is_stop: isStop,
      }),
      run: async (given) => {
        const { speedX, speedY, speedZ, is_stop: stop } = given.query
        const stage = stageOf(given, given.query.positionerName)
        const speeds = stop ? { x: 0, y: 0, z: 0 } : { x: speedX, y: speedY, z: speedZ }
        await given.state.jog.set({ stageId: stage.id, callerId: given.caller.id, speeds })
        return null
      },
    }),
    // The whole stage halts: its axes move together.
    stopAxis: call({
      needed: freeChange,
      query: positionerQuery.extend({ axis: axis.default('x') }),
      run: async (given) => {
        await given.state.jog.stop(stageOf(given, given.query.positionerName).id)
        return null
      },
    }),
    stopAllAxes: call({
      needed: freeChange,
      run: async ({ context, state }) => {
        await Promise.all(stages(context.engine).map(({ id }) => state.jog.stop(id)))
        return { success: true }
      },
    }),
    homeAxis: call({ needed: change, run: noHoming }),
    startFrameHoming: call({ needed: change, run: noHoming }),
    cancelFrameHoming: call({ needed: freeChange, run: () => null }),
    getFrameHomingState: call({
      needed: look,
      run: () => ({ active: false, cancelled: false, phase: 'idle', axes: {}, message: '' }),
    }),
    // Nothing needs homing: clients must not recommend it.
    getHomingStatus: call({
      needed: look,
      run: () => ({ hasHomedSinceStartup: true, homingRecommendationDismissed: true }),
    }),
    dismissHomingRecommendation: call({
      verb: 'POST',
      needed: look,
      run: () => ({ hasHomedSinceStartup: true, homingRecommendationDismissed: true }),
    }),
  },
}
