import type { DeviceState } from '../../../../src-shared/devices.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { allEnded } from './together.ts'

type Patience = { readonly withinMs: number; readonly signal?: AbortSignal }

/** Resolves when all devices are connected that `isNeeded` names. @throws as `whenReady` */
export async function whenAllReady(
  devices: DeviceRegistry,
  isNeeded: (device: DeviceState) => boolean,
  patience: Patience,
): Promise<void> {
  const lost = devices.devices().filter(({ status }) => status.state !== 'ready')
  if (lost.length === 0) return
  await allEnded(lost.filter(isNeeded).map(({ id }) => whenReady(devices, id, patience)))
}

/**
 * Resolves when the device is connected: at once, or when the registry has opened it again.
 * @throws CoverslipError DEVICE_UNAVAILABLE after `withinMs`; the reason of `signal`; UNKNOWN_DEVICE.
 */
export async function whenReady(
  devices: DeviceRegistry,
  deviceId: string,
  { withinMs, signal }: Patience,
): Promise<void> {
  signal?.throwIfAborted()
  const isReady = () => devices.device(deviceId).status.state === 'ready'
  if (isReady()) return
  await new Promise<void>((resolve, reject) => {
    const end = (how: () => void) => {
      clearTimeout(timer)
      stopListening()
      signal?.removeEventListener('abort', abort)
      how()
    }
    const stopListening = devices.on((event) => {
      if (event.type === 'deviceRemoved' && event.deviceId === deviceId) end(() => reject(unavailable()))
      else if (event.type === 'deviceChanged' && isReady()) end(resolve)
    })
    const unavailable = () =>
      new CoverslipError('DEVICE_UNAVAILABLE', `${name} is not connected`, {
        hint: 'Check its power and cable; it is tried again by itself.',
      })
    const { name } = devices.device(deviceId).description
    const timer = setTimeout(() => end(() => reject(unavailable())), withinMs)
    const abort = () => end(resolve)
    signal?.addEventListener('abort', abort)
  })
  signal?.throwIfAborted()
}
