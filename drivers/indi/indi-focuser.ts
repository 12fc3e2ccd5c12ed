import { setTimeout as delay } from 'node:timers/promises'
import type { DeviceDescription } from '../../src-shared/devices.ts'
import { Emitter } from '../../src-shared/emitter.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { StageDevice } from '../sdk/driver.ts'
import { IndiDevice, type IndiPart, type OwnProperty } from './indi-device.ts'

const positionVector = 'ABS_FOCUS_POSITION'
const positionElement = 'FOCUS_ABSOLUTE_POSITION'
const abortVector = 'FOCUS_ABORT_MOTION'

/** INDI properties that a focuser shows as its own: its position is that of the stage. */
export const focuserVectors: readonly string[] = [positionVector, 'REL_FOCUS_POSITION', abortVector]

/** How long a move may take, ms: less than the registry gives it. */
const moveTimeoutMs = 110_000
/** How long stopping may take, ms. */
const stopTimeoutMs = 8000
const pollMs = 20

/** How the focuser's steps are taken. */
export type IndiFocuserOptions = {
  /** Length of a step, µm. */
  readonly stepUm: number
  lost(error: CoverslipError): void
}

/** A focuser with absolute positions: the z axis of a stage. INDI counts steps; the options say how long one is. */
export class IndiFocuser extends IndiDevice implements StageDevice {
  readonly description: Extract<DeviceDescription, { kind: 'stage' }>
  readonly #options: IndiFocuserOptions
  readonly #moved = new Emitter<StagePosition>()
  /** Moves that have not ended yet. */
  #moves = 0
  #halting = false

  constructor(part: IndiPart, options: IndiFocuserOptions) {
    super(part)
    const { stepUm } = options
    this.#options = options
    const { min = 0, max = 0 } = this.#steps() ?? {}
    this.description = {
      kind: 'stage',
      id: part.id,
      name: part.name,
      model: this.model,
      axes: { z: { min: min * stepUm, max: max * stepUm } },
    }
  }

  position(): StagePosition {
    const steps = this.#steps()
    return steps === undefined ? {} : { z: steps.value * this.#options.stepUm }
  }

  async moveTo({ z }: StagePosition): Promise<void> {
    if (z === undefined) return
    const { setter, device, client } = this.part
    const { min, max } = this.description.axes.z ?? { min: 0, max: 0 }
    if (!(z >= min && z <= max)) {
      throw new CoverslipError('OUT_OF_RANGE', `${this.part.name} cannot go to z = ${z} µm`, {
        hint: `Its travel is ${min} to ${max} µm.`,
        data: { axis: 'z', min, max },
      })
    }
    this.#halting = false
    const steps = Math.round(z / this.#options.stepUm)
    this.#moves += 1
    try {
      await setter.set(device, positionVector, new Map([[positionElement, steps]]), {
        timeoutMs: moveTimeoutMs,
      })
    } catch (error) {
      // Drivers call a move that was stopped a failure; here it ends where the stage stands.
      if (!this.#halting || client.vector(device, positionVector) === undefined) throw error
    } finally {
      this.#moves -= 1
    }
  }

  /** Halts, where the focuser can; one that cannot is waited for. */
  async stop(): Promise<void> {
    const { setter, device } = this.part
    if (this.#isMoving()) {
      this.#halting = true
      const abort = this.switches(abortVector)?.elements[0]
      if (abort !== undefined) await setter.set(device, abortVector, new Map([[abort.name, true]]))
    }
    const endMs = performance.now() + stopTimeoutMs
    while (this.#isMoving()) {
      if (performance.now() > endMs) {
        throw new CoverslipError('DEVICE_TIMEOUT', `${this.part.name} is still moving after it was stopped`, {
          hint: 'Its INDI driver may not be able to stop a move.',
        })
      }
      await delay(pollMs)
    }
  }

  onMoved(listener: (position: StagePosition) => void): () => void {
    return this.#moved.on(listener)
  }

  protected ownProperties(): readonly OwnProperty[] {
    return []
  }

  protected override vectorChanged(name: string): void {
    const steps = this.#steps()
    if (name !== positionVector || steps === undefined) return
    this.#moved.emit(this.position())
    const { min, max } = this.description.axes.z ?? steps
    const { stepUm, lost } = this.#options
    if (steps.min * stepUm === min && steps.max * stepUm === max) return
    lost(
      this.failed(`now goes from ${steps.min} to ${steps.max} steps`, 'It is opened again with this travel.'),
    )
  }

  #steps() {
    return this.number(positionVector, positionElement)
  }

  #isMoving(): boolean {
    return this.#moves > 0 || this.numbers(positionVector)?.state === 'Busy'
  }
}
