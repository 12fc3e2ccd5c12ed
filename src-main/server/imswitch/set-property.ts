import type { PropertyValue } from '../../../src-shared/devices.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import { propertyOf } from './detector-parameters.ts'

/** Drivers tell of changes in quick succession together: a change may become visible so much later, ms. */
const visibleWithinMs = 150

/**
 * Sets a property and resolves when reading it shows what became of it: ImSwitch's clients read right after they wrote.
 * @throws CoverslipError as `DeviceRegistry.setProperty`.
 */
export async function setProperty(
  devices: DeviceRegistry,
  deviceId: string,
  { property, value }: { readonly property: string; readonly value: PropertyValue },
): Promise<void> {
  await devices.setProperty(deviceId, property, value)
  if (propertyOf(devices.device(deviceId), property)?.value === value) return
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      stop()
      resolve()
    }
    const timer = setTimeout(end, visibleWithinMs)
    const stop = devices.on((event) => {
      if (event.type === 'deviceChanged' && event.device.id === deviceId) end()
    })
  })
}
