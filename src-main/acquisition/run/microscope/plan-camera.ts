import { setTimeout as waitFor } from 'node:timers/promises'
import { type DeviceState, standardProperty } from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../../src-shared/frames/frame-info.ts'
import type { CameraLease } from '../../../devices/camera-leases.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { CameraFrames } from './camera-frames.ts'
import { deviceFailure } from './device-failure.ts'
import { orGivenUp } from './giving-up.ts'

/** Longest time that the first frame of a camera is waited for, and any later one, ms. */
const firstFrameMs = 20_000
const laterFrameMs = 5000
const exposuresWaited = 5
/** A frame is overdue so long after the end of its exposure, or twice as late as the slowest before it, ms. */
const overdueMs = 1000
/** Frames that may be on their way, exposed earlier, when a camera runs free and its clock tells nothing. */
const framesUnderWay = 2
/** A camera's clock may be off by so much, ns. */
const clockErrorNs = 5_000_000n
/** A frame is waited for that must not come: so long at least, or twice as long as the slowest took to arrive, ms. */
const quietMs = 20
/** A frame arrives so long after its exposure at most, ns: an earlier time stamp is no true one. */
const longestDeliveryNs = 5_000_000_000n

/** The ways in which `camera` can be triggered; none: it runs free, whatever is asked of it. */
export function triggerModesOf({ properties }: DeviceState): readonly string[] {
  const mode = properties.find(({ name }) => name === standardProperty.triggerMode)
  return mode?.type === 'option' && !mode.readOnly ? mode.options : []
}

/** The trigger mode that `camera` is set to; absent: it has none. */
export function triggerModeOf({ properties }: DeviceState): string | undefined {
  const mode = properties.find(({ name }) => name === standardProperty.triggerMode)
  return mode?.type === 'option' ? mode.value : undefined
}

/** A camera as a plan uses it: it runs until it is released, or lost. */
export class PlanCamera {
  readonly id: string
  readonly name: string
  readonly lease: CameraLease
  /** Frames that the ring holds. */
  readonly slots: number
  readonly #devices: DeviceRegistry
  readonly #frames: CameraFrames
  #lostBecause: CoverslipError | undefined
  readonly #stopListening: () => void
  #awaitedBefore = false
  /** The longest that a frame has taken beyond its exposure, from when it was asked for, ms. */
  #slowestMs = 0
  /** Whether every frame since its last start was asked for by a trigger. */
  #triggersOnly = false
  /** The longest time that a frame since `skipPresent` took from its exposure's end until it was there, by its clock, ms. */
  #deliveryMs = 0
  /** The trigger given last, whether it has failed or not. */
  #triggered: Promise<unknown> = Promise.resolve()

