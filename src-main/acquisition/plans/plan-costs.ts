import type { PlanStep } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import type { InSequence } from '../run/microscope/event-batches.ts'
import { stageOf } from '../run/microscope/stage-axes.ts'
import { channelKey } from './channel-key.ts'
import type { PlanImage, PlanImages } from './plan-images.ts'
import type { Step, StepTimes } from './step-times.ts'

type Options = {
  readonly devices: DeviceRegistry
  readonly images: PlanImages
  readonly times: StepTimes
}

/** What the events of a plan take on this microscope, s. */
export class PlanCosts {
  readonly #images: PlanImages
  readonly #times: StepTimes
  readonly #stages: { readonly stage: string; readonly focus: string }
  readonly #assumed = new Set<PlanStep>()
  /** By kind of image, as there may be a million of one kind. */
  readonly #knownImageS = new Map<PlanImage, number>()

  constructor({ devices, images, times }: Options) {
    this.#images = images
    this.#times = times
    this.#stages = { stage: stageOf(devices, 'x')?.id ?? '', focus: stageOf(devices, 'z')?.id ?? '' }
  }

  /** Steps asked for until now whose time was never measured. */
  get assumed(): readonly PlanStep[] {
    return [...this.#assumed]
  }

  /** Until all is set up for `event`, `last` being the one before: x and y, then z; channel and cameras meanwhile. */
  setUpS(step: InSequence, last: AcquisitionEvent | undefined): number {
    const { event, kind } = step
    const goesByItself = kind === 'burst' || kind === 'triggeredStack'
    if (goesByItself && !this.#begins(step)) return 0
    const lateralUm = distance([event.xUm, event.yUm], [last?.xUm, last?.yUm])
    const focusUm = distance([event.zUm], [last?.zUm])
    const movesS =
      (lateralUm === undefined ? 0 : this.#move('stage', lateralUm)) +
      (focusUm === undefined ? 0 : this.#move('focus', focusUm))
    const channelS = isLike(event, last) ? 0 : this.#stepS({ kind: 'channel', by: channelKey(event) })
    const preparedS = Math.max(movesS, channelS)
    if (!goesByItself) return preparedS
    return preparedS + this.#stepS({ kind: 'sequence', by: camerasKey(this.#images.of(event).cameraIds) })
  }

  /** The event itself, everything being set up. */
  eventS(step: InSequence, last: AcquisitionEvent | undefined): number {
    const { event } = step
    if (event.action.type !== 'acquireImage') return this.#autofocusS(event)
    switch (step.kind) {
      case 'single':
      case 'stack':
        return this.#imageS(event)
      case 'burst':
        return this.#burstImageS(event)
      case 'triggeredStack':
        return this.#planeS(event, this.#begins(step) ? undefined : last)
    }
  }

  /** A stack of more planes than the drive takes at a time is gone through in parts. */
  #begins({ event, kind, place }: InSequence): boolean {
    return place === 0 || (kind === 'triggeredStack' && place % this.#images.of(event).triggeredPlanes === 0)
  }

  #burstImageS(event: AcquisitionEvent): number {
    const { cameraIds, freePeriodMs } = this.#images.of(event)
    return freePeriodMs / 1000 + this.#stepS({ kind: 'burst', by: camerasKey(cameraIds) })
  }

  /** `last`: the plane before; undefined: it is the first, where the drive stands. */
  #planeS(event: AcquisitionEvent, last: AcquisitionEvent | undefined): number {
    const { cameraIds, exposureMs } = this.#images.of(event)
    const distanceUm = distance([event.zUm], [last?.zUm]) ?? 0
    return exposureMs / 1000 + this.#stepS({ kind: 'plane', by: camerasKey(cameraIds), distanceUm })
  }

  #imageS(event: AcquisitionEvent): number {
    const image = this.#images.of(event)
    const known = this.#knownImageS.get(image)
    if (known !== undefined) return known
    const imageS = image.exposureMs / 1000 + this.#stepS({ kind: 'image', by: camerasKey(image.cameraIds) })
    this.#knownImageS.set(image, imageS)
    return imageS
  }

  /** By a device; by images, until it was measured, what their planes take. */
  #autofocusS(event: AcquisitionEvent): number {
    const by = event.action.type === 'hardwareAutofocus' ? event.action.deviceName : undefined
    const step = { kind: 'autofocus', by: by ?? '' } as const
    const images = this.#images.ofFocus(event)
    if (images === 0 || this.#times.of(step).isMeasured) return this.#stepS(step)
    return images * (this.#move('focus', 0) + this.#imageS(event))
  }

  #move(kind: 'stage' | 'focus', distanceUm: number): number {
    return this.#stepS({ kind, by: this.#stages[kind], distanceUm })
  }

  #stepS(step: Step): number {
    const { seconds, isMeasured } = this.#times.of(step)
    if (!isMeasured) this.#assumed.add(step.kind)
    return seconds
  }
}

/** What tells some cameras that take images together from others, in whatever order. */
export function camerasKey(cameraIds: readonly string[]): string {
  return cameraIds.toSorted().join('\n')
}

function isLike(event: AcquisitionEvent, last: AcquisitionEvent | undefined): boolean {
  return (
    last !== undefined &&
    event.channel?.config === last.channel?.config &&
    event.channel?.group === last.channel?.group &&
    event.camera === last.camera
  )
}

type Place = readonly (number | undefined)[]

/** How far the axis goes that goes farthest, µm; undefined: none has to move. Where from is not known before the first event. */
function distance(to: Place, from: Place): number | undefined {
  const moves = to.flatMap((end, i) => (end === undefined || end === from[i] ? [] : [end - (from[i] ?? end)]))
  return moves.length === 0 ? undefined : Math.max(...moves.map(Math.abs))
}
