/** What is set on devices in the course of a recording. */
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import type { DeviceState, PropertyValue } from '../../../src-shared/devices.ts'

type SettingRecord = Extract<FrameRecord, { kind: 'setting' }>

export class ChangedSettings {
  /** By device and property. */
  readonly #values: Map<string, Map<string, PropertyValue>>

  /** @param devices as they are at the start */
  constructor(devices: readonly DeviceState[]) {
    this.#values = new Map(devices.map((device) => [device.id, settingsOf(device)]))
  }

  /** What is set otherwise on `device` than it was when it was last given. */
  since(device: DeviceState): readonly SettingRecord[] {
    const before = this.#values.get(device.id)
    const now = settingsOf(device)
    this.#values.set(device.id, now)
    const at = Date.now()
    return [...now].flatMap(([property, value]) =>
      before?.get(property) === value ? [] : [{ kind: 'setting', device: device.id, property, value, at }],
    )
  }
}

/** What can only be read is measured, not set. */
function settingsOf({ properties }: DeviceState): Map<string, PropertyValue> {
  return new Map(properties.flatMap(({ name, value, readOnly }) => (readOnly ? [] : [[name, value]])))
}