  private constructor(devices: DeviceRegistry, camera: DeviceState, lease: CameraLease) {
    this.#devices = devices
    this.id = camera.id
    this.name = camera.description.name
    this.lease = lease
    const ring = devices.ring(camera.id)
    this.slots = ring.slots
    this.#frames = new CameraFrames(ring, this.name)
    this.#stopListening = devices.on((event) => {
      if (event.type === 'deviceRemoved' && event.deviceId === this.id) this.#lose('it was removed')
      if (event.type === 'deviceChanged' && event.device.id === this.id) this.#heed(event.device)
    })
  }

  /** Has the camera `id` run, for `owner`. @throws CoverslipError DEVICE_UNAVAILABLE, or why it does not start. */
  static async open(devices: DeviceRegistry, id: string, owner = 'a running plan'): Promise<PlanCamera> {
    const camera = devices.camera(id)
    try {
      return new PlanCamera(devices, camera, await devices.acquire(id, { owner, triggers: true }))
    } catch (error) {
      throw deviceFailure(camera.description.name, error)
    }
  }

  get isLost(): boolean {
    return this.#lostBecause !== undefined
  }

  /** How long a frame of such an exposure may take that is asked for now; what takes longer is overdue. ms */
  usualMs(exposureMs: number): number {
    return exposureMs + Math.max(overdueMs, 2 * this.#slowestMs)
  }

  /**
   * Has one frame exposed by a software trigger.
   * @throws CoverslipError of the camera, also when there are frames that nobody has triggered; the reason of `signal`.
   */
  async trigger(exposureMs: number, signal: AbortSignal): Promise<FrameInfo> {
    await orGivenUp(this.#triggered, signal, 0)
    const unasked = this.#frames.skipPresent()
    if (this.#triggersOnly && unasked > 0)
      throw this.#untriggered(`${unasked === 1 ? 'a frame' : `${unasked} frames`} that nobody had triggered`)
    this.#triggersOnly = true
    const triggeredNs = process.hrtime.bigint()
    this.#triggered = this.#devices
      .trigger(this.id, { exposureMs, lease: this.lease })
      .catch((error: unknown) => this.#frames.fail(deviceFailure(this.name, error)))
    const info = await this.#await('next', exposureMs, signal)
    if (isTimed(info) && info.timestampNs < triggeredNs - clockErrorNs)
      throw this.#untriggered('a frame that was exposed before it was triggered')
    return info
  }

  /** Resolves when the camera that runs free has delivered a frame: the next one is being exposed. */
  async anyFrame(exposureMs: number, signal: AbortSignal): Promise<void> {
    this.#frames.skipPresent()
    await this.#await('nextWhole', exposureMs, signal)
  }

  /** The first frame of the camera that runs free whose exposure began after `sinceNs`, of `process.hrtime`. */
  async freshFrame(exposureMs: number, sinceNs: bigint, signal: AbortSignal): Promise<FrameInfo> {
    for (let before = 0; ; before += 1) {
      const info = await this.#await('nextWhole', exposureMs, signal)
      const beganNs = info.timestampNs - BigInt(Math.round(info.exposureMs * 1e6))
      // Any number of frames may have waited to be delivered; only where the camera's clock is off are they counted.
      if (isTimed(info) ? beganNs >= sinceNs : before >= framesUnderWay) return info
    }
  }

  /** Frames that came until now are none of those awaited. */
  skipPresent(): void {
    this.#frames.skipPresent()
    this.#deliveryMs = 0
  }

  /** The frame after the one that was taken last. @throws CoverslipError when it is lost, or comes out of order. */
  nextFrame(exposureMs: number, signal: AbortSignal): Promise<FrameInfo> {
    return this.#await('next', exposureMs, signal)
  }

  /**
   * Resolves when every frame that was exposed until now must have arrived, and with those `taken` are not more than were
   * `planned`.
   * @throws CoverslipError otherwise.
   */
  async noneMore({ planned, taken }: { readonly planned: number; readonly taken: number }): Promise<void> {
    await waitFor(Math.max(quietMs, 2 * this.#deliveryMs))
    if (taken + this.#frames.skipPresent() > planned)
      throw this.#untriggered(`more than the ${planned} frames that were triggered`)
  }

  /** Its frames come otherwise from now on: those that are there were not asked for by `trigger`. */
  changedMode(): void {
    this.#triggersOnly = false
  }

  /** Stops and starts it: no frame comes any more that was asked for before. @throws CoverslipError of the camera. */
  async restart(): Promise<void> {
    try {
      await this.#devices.restartCamera(this.id, this.lease)
    } catch (error) {
      throw deviceFailure(this.name, error)
    }
    await this.#triggered
    this.#awaitedBefore = false
    this.#triggersOnly = false
  }

  async release(): Promise<void> {
    this.#stopListening()
    await this.lease.release()
  }

  async #await(which: 'next' | 'nextWhole', exposureMs: number, signal: AbortSignal): Promise<FrameInfo> {
    if (this.#lostBecause !== undefined) throw this.#lostBecause
    const usualMs = this.#awaitedBefore ? laterFrameMs : firstFrameMs
    const timeoutMs = Math.max(usualMs, exposuresWaited * exposureMs)
    const asked = performance.now()
    const info = await this.#frames[which]({ signal, timeoutMs })
    // The first may take as long as the camera needs to begin.
    if (this.#awaitedBefore)
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - asked - exposureMs)
    this.#awaitedBefore = true
    const deliveryMs = Number(info.hostTimeNs - info.timestampNs) / 1e6
    if (isTimed(info)) this.#deliveryMs = Math.max(this.#deliveryMs, deliveryMs)
    return info
  }

  /** Nobody can tell then which frame is which image. */
  #untriggered(what: string): CoverslipError {
    return new CoverslipError('DEVICE_FAILED', `${this.name} delivered ${what}`, {
      hint: 'Check that it exposes once for each trigger, and that its trigger cable picks up no other pulses.',
    })
  }

  #heed({ status }: DeviceState): void {
    if (status.state !== 'ready')
      this.#lose(status.state === 'error' ? status.message : 'it is being opened again')
  }

  #lose(reason: string): void {
    this.#lostBecause ??= new CoverslipError('DEVICE_UNAVAILABLE', `${this.name} was lost: ${reason}`, {
      hint: 'Check its cable and power.',
    })
    this.#frames.fail(this.#lostBecause)
  }
}

/** The end of a frame's exposure; of a camera whose clock is off when it arrived. ns of `process.hrtime`. */
export function exposedAtNs(info: FrameInfo): bigint {
  return isTimed(info) ? info.timestampNs : info.hostTimeNs
}

/** Whether the camera's time stamp can be true. */
function isTimed({ timestampNs, hostTimeNs }: FrameInfo): boolean {
  return timestampNs <= hostTimeNs && hostTimeNs - timestampNs <= longestDeliveryNs
}
