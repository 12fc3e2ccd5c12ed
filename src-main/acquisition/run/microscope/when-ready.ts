import { CoverslipError } from '../../../../src-shared/errors.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'

/**
 * Resolves when the device is connected: at once, or when the registry has opened it again.
 * @throws CoverslipError DEVICE_UNAVAILABLE after `withinMs`; the reason of `signal`; UNKNOWN_DEVICE.
 */
export async function whenReady(
  devices: DeviceRegistry,
  deviceId: string,
  { withinMs, signal }: { readonly withinMs: number; readonly signal?: AbortSignal },
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
