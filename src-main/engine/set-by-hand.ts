/** What people and programs set: a camera whose images a plan takes is left to the plan. */
import type { DeviceState, Preset, PropertyValue } from '../../src-shared/devices.ts'
import type { Engine } from './create-engine.ts'

type Devices = Pick<Engine, 'devices' | 'acquisition'>

type Wish = { readonly deviceId: string; readonly property: string; readonly value: PropertyValue }

/** @throws CoverslipError ACQUISITION_RUNNING naming the plan; as `DeviceRegistry.setProperty`. */
export async function setPropertyByHand(
  { devices, acquisition }: Devices,
  { deviceId, property, value }: Wish,
): Promise<DeviceState> {
  acquisition.checkFree(deviceId)
  return await devices.setProperty(deviceId, property, value)
}

/** @throws CoverslipError ACQUISITION_RUNNING naming the plan, nothing being set; as `DeviceRegistry.applyPreset`. */
export async function applyPresetByHand(
  { devices, acquisition }: Devices,
  { group, name }: Pick<Preset, 'group' | 'name'>,
): Promise<void> {
  const preset = devices.presets().find((known) => known.group === group && known.name === name)
  for (const { deviceId } of preset?.settings ?? []) acquisition.checkFree(deviceId)
  await devices.applyPreset(group, name)
}
