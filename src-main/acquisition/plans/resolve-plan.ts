import type { PlanRequest } from '../../../src-shared/acquisition/acquisition-requests.ts'
import type { ExpandOptions } from '../../../src-shared/plan/plan-axes.ts'
import type { StagePosition } from '../../../src-shared/frames/frame-info.ts'
import { needsFieldOfView } from '../../../src-shared/plan/grid-plan.ts'
import { type ReadPlan, readPlan } from '../../../src-shared/plan/read-plan.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { sequencesOf } from '../run/microscope/plan-problems.ts'
import { CameraChoice } from './camera-choice.ts'
import { planSurroundings } from './plan-surroundings.ts'

/** A plan with what it means on this microscope, as that stands now. */
export type ResolvedPlan = ReadPlan & {
  /** Of cameras for channels that name none; empty: the first camera. */
  readonly detectorNames: readonly string[]
  readonly cameras: CameraChoice
  readonly surroundings: ExpandOptions
}

/**
 * `home`: where the stages stand; absent: as they have told last.
 * @throws CoverslipError INVALID_INPUT when it is no plan, naming the path of each problem
 */
export function resolvePlan(
  devices: DeviceRegistry,
  { plan, detectorNames = [] }: Pick<PlanRequest, 'plan' | 'detectorNames'>,
  home?: StagePosition,
): ResolvedPlan {
  const read = readPlan(plan)
  const cameras = new CameraChoice(devices, detectorNames)
  const surroundings = planSurroundings(devices, {
    cameraId: cameras.usual[0]?.id,
    roi: read.sequence.setup?.roi,
    home,
  })
  return { ...read, detectorNames, cameras, surroundings }
}

/** Whether the size of an image, which only a frame of the camera tells, decides where a plan's images are. */
export function dependsOnFieldOfView(sequence: MdaSequence): boolean {
  return sequencesOf(sequence).some(({ grid, positions }) => {
    const plans = 'plate' in positions ? [grid, positions.points] : [grid]
    return plans.some((plan) => plan !== undefined && needsFieldOfView(plan))
  })
}
