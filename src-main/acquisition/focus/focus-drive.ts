import type { DeviceState } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { mostFocusPlanes } from '../../../src-shared/focus.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { haltOf, orGivenUp } from '../run/microscope/giving-up.ts'
import { stageOf } from '../run/microscope/stage-axes.ts'
import { notHalted } from '../run/microscope/stage-failures.ts'
import { coarsePlanes, type SweepRange } from './focus-search.ts'

/** Planes of the first sweep where the caller names no step. */
const usualPlanes = 25

/**
 * The stage that moves the focus.
 * @throws CoverslipError UNKNOWN_DEVICE when there is none; DEVICE_UNAVAILABLE
 */
export function focusStageOf(devices: DeviceRegistry): DeviceState {
  const stage = stageOf(devices, 'z')
  if (stage === undefined) {
    throw new CoverslipError('UNKNOWN_DEVICE', 'There is no stage that moves z', {
      hint: 'Connect a motorised focus drive to find the focus by the image.',
    })
  }
  if (stage.status.state === 'ready') return stage
  throw new CoverslipError('DEVICE_UNAVAILABLE', `${stage.description.name} is not connected`, {
    hint: 'Check its power and cable.',
  })
}

/** How far is searched, µm, and the distance of the planes. */
type Sweep = { readonly rangeUm: number; readonly stepUm?: number | undefined }

/**
 * How many planes the first sweep has where the drive goes as far as the range, wherever that will be.
 * @throws CoverslipError INVALID_INPUT when they are too many
 */
export function sweepPlanesOf({ rangeUm, stepUm = rangeUm / usualPlanes }: Sweep): number {
  return checkedPlanes({ fromUm: 0, toUm: rangeUm, stepUm })
}

/**
 * The range around `zUm` as far as the travel of `stage` goes, towards the specimen: what the drive goes beyond a plane
 * to come to it from the same side is away from the specimen.
 * @throws CoverslipError INVALID_INPUT when it has too many planes
 */
export function sweepRangeOf(
  { description }: DeviceState,
  zUm: number,
  { rangeUm, stepUm = rangeUm / usualPlanes }: Sweep,
): SweepRange {
  const travel = description.kind === 'stage' ? description.axes.z : undefined
  const low = Math.max(travel?.min ?? -Infinity, zUm - rangeUm / 2)
  const high = Math.min(travel?.max ?? Infinity, zUm + rangeUm / 2)
  const isDown = description.kind === 'stage' && description.focusTowardsSpecimen === 'down'
  const range = isDown ? { fromUm: high, toUm: low, stepUm } : { fromUm: low, toUm: high, stepUm }
  checkedPlanes(range)
  return range
}

/** @throws CoverslipError INVALID_INPUT when they are too many */
function checkedPlanes(range: SweepRange): number {
  const planes = coarsePlanes(range)
  if (planes <= mostFocusPlanes) return planes
  throw new CoverslipError('INVALID_INPUT', `A search through ${planes} planes would take too long`, {
    hint: `Choose a larger step or a smaller range: up to ${mostFocusPlanes} planes.`,
  })
}

/** The focus drive, as somebody moves it who is not alone: the user may move or stop it at any time. */
export class FocusDrive {
  readonly #devices: DeviceRegistry
  readonly #stage: DeviceState
  /** How often it was moved or stopped: by anybody before it was moved last here, and here since then. */
  #motions: number
  #hasMoved = false
  /** Whether it has not ended what it was told to do. */
  #isUnderWay = false
  /** When it was told to halt: until when that is waited for. */
  #halted: Promise<void> = Promise.resolve()

  constructor(devices: DeviceRegistry, stage: DeviceState) {
    this.#devices = devices
    this.#stage = stage
    this.#motions = devices.motionsOf(stage.id)
  }

  /** Where it stands, µm. @throws CoverslipError DEVICE_FAILED when it does not tell; of the stage. */
  async position(): Promise<number> {
    const { z } = await this.#devices.readPosition(this.#stage.id)
    if (z !== undefined) return z
    throw new CoverslipError('DEVICE_FAILED', `${this.#stage.description.name} does not tell where z is`, {
      hint: 'Check its cable and power.',
    })
  }

  /**
   * Moves it; resolves when it has arrived. Abortion halts it; where it does not halt, it is not waited for.
   * @throws CoverslipError DEVICE_FAILED when somebody else has moved or stopped it; of the stage; the reason of `signal`.
   */
  async moveTo(zUm: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { id, description } = this.#stage
    this.heedOthers()
    const moving = this.#devices.moveStage(id, { z: zUm }, 'absolute')
    this.#hasMoved = true
    this.#motions = this.#devices.motionsOf(id)
    this.#isUnderWay = true
    const ended = moving.finally(() => {
      this.#isUnderWay = false
    })
    const halt = () => {
      this.#motions += 1
      this.#halted = haltOf(description.name, this.#devices.stopStage(id), () => orGivenUp(ended, signal))
    }
    signal.addEventListener('abort', halt)
    try {
      await orGivenUp(ended, signal)
      signal.throwIfAborted()
      this.heedOthers()
    } finally {
      signal.removeEventListener('abort', halt)
    }
  }

  /**
   * Brings it back to `zUm` where it has been moved, unless somebody else has moved or stopped it: then it stays.
   * @throws CoverslipError of the stage; DEVICE_TIMEOUT of one that has not halted when it was told to.
   */
  async putBack(zUm: number): Promise<void> {
    await this.#halted
    if (this.#isUnderWay) throw notHalted(this.#stage.description.name)
    if (this.#hasMoved && !this.#isOthers)
      await this.#devices.moveStage(this.#stage.id, { z: zUm }, 'absolute')
  }

  /** @throws CoverslipError DEVICE_FAILED when somebody else has moved or stopped it */
  heedOthers(): void {
    if (!this.#isOthers) return
    const { name } = this.#stage.description
    throw new CoverslipError('DEVICE_FAILED', `${name} was moved or stopped by somebody else`, {
      hint: 'Leave it alone while the focus is searched for.',
    })
  }

  get #isOthers(): boolean {
    return this.#motions !== this.#devices.motionsOf(this.#stage.id)
  }
}
