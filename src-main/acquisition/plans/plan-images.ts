import { type DeviceState, standardProperty } from '../../../src-shared/devices.ts'
import { imageBytes, pixelFormatSchema } from '../../../src-shared/frames/pixel-format.ts'
import type { AcquisitionEvent } from '../../../src-shared/plan/acquisition-event.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { frameBytesOf } from '../recording/recording-room.ts'
import { presetOf } from '../run/microscope/plan-problems.ts'
import { exposureMsOf } from '../take-frame.ts'
import type { CameraChoice } from './camera-choice.ts'

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
}

/** What the images of a plan will be like, as far as that is known before: how many, how large, how long exposed. */
export class PlanImages {
  readonly #options: Options
  /** By channel and camera, as many events share them. */
  readonly #known = new Map<string, PlanImage>()

  constructor(options: Options) {
    this.#options = options
  }

  /** Of `event`; the same object for events that are alike. */
  of(event: Pick<AcquisitionEvent, 'channel' | 'camera' | 'exposureMs'>): PlanImage {
    const { channel, camera, exposureMs } = event
    const key = `${channel?.group}\n${channel?.config}\n${camera}\n${exposureMs}`
    const known = this.#known.get(key) ?? this.#find(event)
    this.#known.set(key, known)
    return known
  }

  #find({ channel, camera, exposureMs }: Pick<AcquisitionEvent, 'channel' | 'camera' | 'exposureMs'>) {
    const { devices, sequence, cameras } = this.#options
    const taking = cameras.of(camera)
    const preset = channel === undefined ? undefined : presetOf(devices, channel)
    const ofPreset = (id: string) =>
      preset?.settings.find(
        ({ deviceId, property }) => deviceId === id && property === standardProperty.exposureMs,
      )?.value
    const exposures = taking.map((one) =>
      Number(exposureMs ?? ofPreset(one.id) ?? sequence.setup?.exposureMs ?? exposureMsOf(one)),
    )
    return {
      cameraIds: taking.map(({ id }) => id),
      bytes: taking.reduce((sum, one) => sum + this.#bytesOf(one), 0),
      exposureMs: Math.max(0, ...exposures),
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
