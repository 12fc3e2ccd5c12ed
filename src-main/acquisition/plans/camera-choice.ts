import type { DeviceState } from '../../../src-shared/devices.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { deviceOf } from '../../devices/find-device.ts'

/** Which cameras take the images of a plan. */
export class CameraChoice {
  /** For channels that name none, exposed together; each once. */
  readonly usual: readonly DeviceState[]
  readonly #all: readonly DeviceState[]

  /** `detectorNames` empty: the first camera. Names that no camera has are left out. */
  constructor(devices: DeviceRegistry, detectorNames: readonly string[]) {
    this.#all = devices.devices().filter(({ description }) => description.kind === 'camera')
    const names = detectorNames.length > 0 ? detectorNames : firstOf(devices, this.#all)
    this.usual = [...new Set(names.flatMap((name) => deviceOf(this.#all, name) ?? []))]
  }

  /** The cameras of an event or channel that names `camera`, or none. */
  of(camera: string | undefined): readonly DeviceState[] {
    if (camera === undefined) return this.usual
    const found = deviceOf(this.#all, camera)
    return found === undefined ? [] : [found]
  }

  /** Whether the camera `id` is one of those. */
  takes(id: string, { camera }: { readonly camera?: string | undefined }): boolean {
    return this.of(camera).some((one) => one.id === id)
  }
}

function firstOf(devices: DeviceRegistry, cameras: readonly DeviceState[]): readonly string[] {
  return cameras.length === 0 ? [] : [devices.camera().id]
}
