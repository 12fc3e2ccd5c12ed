import { type DeviceState, standardProperty } from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { CameraRoi } from '../../../../src-shared/plan/setup-event.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import type { DeviceSettings, Setting } from './device-settings.ts'
import type { Restoration } from './restoration.ts'
import { failuresOf } from './together.ts'

const { roiX, roiY, roiWidth, roiHeight } = standardProperty
const regionProperties: readonly string[] = [roiX, roiY, roiWidth, roiHeight]

/** @throws CoverslipError INVALID_INPUT unless the camera can read such a region, as far as that can be told before it does */
export function checkRegion(
  { description, properties }: DeviceState,
  { x, y, width, height }: CameraRoi,
): void {
  const { name } = description
  if (!regionProperties.every((wanted) => properties.some((own) => own.name === wanted))) throw noRegion(name)
  if (description.kind !== 'camera') return
  const { sensorWidth, sensorHeight } = description
  if (width > 0 && height > 0 && x + width <= sensorWidth && y + height <= sensorHeight) return
  throw new CoverslipError(
    'INVALID_INPUT',
    `${width} x ${height} pixels from ${x}, ${y} on are no region of the ${sensorWidth} x ${sensorHeight} of ${name}`,
  )
}

function noRegion(camera: string): CoverslipError {
  return new CoverslipError('INVALID_INPUT', `${camera} has no region of interest`, {
    hint: 'Take setup.roi out of the plan.',
  })
}

/** The regions that a plan has its cameras read, and what they read before. */
export class CameraRegions {
  readonly #devices: DeviceRegistry
  readonly #settings: DeviceSettings
  readonly #before = new Map<string, CameraRoi>()

  constructor(devices: DeviceRegistry, settings: DeviceSettings) {
    this.#devices = devices
    this.#settings = settings
  }

  /** @throws CoverslipError INVALID_INPUT when the camera has no region of interest; OUT_OF_RANGE; the reason of `signal`. */
  async set(cameraId: string, region: CameraRoi, signal: AbortSignal): Promise<void> {
    const before = regionOf(this.#devices, cameraId)
    if (before !== undefined) this.#before.set(cameraId, before)
    await setRegion(this.#devices, this.#settings, cameraId, { region, signal })
  }

  /** Whether `restore` brings this setting back. */
  includes({ deviceId, property }: Setting): boolean {
    return this.#before.has(deviceId) && regionProperties.includes(property)
  }

  /** @returns what could not be brought back. */
  restore(restoration: Restoration): Promise<readonly Error[]> {
    const back = [...this.#before].map(
      ([deviceId, region]) =>
        () =>
          restoration.ask({ deviceId, what: 'its region' }, () =>
            setRegion(this.#devices, this.#settings, deviceId, { region }),
          ),
    )
    return failuresOf(back)
  }
}

/**
 * Has a camera read part of its sensor only. It goes by way of the corner, where a region of any size fits.
 * @throws CoverslipError INVALID_INPUT when the camera has no region of interest; OUT_OF_RANGE; the reason of `signal`,
 *   between two properties: whoever has given up waiting may be setting the former region already.
 */
async function setRegion(
  devices: DeviceRegistry,
  settings: DeviceSettings,
  cameraId: string,
  { region, signal }: { readonly region: CameraRoi; readonly signal?: AbortSignal },
): Promise<void> {
  const { x, y, width, height } = region
  const steps: readonly (readonly [property: string, value: number])[] = [
    [roiX, leastOf(devices, cameraId, roiX)],
    [roiY, leastOf(devices, cameraId, roiY)],
    [roiWidth, width],
    [roiHeight, height],
    [roiX, x],
    [roiY, y],
  ]
  // The limits of one side depend on the others: they are known when the setting of those is answered.
  for (const [property, value] of steps) {
    signal?.throwIfAborted()
    await settings.set({ deviceId: cameraId, property, value })
  }
}

/** The region that a camera reads; undefined where it always reads all. */
function regionOf(devices: DeviceRegistry, cameraId: string): CameraRoi | undefined {
  const { properties } = devices.camera(cameraId)
  const [x, y, width, height] = regionProperties.map((wanted) =>
    properties.find(({ name }) => name === wanted),
  )
  if (x?.type !== 'number' || y?.type !== 'number') return undefined
  if (width?.type !== 'number' || height?.type !== 'number') return undefined
  return { x: x.value, y: y.value, width: width.value, height: height.value }
}

function leastOf(devices: DeviceRegistry, cameraId: string, wanted: string): number {
  const { description, properties } = devices.camera(cameraId)
  const property = properties.find(({ name }) => name === wanted)
  if (property?.type === 'number') return property.min ?? 0
  throw noRegion(description.name)
}
