/** How fast cameras can go through images, and which of them the focus drive can trigger. */
import { standardProperty } from '../../../../src-shared/devices.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'
import { triggerModesOf } from './plan-camera.ts'
import { triggeredStackOf } from './stage-axes.ts'

/** What a triggered image takes besides its exposure, about, ms. */
const triggerMs = 3

/** A camera that exposes for so long, ms. */
export type PacedCamera = { readonly id: string; readonly exposureMs: number }

/** Least time between images of cameras that run free side by side, as far as they tell, ms. */
export function freePeriodMs(
  devices: Pick<DeviceRegistry, 'camera'>,
  cameras: readonly PacedCamera[],
): number {
  return longest(devices, cameras, 0)
}

/** The same of images that are triggered one by one. */
export function triggeredPeriodMs(
  devices: Pick<DeviceRegistry, 'camera'>,
  cameras: readonly PacedCamera[],
): number {
  return longest(devices, cameras, triggerMs)
}

function longest(
  devices: Pick<DeviceRegistry, 'camera'>,
  cameras: readonly PacedCamera[],
  besidesMs: number,
): number {
  const periods = cameras.map(({ id, exposureMs }) => {
    const { properties } = devices.camera(id)
    const rate = Number(properties.find(({ name }) => name === standardProperty.frameRate)?.value ?? 0)
    return Math.max(exposureMs + besidesMs, rate > 0 ? 1000 / rate : 0)
  })
  return Math.max(0, ...periods)
}

/**
 * Planes that the focus drive steps through by itself while it triggers all of `cameras`; 0: it cannot. Of each camera:
 * how many frames its ring holds.
 */
export function triggeredPlanes(
  devices: Pick<DeviceRegistry, 'camera' | 'devices'>,
  cameras: readonly { readonly id: string; readonly slots: number }[],
): number {
  const { cameras: wired, maxPlanes } = triggeredStackOf(devices)
  const isWired = ({ id }: { readonly id: string }) =>
    wired.includes(id) && triggerModesOf(devices.camera(id)).includes('external')
  if (cameras.length === 0 || !cameras.every(isWired)) return 0
  // While another frame may be on its way.
  return Math.min(maxPlanes, ...cameras.map(({ slots }) => slots - 1))
}
