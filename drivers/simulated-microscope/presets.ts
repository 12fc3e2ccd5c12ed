import type { Preset } from '../../src-shared/devices.ts'
import { type LightId, lightIds } from './optics.ts'

/** Id of the filter turret, which channels set. */
export const filterTurretId = 'filter'

type Channel = {
  readonly name: string
  readonly color: string
  readonly light: LightId
  readonly filter: string
}

/** The channels of the demo microscope. */
export const channels: readonly Channel[] = [
  { name: 'BF', color: '#d8d8d8', light: 'led-bf', filter: 'Empty' },
  { name: 'DAPI', color: '#5b8cff', light: 'led-385', filter: 'DAPI' },
  { name: 'GFP', color: '#3ddc6a', light: 'led-475', filter: 'GFP' },
  { name: 'RFP', color: '#ff5c4d', light: 'led-555', filter: 'RFP' },
]

/** The channels as presets: which light is on and which filter is in; intensities stay as the user set them. */
export const channelPresets: readonly Preset[] = channels.map(({ name, color, light, filter }) => ({
  group: 'Channel',
  name,
  color,
  settings: [
    ...lightIds.map((id) => ({ deviceId: id, property: 'on', value: id === light })),
    { deviceId: filterTurretId, property: 'position', value: filter },
  ],
}))
