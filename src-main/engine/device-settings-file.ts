/**
 * `device-settings.json` in the data folder: what users have set on devices that have a serial number, so that a camera
 * has the same settings again wherever it is plugged in. Only what was set is kept, not what the camera had by itself.
 */
import { z } from 'zod'
import type { AlertSink } from '../../src-shared/alerts.ts'
import {
  type DeviceState,
  type PropertyDescriptor,
  type PropertyValue,
  propertyValueSchema,
} from '../../src-shared/devices.ts'
import type { SavedSettings } from '../devices/device-messages.ts'
import { JsonFile } from './json-file.ts'

/** Driver → serial number → property → value. */
const fileSchema = z.object({
  version: z.literal(1),
  drivers: z.record(z.string(), z.record(z.string(), z.record(z.string(), propertyValueSchema))),
})
type Content = z.infer<typeof fileSchema>

export class DeviceSettingsFile {
  readonly #file: JsonFile<Content>
  #drivers: Content['drivers']

  private constructor(file: JsonFile<Content>, drivers: Content['drivers']) {
    this.#file = file
    this.#drivers = drivers
  }

  /**
   * Reads the file. One that is not valid is set aside as `*.bad` and said so.
   * @throws CoverslipError SETTINGS_FILE when it cannot be read.
   */
  static async open(options: {
    readonly path: string | undefined
    readonly alerts: AlertSink
  }): Promise<DeviceSettingsFile> {
    const file = new JsonFile(fileSchema, {
      ...options,
      title: 'Settings of devices',
      alertId: 'device-settings',
      code: 'SETTINGS_FILE',
    })
    return new DeviceSettingsFile(file, (await file.readOrSetAside())?.drivers ?? {})
  }

  /** What to restore on devices of `driver`. */
  of(driver: string): SavedSettings {
    return this.#drivers[driver] ?? {}
  }

  /** A user has set `property`; the last one set is restored last. */
  set(device: DeviceState, property: PropertyDescriptor, value: PropertyValue): void {
    const serialNumber = serialNumberOf(device)
    if (serialNumber === undefined || property.type === 'command') return
    const { [property.name]: _before, ...others } = this.of(device.driver)[serialNumber] ?? {}
    this.#keep(device.driver, serialNumber, { ...others, [property.name]: value })
  }

  /** Nothing is restored on this device any more. */
  forget(device: DeviceState): void {
    const serialNumber = serialNumberOf(device)
    if (serialNumber !== undefined) this.#keep(device.driver, serialNumber, undefined)
  }

  /** Writes what is not written yet. */
  close(): Promise<void> {
    return this.#file.close()
  }

  #keep(driver: string, serialNumber: string, settings: Record<string, PropertyValue> | undefined): void {
    const { [serialNumber]: _before, ...others } = this.of(driver)
    this.#drivers = {
      ...this.#drivers,
      [driver]: settings === undefined ? { ...others } : { ...others, [serialNumber]: settings },
    }
    this.#file.save({ version: 1, drivers: this.#drivers })
  }
}

function serialNumberOf({ description }: DeviceState): string | undefined {
  return description.kind === 'camera' ? description.serialNumber : undefined
}
