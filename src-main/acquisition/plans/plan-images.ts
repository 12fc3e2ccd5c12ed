import { type DeviceState, standardProperty } from '../../../src-shared/devices.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { imageBytes, pixelFormatSchema } from '../../../src-shared/frames/pixel-format.ts'
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { imageFocusOf } from '../../../src-shared/plan/image-focus.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { sweepPlanesOf } from '../focus/focus-drive.ts'
import { frameBytesOf, frameSizeOf } from '../recording/recording-room.ts'
import { autofocusOf } from '../run/microscope/autofocus-of.ts'
import { freePeriodMs, triggeredPeriodMs, triggeredPlanes } from '../run/microscope/camera-pace.ts'
import type { BatchRules } from '../run/microscope/event-batches.ts'
import { presetOf } from '../run/microscope/plan-problems.ts'
import { exposureMsOf } from '../take-frame.ts'
import type { CameraChoice } from './camera-choice.ts'
import { channelKey } from './channel-key.ts'

/** Planes of the finer sweeps of a search for the focus. */
const usualFinePlanes = 19

/** What of an event its image depends on. */
type ImagedEvent = Pick<AcquisitionEvent, 'channel' | 'camera' | 'exposureMs'>

type Options = {
  readonly devices: DeviceRegistry
  readonly sequence: MdaSequence
  readonly cameras: CameraChoice
}

/** Of all cameras together; the longest exposure. */
export type PlanImage = {
  readonly cameraIds: readonly string[]
  readonly bytes: number
  readonly exposureMs: number
  /** Least time between such images, ms: triggered one by one, and of cameras that run free. */
  readonly triggeredPeriodMs: number
  readonly freePeriodMs: number
  /** Planes of such images that the focus drive steps through by itself; 0: it cannot. */
  readonly triggeredPlanes: number
}

/** What the images of a plan will be like, as far as that is known before: how many, how large, how long exposed. */
export class PlanImages {
  readonly #options: Options
  /** By channel and camera, as many events share them. */
  readonly #known = new Map<string, PlanImage>()
  /** What was asked for last. */
  #last: { readonly event: ImagedEvent; readonly image: PlanImage } | undefined
  /** By the name of the device. */
  readonly #knownFocus = new Map<string | undefined, number>()

  constructor(options: Options) {
    this.#options = options
  }

  /** How many images, about, a search for the focus takes; 0: a device finds it, or what would is not there. */
  ofFocus({ action }: Pick<AcquisitionEvent, 'action'>): number {
    if (action.type !== 'hardwareAutofocus') return 0
    const known = this.#knownFocus.get(action.deviceName) ?? this.#findFocus(action.deviceName)
    this.#knownFocus.set(action.deviceName, known)
    return known
  }

  /** Of `event`; the same object for events that are alike. */
  of(event: ImagedEvent): PlanImage {
    const last = this.#last
    // Of a million events most are asked for several times, and are like the one before.
    if (last !== undefined && isAlike(last.event, event)) return last.image
    const key = `${channelKey(event)}\n${event.exposureMs}`
    const image = this.#known.get(key) ?? this.#find(event)
    this.#known.set(key, image)
    this.#last = { event, image }
    return image
  }

  /** How events that follow each other will be gone through, as far as that is known before. */
  get rules(): BatchRules {
    return {
      framePeriodMs: (event) => this.of(event).triggeredPeriodMs,
      triggeredPlanes: (event) => this.of(event).triggeredPlanes,
    }
  }

  /** Width and height of the images of a camera; undefined: not known yet. */
  sizeOf(camera: DeviceState): Pick<FrameInfo, 'width' | 'height'> | undefined {
    const { devices, sequence, cameras } = this.#options
    // The region is that of the plan's usual cameras.
    if (sequence.setup?.roi !== undefined && cameras.takes(camera.id, {})) return sequence.setup.roi
    if (camera.status.state !== 'ready') return undefined
    return frameSizeOf({ camera, ring: devices.ring(camera.id) })
  }

  #find({ channel, camera, exposureMs }: ImagedEvent): PlanImage {
    const { devices, sequence, cameras } = this.#options
    const taking = cameras.of(camera)
    const preset = channel === undefined ? undefined : presetOf(devices, channel)
    const ofPreset = (id: string) =>
      preset?.settings.find(
        ({ deviceId, property }) => deviceId === id && property === standardProperty.exposureMs,
      )?.value
    const paced = taking.map((one) => ({
      id: one.id,
      exposureMs: Number(exposureMs ?? ofPreset(one.id) ?? sequence.setup?.exposureMs ?? exposureMsOf(one)),
      slots: one.status.state === 'ready' ? devices.ring(one.id).slots : 1,
    }))
    return {
      cameraIds: taking.map(({ id }) => id),
      bytes: taking.reduce((sum, one) => sum + this.#bytesOf(one), 0),
      exposureMs: Math.max(0, ...paced.map((one) => one.exposureMs)),
      triggeredPeriodMs: triggeredPeriodMs(devices, paced),
      freePeriodMs: freePeriodMs(devices, paced),
      triggeredPlanes: triggeredPlanes(devices, paced),
    }
  }

  #findFocus(deviceName: string | undefined): number {
    const { devices, sequence } = this.#options
    try {
      if (autofocusOf(devices, deviceName).by === 'device') return 0
      return sweepPlanesOf(imageFocusOf(sequence.metadata)) + usualFinePlanes
    } catch (error) {
      // Told of as a problem of the plan.
      if (error instanceof CoverslipError) return 0
      throw error
    }
  }

  #bytesOf(camera: DeviceState): number {
    const roi = this.#options.sequence.setup?.roi
    const format = camera.properties.find(({ name }) => name === standardProperty.pixelFormat)?.value
    const known = pixelFormatSchema.safeParse(format)
    if (roi === undefined || !known.success) {
      if (camera.status.state === 'ready')
        return frameBytesOf({ camera, ring: this.#options.devices.ring(camera.id) })
      return camera.description.kind === 'camera' ? camera.description.maxFrameBytes : 0
    }
    return imageBytes(known.data, roi.width, roi.height)
  }
}

function isAlike(a: ImagedEvent, b: ImagedEvent): boolean {
  return (
    a.channel?.group === b.channel?.group &&
    a.channel?.config === b.channel?.config &&
    a.camera === b.camera &&
    a.exposureMs === b.exposureMs
  )
}
