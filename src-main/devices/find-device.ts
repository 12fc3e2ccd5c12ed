/** Devices by their id or name, and why one cannot be used. */
import type { DeviceState } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'

/** The error of a call to a device that is not connected. */
export function unavailable(device: DeviceState): CoverslipError {
  const { name } = device.description
  const why = device.status.state === 'error' ? `: ${device.status.message}` : ''
  return new CoverslipError('DEVICE_UNAVAILABLE', `${name} is not connected${why}`, {
    hint: 'Check its power and cable; it is tried again by itself.',
  })
}

/** The device of this id, or else of this name. */
export function deviceOf(devices: readonly DeviceState[], idOrName: string): DeviceState | undefined {
  return (
    devices.find(({ id }) => id === idOrName) ??
    devices.find(({ description }) => description.name === idOrName)
  )
}

/**
 * The device of this id, or else of this name.
 * @param what they are, in the error's words: `camera`.
 * @throws CoverslipError UNKNOWN_DEVICE naming those that there are
 */
export function findDevice(devices: readonly DeviceState[], idOrName: string, what: string): DeviceState {
  const device = deviceOf(devices, idOrName)
  if (device !== undefined) return device
  const known = devices.map(({ id, description }) => `${id} (${description.name})`).join(', ')
  throw new CoverslipError('UNKNOWN_DEVICE', `There is no ${what} "${idOrName}"`, {
    hint: known === '' ? `There is no ${what} at all.` : `There are: ${known}.`,
  })
}
