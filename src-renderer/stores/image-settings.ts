/** How the microscope takes images now, as texts to be compared. */
import { type DeviceState, standardProperty } from '../../src-shared/devices.ts'
import { deviceById, devicesOf } from './selectors.ts'
import type { EngineState } from './engine-state.ts'

const ofCamera = [
  standardProperty.binning,
  standardProperty.pixelFormat,
  standardProperty.roiX,
  standardProperty.roiY,
  standardProperty.roiWidth,
  standardProperty.roiHeight,
]
const ofLight = [standardProperty.on, standardProperty.open]

function valuesOf(device: DeviceState, names: readonly string[]): readonly string[] {
  return device.properties
    .filter(({ name }) => names.includes(name))
    .map(({ name, value }) => `${device.id} ${name} ${String(value)}`)
}

/** How images are taken now, as text: what a recording or a plan takes is to be asked again when it changes. */
export function cameraSettings({ devices }: EngineState): string {
  return devicesOf(devices, 'camera')
    .flatMap((camera) => [
      `${camera.id} ${camera.status.state}`,
      ...valuesOf(camera, [...ofCamera, standardProperty.exposureMs, standardProperty.frameRate]),
    ])
    .join('\n')
}

/**
 * How the camera `detectorName` sees, as text: which pixels, through which objective and filter, in which light. Images
 * of different texts cannot be compared to each other, whatever the focus.
 */
export function imageSettings(state: EngineState, detectorName: string): string {
  const camera = deviceById(state, detectorName)
  const { devices } = state
  return [
    ...(camera === undefined ? [] : valuesOf(camera, ofCamera)),
    ...devicesOf(devices, 'turret').flatMap((turret) => valuesOf(turret, [standardProperty.position])),
    ...[...devicesOf(devices, 'light'), ...devicesOf(devices, 'shutter')].flatMap((light) =>
      valuesOf(light, ofLight),
    ),
  ].join('\n')
}
