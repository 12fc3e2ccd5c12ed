/** In a worker: gives a device that has just been opened the settings that its user had made before. */
import type { Device } from '../../drivers/sdk/driver.ts'
import { checkPropertyValue, findProperty } from '../../drivers/sdk/property-value.ts'
import type { PropertyValue } from '../../src-shared/devices.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { NotRestored } from './device-messages.ts'
import { type Patience, whenLate } from './thread-patience.ts'

/** All settings of a device together may take so long; opening it takes long enough. */
const patience: Patience = { idleMs: 5000, busyMs: 20_000 }

/**
 * Sets what differs. A value may be allowed only after another has been set (an area of interest after the binning), so
 * those that fail are tried again as long as any other succeeds.
 * @returns the settings that could not be made; they are skipped.
 */
export async function restoreSettings(
  device: Device,
  settings: Readonly<Record<string, PropertyValue>>,
): Promise<readonly NotRestored[]> {
  const time = new AbortController()
  const stop = whenLate(() => performance.eventLoopUtilization(), patience, () => time.abort(tooLate()))
  try {
    return await restoreAll(device, settings, time.signal)
  } finally {
    stop()
  }
}

async function restoreAll(
  device: Device,
  settings: Readonly<Record<string, PropertyValue>>,
  time: AbortSignal,
): Promise<readonly NotRestored[]> {
  let waiting: readonly NotRestored[] = Object.entries(settings).map(([property, value]) => ({
    property,
    value,
    reason: '',
  }))
  for (;;) {
    const failed: NotRestored[] = []
    for (const setting of waiting) {
      const reason = await failureOf(restore(device, setting, time))
      if (reason !== undefined) failed.push({ ...setting, reason })
    }
    if (failed.length === 0 || failed.length === waiting.length) return failed
    waiting = failed
  }
}

async function restore(device: Device, { property, value }: NotRestored, time: AbortSignal): Promise<void> {
  const { name } = device.description
  const descriptor = findProperty(name, device.properties(), property)
  if (descriptor.value === value) return
  checkPropertyValue(descriptor, value)
  time.throwIfAborted()
  let over: () => void = () => undefined
  const late = new Promise<never>((_resolve, reject) => {
    over = () => reject(tooLate())
    time.addEventListener('abort', over)
  })
  try {
    await Promise.race([device.setProperty(property, value), late])
  } finally {
    time.removeEventListener('abort', over)
  }
}

const tooLate = (): CoverslipError =>
  new CoverslipError('DEVICE_TIMEOUT', `Its settings were not all made within ${patience.idleMs / 1000} s`)

async function failureOf(action: Promise<void>): Promise<string | undefined> {
  try {
    await action
    return undefined
  } catch (error) {
    const { message, hint } = CoverslipError.from(error, 'DEVICE_FAILED')
    return hint === undefined ? message : `${message}. ${hint}`
  }
}
