/** Connections as they are configured, and how they are opened. */
import { resolve } from 'node:path'
import type { ConnectionConfig } from '../devices/connection-supervisor.ts'
import type { DriverCatalog } from '../devices/driver-catalog.ts'
import type { DeviceSettingsFile } from './device-settings-file.ts'
import type { ConnectionSetting } from './hardware-file.ts'

/** The demo microscope; `options` as the simulated-microscope driver takes them. */
export function demoConnection(options: Record<string, unknown> = {}): ConnectionSetting {
  return { id: 'demo', title: 'Demo microscope', driver: 'simulated-microscope', address: 'demo', options }
}

/** A folder of images, an image or a TIFF stack, played as a camera. */
export function replayConnection(path: string, options: Record<string, unknown> = {}): ConnectionSetting {
  return { id: 'replay', title: 'Replay', driver: 'replay', address: resolve(path), options }
}

/** How to open what is configured: by a driver that may run at that moment, with the settings known at that moment. */
export function connectionConfig(
  { id, title, driver, address, options, idPrefix }: ConnectionSetting,
  parts: { readonly drivers: DriverCatalog; readonly deviceSettings: DeviceSettingsFile },
): ConnectionConfig {
  return {
    id,
    title,
    worker: async () => ({
      ...(await parts.drivers.module(driver)),
      address,
      options,
      ...(idPrefix === undefined ? {} : { idPrefix }),
      savedSettings: parts.deviceSettings.of(driver),
    }),
  }
}
