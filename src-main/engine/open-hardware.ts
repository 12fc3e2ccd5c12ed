/** Reads what is configured, and makes the devices and all that belongs to them of it. Nothing is opened yet. */
import { join } from 'node:path'
import type { AlertSink } from '../../src-shared/alerts.ts'
import type { ConnectionConfig } from '../devices/connection-supervisor.ts'
import { DeviceRegistry, type RegistryOptions } from '../devices/device-registry.ts'
import { followSurroundings } from '../devices/follow-surroundings.ts'
import { DriverCatalog } from '../devices/driver-catalog.ts'
import { connectionConfig, demoConnection } from './connections.ts'
import { DeviceSettingsFile } from './device-settings-file.ts'
import { type ConnectionSetting, HardwareFile } from './hardware-file.ts'
import { Hardware } from './hardware.ts'
import type { SettingsFile } from './settings-file.ts'
import { UserPresets } from './user-presets.ts'

/** Where the hardware's configuration comes from. */
export type HardwareConfig = {
  /** What there is, for this run only; absent: what the hardware file says. */
  readonly connections?: readonly (ConnectionSetting | ConnectionConfig)[]
  /** Absent: `hardware.json` in the data folder, and the demo microscope as long as there is none. */
  readonly hardwareFile?: string
  /** Where settings, images and the user's drivers (`drivers`) are; absent: nothing is kept. */
  readonly dataFolder?: string
  readonly limits?: RegistryOptions['limits']
  readonly backOff?: RegistryOptions['backOff']
}

/** @throws CoverslipError HARDWARE_FILE, SETTINGS_FILE: a file cannot be read, or was named and is not there or not valid. */
export async function openHardware(
  config: HardwareConfig,
  { settings, alerts }: { readonly settings: SettingsFile; readonly alerts: AlertSink },
): Promise<{
  readonly devices: DeviceRegistry
  readonly hardware: Hardware
  readonly presets: UserPresets
}> {
  const { connections, hardwareFile, dataFolder, limits, backOff } = config
  const inData = (name: string) => (dataFolder === undefined ? undefined : join(dataFolder, name))
  const deviceSettings = await DeviceSettingsFile.open({ path: inData('device-settings.json'), alerts })
  const file = await HardwareFile.open({
    ...(connections === undefined
      ? { path: hardwareFile ?? inData('hardware.json'), initial: [demoConnection()] }
      : { path: undefined, initial: connections.filter(isSetting) }),
    named: connections === undefined && hardwareFile !== undefined,
    alerts,
  })
  const drivers = new DriverCatalog({
    userFolder: inData('drivers'),
    allowed: () => settings.settings.allowedDrivers,
  })
  const devices = new DeviceRegistry({
    connections: (connections ?? file.settings.connections).map((connection) =>
      isSetting(connection) ? connectionConfig(connection, { drivers, deviceSettings }) : connection,
    ),
    alerts,
    preferences: {
      nameOf: (deviceId) => file.settings.names[deviceId],
      presets: () => file.settings.presets,
      propertySet: (device, property, value) => deviceSettings.set(device, property, value),
    },
    ...(limits === undefined ? {} : { limits }),
    ...(backOff === undefined ? {} : { backOff }),
  })
  followSurroundings(devices, {
    pixelSizes: () => settings.settings.pixelSizes,
    onPixelSizesChanged: (listener) => settings.on(listener),
  })
  const hardware = new Hardware({ devices, file, deviceSettings, drivers, settings, alerts, dataFolder })
  return { devices, hardware, presets: new UserPresets({ devices, file }) }
}

const isSetting = (connection: ConnectionSetting | ConnectionConfig): connection is ConnectionSetting =>
  'driver' in connection
