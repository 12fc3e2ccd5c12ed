import type { PixelSizes } from '../../src-shared/pixel-size.ts'
import { surroundingsOf } from './camera-surroundings.ts'
import type { DeviceRegistry } from './device-registry.ts'

/** What the user has calibrated. */
export type Calibration = {
  pixelSizes(): PixelSizes
  /** `listener` is called when they may have changed. */
  onPixelSizesChanged(listener: () => void): void
}

/** Tells all cameras of `devices` where they take their images, as long as there are any. */
export function followSurroundings(devices: DeviceRegistry, calibration: Calibration): void {
  const tell = () => {
    const known = {
      devices: devices.devices(),
      presets: devices.presets(),
      pixelSizes: calibration.pixelSizes(),
    }
    for (const device of known.devices) {
      const camera = devices.connections.all.find(({ id }) => id === device.connectionId)?.camera(device.id)
      camera?.surroundings.set(surroundingsOf(device, known))
    }
  }
  devices.on(({ type }) => {
    if (type !== 'healthChanged' && type !== 'connectionsChanged') tell()
  })
  calibration.onPixelSizesChanged(tell)
}
