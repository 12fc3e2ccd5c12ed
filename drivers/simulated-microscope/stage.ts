import type {
  DeviceDescription,
  PropertyDescriptorInput,
  PropertyValue,
  StageAxes,
} from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { StagePosition } from '../../src-shared/frames/frame-info.ts'
import type { StageDevice } from '../sdk/driver.ts'
import { checkPropertyValue, findProperty } from '../sdk/property-value.ts'
import { hostTimeMs } from './host-clock.ts'
import type { FaultInjector } from './faults.ts'
import { Listeners } from './listeners.ts'

const axisNames = ['x', 'y', 'z'] as const
type Axis = (typeof axisNames)[number]

const travel = {
  x: { min: -10_000, max: 10_000 },
  y: { min: -10_000, max: 10_000 },
  z: { min: -500, max: 500 },
} as const satisfies StageAxes

/** Time that even the shortest move takes, ms. */
const shortestMoveMs = 30
/** Positions are announced at most this often while the stage moves, ms. */
const announceEveryMs = 50

/** Time that a step of a triggered stack takes, ms: nobody has to tell the drive to go on. */
const shortestStepMs = 4
/** Planes that the drive's memory holds. */
const mostPlanes = 1000

/** The cable by which the focus drive has a camera expose. */
export type TriggerCable = {
  readonly cameraId: string
  /**
   * Has the camera expose once, from `sinceMs` on (of `hostTimeMs`) at the earliest.
   * @returns when the exposure ended. @throws CoverslipError when the camera does not wait for that.
   */
  expose(sinceMs: number): Promise<number>
}

type StageOptions = {
  /** Awaited after arriving, before a move resolves. */
  readonly settle: () => Promise<void>
  readonly triggerCamera?: TriggerCable | undefined
  readonly faults?: FaultInjector | undefined
}

/** One axis on its way; it starts and ends gently. */
type Motion = {
  readonly from: number
  readonly to: number
  readonly startMs: number
  readonly durationMs: number
}

type PendingMove = { readonly motions: ReadonlyMap<Axis, Motion>; readonly resolve: () => void }

/** The motorised stage: axes take their time, and the position can be followed while they move. */
export class SimulatedStage implements StageDevice {
  readonly description: Extract<DeviceDescription, { kind: 'stage' }>
  readonly #settle: () => Promise<void>
  readonly #cable: TriggerCable | undefined
  readonly #faults: FaultInjector | undefined
  readonly #moved = new Listeners<[StagePosition]>()
  readonly #changed = new Listeners()
  readonly #motions = new Map<Axis, Motion>()
  readonly #standing: Record<Axis, number> = { x: 0, y: 0, z: 0 }
  readonly #speeds = { xySpeed: 10_000, zSpeed: 1000 }
  /** Ends the stack under way. */
  #stack: AbortController | undefined
  #pending: PendingMove[] = []
  #timer: NodeJS.Timeout | undefined

  constructor({ settle, triggerCamera, faults }: StageOptions) {
    this.#settle = settle
    this.#cable = triggerCamera
    this.#faults = faults
    this.description = {
      kind: 'stage',
      id: 'stage',
      name: 'Stage',
      model: 'Simulated XYZ stage',
      axes: travel,
      focusTowardsSpecimen: 'up',
      ...(triggerCamera === undefined
        ? {}
        : { triggeredStack: { cameras: [triggerCamera.cameraId], maxPlanes: mostPlanes } }),
    }
  }

  position(): Record<Axis, number> {
    const now = hostTimeMs()
    return { x: this.#at('x', now), y: this.#at('y', now), z: this.#at('z', now) }
  }

  /** How fast the specimen passes the objective now, µm/s. */
  lateralSpeed(): number {
    const now = hostTimeMs()
    const stepMs = 5
    const dx = this.#at('x', now) - this.#at('x', now - stepMs)
    const dy = this.#at('y', now) - this.#at('y', now - stepMs)
    return (Math.sqrt(dx * dx + dy * dy) / stepMs) * 1000
  }

  #at(axis: Axis, nowMs: number): number {
    const motion = this.#motions.get(axis)
    if (motion === undefined) return this.#standing[axis]
    const t = Math.min(1, Math.max(0, (nowMs - motion.startMs) / motion.durationMs))
    const position = motion.from + (motion.to - motion.from) * t * t * (3 - 2 * t)
    return t === 1 ? motion.to : Math.round(position * 1000) / 1000
  }

