import type { DeviceState } from '../../../../src-shared/devices.ts'
import type { DeviceRegistry } from '../../../devices/device-registry.ts'

/** Directions in which stages move; z is the focus. */
export type StageAxis = 'x' | 'y' | 'z'
/** All of them. */
export const stageAxes: readonly StageAxis[] = ['x', 'y', 'z']

/** The stage that moves `axis`: the first that has it. */
export function stageOf(devices: Pick<DeviceRegistry, 'devices'>, axis: StageAxis): DeviceState | undefined {
  return devices
    .devices()
    .find(({ description }) => description.kind === 'stage' && description.axes[axis] !== undefined)
}

/** The cameras that the focus drive triggers when it steps through a stack by itself, and how many planes it takes. */
export function triggeredStackOf(devices: Pick<DeviceRegistry, 'devices'>): {
  readonly cameras: readonly string[]
  readonly maxPlanes: number
} {
  const stage = stageOf(devices, 'z')
  const own = stage?.description.kind === 'stage' ? stage.description.triggeredStack : undefined
  return own ?? { cameras: [], maxPlanes: 0 }
}

/** Where each axis is to go, µm; those that are absent stay. */
export type StageTarget = Partial<Record<StageAxis, number>>

/** The axes that `target` names. */
export const axesOf = (target: StageTarget): readonly StageAxis[] =>
  stageAxes.filter((axis) => target[axis] !== undefined)
