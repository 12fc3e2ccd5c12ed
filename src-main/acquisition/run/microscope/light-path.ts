import { type Preset, standardProperty } from '../../../../src-shared/devices.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import type { Setting } from './device-settings.ts'

/** What lets light onto the specimen and cuts it off: a shutter's `open`, or a light's `on`. */
export type LightGate = Pick<Setting, 'deviceId' | 'property'>

/** A channel on the microscope: what its preset sets, and what of it is open during the exposure only. */
export type LightPath = { readonly settings: readonly Setting[]; readonly gates: readonly LightGate[] }

const gateProperties = { light: standardProperty.on, shutter: standardProperty.open } as const

/** All of the microscope's shutters, or all of its lights, as far as they can be opened and closed. */
export function gatesOf(devices: DeviceRegistry, kind: 'light' | 'shutter'): readonly LightGate[] {
  const property = gateProperties[kind]
  return devices
    .devices()
    .filter(({ description, properties }) =>
      description.kind === kind
        ? properties.some(({ name, readOnly }) => name === property && !readOnly)
        : false,
    )
    .map(({ id }) => ({ deviceId: id, property }))
}

/**
 * The light path of the channel `preset`, or without one that of the lights `litBefore`. The shutters that the channel
 * opens are its gates; or else the microscope's one shutter; or else the lights that the channel turns on.
 */
export function lightPathOf(
  devices: DeviceRegistry,
  preset: Preset | undefined,
  litBefore: readonly LightGate[],
): LightPath {
  const settings = preset?.settings ?? []
  const shutters = gatesOf(devices, 'shutter')
  const lights = gatesOf(devices, 'light')
  const opened = (gates: readonly LightGate[]): readonly LightGate[] =>
    gates.filter((gate) => settings.some((setting) => isSame(setting, gate) && setting.value === true))
  const named = opened(shutters)
  const shutter = named.length > 0 || shutters.length !== 1 ? named : shutters
  const lit = preset === undefined ? litBefore : opened(lights)
  const gates = shutter.length > 0 ? shutter : lit
  return { settings, gates }
}

/** Whether `setting` is about one of `gates`. */
export function isAbout(setting: LightGate, gates: readonly LightGate[]): boolean {
  return gates.some((gate) => isSame(setting, gate))
}

/** Whether both are the same property of the same device. */
export function isSame(a: LightGate, b: LightGate): boolean {
  return a.deviceId === b.deviceId && a.property === b.property
}