  async moveTo(target: StagePosition): Promise<void> {
    const axes = axisNames.flatMap((axis) => {
      const to = target[axis]
      return to === undefined ? [] : [{ axis, to }]
    })
    for (const { axis, to } of axes) {
      const { min, max } = travel[axis]
      if (to >= min && to <= max) continue
      throw new CoverslipError('OUT_OF_RANGE', `The stage cannot go to ${axis} = ${to} µm`, {
        hint: `Its travel is ${min} to ${max} µm.`,
        data: { axis, min, max },
      })
    }
    this.#stack?.abort()
    this.#faults?.onMove()
    const startMs = hostTimeMs()
    const motions = new Map<Axis, Motion>()
    for (const { axis, to } of axes) {
      const from = this.#at(axis, startMs)
      const speed = axis === 'z' ? this.#speeds.zSpeed : this.#speeds.xySpeed
      const durationMs = from === to ? 0 : Math.max(shortestMoveMs, (Math.abs(to - from) / speed) * 1000)
      const motion = { from, to, startMs, durationMs: Math.max(durationMs, 1e-3) }
      motions.set(axis, motion)
      this.#motions.set(axis, motion)
    }
    if (motions.size === 0) return
    await new Promise<void>((resolve) => {
      this.#pending.push({ motions, resolve })
      this.#step()
    })
    await this.#settle()
  }

  /**
   * Steps through `planesUm` and has the camera expose in each. The drive does not wait for the simulation: while a
   * plane's image is being made, it is on its way to the next.
   */
  async runStack(planesUm: readonly number[]): Promise<number> {
    const cable = this.#cable
    const [first] = planesUm
    if (cable === undefined || first === undefined || planesUm.length > mostPlanes) {
      throw new CoverslipError('INVALID_INPUT', `The stage cannot step through ${planesUm.length} planes`, {
        hint: `It takes up to ${mostPlanes}, where a camera is connected.`,
      })
    }
    const ended = new AbortController()
    const moving = this.moveTo({ z: first })
    this.#stack = ended
    await moving
    let readyMs = hostTimeMs()
    let triggered = 0
    for (const z of planesUm) {
      if (ended.signal.aborted) break
      readyMs += this.#stepMs(z)
      this.#stand('z', z)
      readyMs = await cable.expose(readyMs)
      triggered += 1
    }
    if (this.#stack === ended) this.#stack = undefined
    this.#moved.emit(this.position())
    return triggered
  }

  #stepMs(z: number): number {
    const distance = Math.abs(z - this.#standing.z)
    return distance === 0 ? 0 : Math.max(shortestStepMs, (distance / this.#speeds.zSpeed) * 1000)
  }

  async stop(): Promise<void> {
    this.#stack?.abort()
    const now = hostTimeMs()
    if (this.#motions.size === 0) return
    for (const axis of [...this.#motions.keys()]) this.#stand(axis, this.#at(axis, now))
    this.#step()
  }

  #stand(axis: Axis, position: number): void {
    this.#standing[axis] = position
    this.#motions.delete(axis)
  }

  /** Ends what has arrived or been replaced, tells the position, and comes back while something moves. */
  #step(): void {
    clearTimeout(this.#timer)
    const now = hostTimeMs()
    for (const [axis, motion] of this.#motions) {
      if (now >= motion.startMs + motion.durationMs) this.#stand(axis, motion.to)
    }
    this.#moved.emit(this.position())
    const isMoving = ({ motions }: PendingMove) =>
      [...motions].some(([axis, motion]) => this.#motions.get(axis) === motion)
    const done = this.#pending.filter((move) => !isMoving(move))
    this.#pending = this.#pending.filter(isMoving)
    for (const move of done) move.resolve()
    if (this.#motions.size === 0) return
    const arrivals = [...this.#motions.values()].map(({ startMs, durationMs }) => startMs + durationMs - now)
    this.#timer = setTimeout(
      () => this.#step(),
      Math.min(announceEveryMs, Math.max(1, Math.ceil(Math.min(...arrivals)))),
    )
  }

  onMoved(listener: (position: StagePosition) => void): () => void {
    return this.#moved.add(listener)
  }

  properties(): readonly PropertyDescriptorInput[] {
    const speed = { category: 'Motion', type: 'number', unit: 'µm/s', scale: 'log' } as const
    return [
      {
        ...speed,
        name: 'xySpeed',
        title: 'Speed in x and y',
        value: this.#speeds.xySpeed,
        min: 100,
        max: 20_000,
      },
      { ...speed, name: 'zSpeed', title: 'Speed in z', value: this.#speeds.zSpeed, min: 10, max: 2000 },
    ]
  }

  async setProperty(name: string, value: PropertyValue): Promise<void> {
    checkPropertyValue(findProperty(this.description.name, this.properties(), name), value)
    if (typeof value !== 'number') return
    if (name === 'xySpeed' || name === 'zSpeed') this.#speeds[name] = value
    this.#changed.emit()
  }

  onPropertiesChanged(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  close(): void {
    clearTimeout(this.#timer)
    for (const { resolve } of this.#pending.splice(0)) resolve()
  }
}
