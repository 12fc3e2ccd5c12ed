/** Moving the stage. */
import type { StageAxes } from '../../src-shared/devices.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import { outcome } from '../backend/outcome.ts'
import type { ShownFrame } from '../display/display-types.ts'
import type { Point } from '../display/view-transform.ts'
import type { Services } from '../services.ts'
import { deviceById, deviceName, focusStage, xyStage } from '../stores/selectors.ts'
import { noteOutcome } from '../stores/session-store.ts'
import { permittedByHand } from './control-actions.ts'

type Axis = 'x' | 'y' | 'z'
const axisNames: readonly Axis[] = ['x', 'y', 'z']

/** `a` + `b` for the axes of either. */
export function addPositions(a: StagePosition, b: StagePosition): StagePosition {
  const sum: StagePosition = {}
  for (const axis of axisNames) {
    const [first, second] = [a[axis], b[axis]]
    if (first !== undefined || second !== undefined) sum[axis] = (first ?? 0) + (second ?? 0)
  }
  return sum
}

/** `target` within the travel of the stage, so that a step at the end of the travel goes as far as it can. */
export function withinTravel(target: StagePosition, axes: StageAxes): StagePosition {
  const limited: StagePosition = {}
  for (const axis of axisNames) {
    const value = target[axis]
    const travel = axes[axis]
    if (value !== undefined && travel !== undefined)
      limited[axis] = Math.max(travel.min, Math.min(travel.max, value))
  }
  return limited
}

/** Where the stage must go to bring delivered pixel `point` of `frame` to the image centre; undefined when unknown. */
export function stageTarget(frame: ShownFrame, point: Point): { x: number; y: number } | undefined {
  const { stage, pixelSizeUm } = frame
  if (stage?.x === undefined || stage.y === undefined || pixelSizeUm === undefined) return undefined
  return {
    x: stage.x + (point.x - frame.width / 2) * pixelSizeUm,
    y: stage.y + (point.y - frame.height / 2) * pixelSizeUm,
  }
}

/** Steps asked for while a stage is moving, by device: they are made in one move when it has arrived. */
const steps = new Map<string, StagePosition>()

/** Moves to `target` (µm); one beyond the travel is refused with a notice. */
export async function moveStageTo(
  services: Services,
  deviceId: string,
  target: StagePosition,
): Promise<void> {
  const device = deviceById(services.engine.getState(), deviceId)
  if (device?.description.kind !== 'stage') return
  const moved = await outcome(services.backend.client.stage.move({ deviceId, mode: 'absolute', ...target }))
  const title = `${device.description.name} did not move`
  noteOutcome(services.session, title, moved.ok ? undefined : moved.failure)
  if (moved.ok) services.engine.apply({ type: 'stageMoved', deviceId, position: moved.value })
  else steps.delete(deviceId)
}

/** Moves by `step` (µm). Steps asked for while the stage moves are added up, so that a held key does not pile up moves. */
export async function stepStage(services: Services, deviceId: string, step: StagePosition): Promise<void> {
  const waiting = steps.get(deviceId)
  if (waiting !== undefined) {
    steps.set(deviceId, addPositions(waiting, step))
    return
  }
  let next: StagePosition = step
  while (Object.values(next).some((distance) => distance !== 0)) {
    steps.set(deviceId, {})
    const device = deviceById(services.engine.getState(), deviceId)
    if (device?.description.kind !== 'stage') break
    const { position = {} } = device
    const target: StagePosition = {}
    for (const axis of axisNames) {
      const [from, by] = [position[axis], next[axis]]
      if (from !== undefined && by !== undefined) target[axis] = from + by
    }
    await moveStageTo(services, deviceId, withinTravel(target, device.description.axes))
    next = steps.get(deviceId) ?? {}
  }
  steps.delete(deviceId)
}

/** Halts all axes and forgets the steps not yet made. */
export async function stopStage(services: Services, deviceId: string): Promise<void> {
  if (steps.has(deviceId)) steps.set(deviceId, {})
  const stopped = await outcome(services.backend.client.stage.stop({ deviceId }))
  const title = `${deviceName(services.engine.getState(), deviceId)} did not stop`
  noteOutcome(services.session, title, stopped.ok ? undefined : stopped.failure)
  if (stopped.ok) services.engine.apply({ type: 'stageMoved', deviceId, position: stopped.value })
}

/** Steps the stage that moves the specimen by whole steps of the pad; +1 in y is downwards in the image. */
export function jog(services: Services, by: { x?: number; y?: number; z?: number }): void {
  if (!permittedByHand(services, 'The stage was not moved')) return
  const { devices } = services.engine.getState()
  const { xyUm, zUm } = services.view.getState().stageStep
  const xy = xyStage(devices)
  const focus = focusStage(devices)
  if (xy !== undefined && (by.x !== undefined || by.y !== undefined)) {
    void stepStage(services, xy.id, { x: (by.x ?? 0) * xyUm, y: (by.y ?? 0) * xyUm })
  }
  if (focus !== undefined && by.z !== undefined) void stepStage(services, focus.id, { z: by.z * zUm })
}

/** Brings the specimen at delivered pixel `point` to the image centre. */
export function centreStageAt(services: Services, point: Point): void {
  const { frame } = services.shown.getState()
  const stage = xyStage(services.engine.getState().devices)
  const target = frame === undefined ? undefined : stageTarget(frame, point)
  if (stage === undefined || target === undefined || !permittedByHand(services, 'The stage was not moved'))
    return
  void moveStageTo(services, stage.id, target)
}
