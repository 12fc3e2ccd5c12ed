import type { PlanRemark } from '../../../src-shared/plan/read-plan.ts'
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { type StageAxis, stageAxes, stageOf } from '../run/microscope/stage-axes.ts'

/** Travel of the stage that moves an axis, µm. */
type Travel = {
  readonly stage: string
  readonly min: number
  readonly max: number
  readonly isConnected: boolean
}

const placeOf = { x: 'xUm', y: 'yUm', z: 'zUm' } as const satisfies Record<StageAxis, keyof AcquisitionEvent>

/** Whether the stages reach every place of a plan; what they do not is told once for each field of the plan. */
export class PlanTravel {
  readonly #sequence: MdaSequence
  readonly #travels: Readonly<Partial<Record<StageAxis, Travel>>>
  readonly #problems = new Map<string, PlanRemark>()

  constructor(devices: Pick<DeviceRegistry, 'devices'>, sequence: MdaSequence) {
    this.#sequence = sequence
    this.#travels = travelsOf(devices)
  }

  get problems(): readonly PlanRemark[] {
    return [...this.#problems.values()]
  }

  check(event: AcquisitionEvent): void {
    for (const axis of stageAxes) {
      const to = event[placeOf[axis]]
      if (to === undefined) continue
      const travel = this.#travels[axis]
      if (travel === undefined) this.#tell(event, axis, `there is no stage that moves ${axis}`)
      else if (!travel.isConnected)
        this.#tell(event, axis, `${travel.stage}, which moves ${axis}, is not connected`)
      else if (to < travel.min || to > travel.max)
        this.#tell(
          event,
          axis,
          `${axis} = ${round(to)} µm is outside the travel of ${travel.stage}, ${travel.min} to ${travel.max} µm`,
        )
    }
  }

  #tell(event: AcquisitionEvent, axis: StageAxis, what: string): void {
    const path = this.#pathOf(event, axis)
    if (this.#problems.has(path)) return
    const isWell = 'plate' in this.#sequence.positions && event.positionName !== undefined
    this.#problems.set(path, { path, message: isWell ? `well ${event.positionName}: ${what}` : what })
  }

  /** The field that says where `event` goes. */
  #pathOf({ index }: AcquisitionEvent, axis: StageAxis): string {
    const { positions } = this.#sequence
    const inner = axis === 'z' ? ('z_plan' as const) : ('grid_plan' as const)
    const position = 'plate' in positions || index.p === undefined ? undefined : positions[index.p]
    const at = 'plate' in positions ? 'stage_positions' : `stage_positions[${index.p}]`
    const own = axis === 'z' ? position?.sequence?.z : position?.sequence?.grid
    if (own !== undefined) return `${at}.sequence.${inner}`
    if (index[axis === 'z' ? 'z' : 'g'] !== undefined) {
      // A place far out fails in all tiles and planes: then it is the position's fault.
      const home = position?.[placeOf[axis]]
      const travel = this.#travels[axis]
      const isOut = home !== undefined && travel !== undefined && (home < travel.min || home > travel.max)
      return isOut ? `${at}.${axis}` : inner
    }
    return 'plate' in positions ? at : `${at}.${axis}`
  }
}

function travelsOf(devices: Pick<DeviceRegistry, 'devices'>): Partial<Record<StageAxis, Travel>> {
  const travels: Partial<Record<StageAxis, Travel>> = {}
  for (const axis of stageAxes) {
    const stage = stageOf(devices, axis)
    const travel = stage?.description.kind === 'stage' ? stage.description.axes[axis] : undefined
    if (stage === undefined || travel === undefined) continue
    const isConnected = stage.status.state === 'ready'
    travels[axis] = { stage: stage.description.name, isConnected, ...travel }
  }
  return travels
}

const round = (value: number) => Math.round(value * 1000) / 1000
