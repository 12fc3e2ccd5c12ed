import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import type { StepTimes } from '../../plans/step-times.ts'
import type { EventBatch, ExposeOptions, NumberedEvent } from '../acquisition-hardware.ts'
import type { BatchKind } from './event-batches.ts'
import { Exposures } from './exposures.ts'
import type { ImageConditions } from './image-conditions.ts'
import type { LightGates } from './light-gates.ts'
import { triggerModesOf } from './plan-camera.ts'
import type { PlanCameras } from './plan-cameras.ts'
import type { PlanFocus } from './plan-focus.ts'
import type { PlanLight } from './plan-light.ts'
import { SequencePace } from './sequence-pace.ts'
import type { StageMoves } from './stage-moves.ts'

type Parts = {
  readonly devices: DeviceRegistry
  readonly cameras: PlanCameras
  readonly stages: StageMoves
  readonly focus: PlanFocus
  readonly planLight: PlanLight
  readonly light: LightGates
  readonly conditions: ImageConditions
  readonly times: StepTimes
}

/** Exposes the batches of a plan, each in its way, and notes what that takes. */
export class BatchExposures {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Exposes `batch`, for which the microscope is set up. @throws as `AcquisitionHardware.expose` */
  async expose(batch: EventBatch, kind: BatchKind, run: ExposeOptions): Promise<void> {
    const [event] = batch
    if (event === undefined) return
    const pace = new SequencePace()
    const begun = (one: NumberedEvent) => {
      pace.begun()
      run.begun(one)
    }
    const { cameras, stages, focus, times } = this.#parts
    // What a drive tells on its way is not known of each plane.
    const exposed: ExposeOptions['exposed'] = (frame) =>
      run.exposed(kind === 'triggeredStack' ? { ...frame, zUm: focus.zUm(frame.event) } : frame)
    const exposures = await this.#exposuresOf(event, { ...run, begun, exposed })
    const by = exposures.camerasKey
    switch (kind) {
      case 'single':
      case 'stack':
        return this.#oneByOne(exposures, batch, run.signal)
      case 'burst': {
        await exposures.burst(batch)
        const freeMs = cameras.freePeriodMs(event)
        // Where the camera is faster than the plan, nothing is seen of how fast it is.
        if (intervalMs(batch) <= freeMs) pace.ended(times, { kind: 'burst', by }, freeMs)
        return
      }
      case 'triggeredStack': {
        const planesUm = batch.flatMap((plane) => focus.zUm(plane) ?? [])
        const exposureMs = exposures.longestMs
        await exposures.triggeredBy(batch, (signal, halted) =>
          stages.runStack(planesUm, { exposureMs, signal, halted }),
        )
        const distanceUm = Math.abs((planesUm[1] ?? 0) - (planesUm[0] ?? 0))
        return pace.ended(times, { kind: 'plane', by, distanceUm }, exposureMs)
      }
    }
  }

  async #exposuresOf(event: NumberedEvent, run: ExposeOptions): Promise<Exposures> {
    const { devices, cameras, planLight, light, conditions } = this.#parts
    const exposing = await Promise.all(
      cameras.of(event).map(async (id) => ({
        camera: await cameras.get(id),
        exposureMs: cameras.exposureMs(event, id),
        isTriggered: triggerModesOf(devices.camera(id)).includes('software'),
      })),
    )
    const { gates } = planLight.pathOf(event.channel)
    return new Exposures({ light, gates, cameras: exposing, conditions, run })
  }

  async #oneByOne(exposures: Exposures, batch: EventBatch, signal: AbortSignal): Promise<void> {
    const { stages, focus, times } = this.#parts
    const began = performance.now()
    let movingMs = 0
    await exposures.oneByOne(batch, async (next) => {
      const moves = performance.now()
      const z = focus.zUm(next)
      if (z !== undefined) await stages.moveTo({ z }, signal)
      movingMs += performance.now() - moves
    })
    const imageMs = (performance.now() - began - movingMs) / batch.length - exposures.longestMs
    times.measured({ kind: 'image', by: exposures.camerasKey }, Math.max(0, imageMs) / 1000)
  }
}

/** Planned time between images of a burst, ms. */
function intervalMs([first, second]: EventBatch): number {
  return ((second?.minStartS ?? 0) - (first?.minStartS ?? 0)) * 1000
}
