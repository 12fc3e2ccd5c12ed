import type { DeviceKind, DeviceState } from '../../src-shared/devices.ts'
import type { DotState } from './status-dot.tsx'

/** What a device of a kind is called. */
export const kindWords: Readonly<Record<DeviceKind, string>> = {
  camera: 'Camera',
  stage: 'Stage',
  light: 'Light',
  turret: 'Turret',
  shutter: 'Shutter',
  autofocus: 'Autofocus',
}

/** The state of a device at a glance. */
export function deviceDot(device: DeviceState, live: boolean): DotState {
  if (device.status.state !== 'ready') return device.status.state
  return live ? 'live' : 'ready'
}
