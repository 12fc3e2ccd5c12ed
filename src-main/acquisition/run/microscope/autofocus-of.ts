import { CoverslipError } from '../../../../src-shared/errors.ts'
import { imageFocusDevice } from '../../../../src-shared/plan/image-focus.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { focusStageOf } from '../../focus/focus-drive.ts'

/** What finds the focus of a plan. */
export type Autofocus = { readonly by: 'device'; readonly deviceId: string } | { readonly by: 'image' }

/**
 * The autofocus device `name`, or the first that there is; `image`, or none on a microscope without one: the camera's image.
 * @throws CoverslipError UNKNOWN_DEVICE when there is none of that name, or no stage that moves the focus;
 *   DEVICE_UNAVAILABLE
 */
export function autofocusOf(devices: DeviceRegistry, name: string | undefined): Autofocus {
  const all = devices.devices().filter(({ description }) => description.kind === 'autofocus')
  const device =
    name === undefined ? all[0] : all.find(({ id, description }) => [id, description.name].includes(name))
  if (device === undefined && (name ?? imageFocusDevice) === imageFocusDevice) {
    focusStageOf(devices)
    return { by: 'image' }
  }
  if (device === undefined) {
    const known = all.map(({ id, description }) => `${id} (${description.name})`)
    throw new CoverslipError('UNKNOWN_DEVICE', `There is no autofocus device "${name}"`, {
      hint: `There are: ${[...known, `${imageFocusDevice} (by the camera’s image)`].join(', ')}.`,
    })
  }
  if (device.status.state === 'ready') return { by: 'device', deviceId: device.id }
  throw new CoverslipError('DEVICE_UNAVAILABLE', `${device.description.name} is not connected`, {
    hint: 'Check its power and cable.',
  })
}
