/** The microscope as metadata of images tell of it. */
import { type DeviceState, type PropertyValue, standardProperty } from '../../src-shared/devices.ts'

export type DeviceSettings = Readonly<Record<string, Readonly<Record<string, PropertyValue>>>>

/** Everything that `devices` are set to and measure now, by device and property. */
export function deviceSettings(devices: readonly DeviceState[]): DeviceSettings {
  return Object.fromEntries(
    devices.map(({ id, properties }) => [
      id,
      Object.fromEntries(properties.map(({ name, value }) => [name, value])),
    ]),
  )
}

/** Of a camera's sensor, °C; undefined where it does not tell. */
export function temperatureOf({ properties }: DeviceState): number | undefined {
  const value = properties.find(({ name }) => name === standardProperty.temperatureC)?.value
  return typeof value === 'number' ? value : undefined
}
