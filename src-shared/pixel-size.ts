/** Size of pixels in the specimen, as users calibrate it: cameras know nothing of the optics before them. */
import { z } from 'zod'
import { type DeviceState, standardProperty } from './devices.ts'

/** What is taken as the size of a pixel, µm. */
export const pixelSizeLimits = { min: 1e-4, max: 1e4 } as const

/** Camera id → position of the objective turret, empty where there is none → µm per pixel of the sensor, not binned. */
export const pixelSizesSchema = z.record(
  z.string().min(1).max(200),
  z.record(z.string().max(200), z.number().min(pixelSizeLimits.min).max(pixelSizeLimits.max)),
)
export type PixelSizes = Readonly<z.infer<typeof pixelSizesSchema>>

/** Whether a turret holds objectives. */
export function holdsObjectives({ description: { kind, name } }: DeviceState): boolean {
  return kind === 'turret' && /objective|nosepiece/i.test(name)
}

/** The objectives, as their turret calls them, and the one in use; a single one without a name where no turret tells. */
export function objectivesOf(devices: readonly DeviceState[]): {
  readonly all: readonly string[]
  readonly inUse: string
} {
  const turret = devices.find(holdsObjectives)
  const position = turret?.properties.find(({ name }) => name === standardProperty.position)
  if (position?.type !== 'option') return { all: [''], inUse: '' }
  return { all: position.options, inUse: position.value }
}

/** The devices that are of one microscope with `device`: simulated ones are no part of a real one. */
export function devicesAround(device: DeviceState, devices: readonly DeviceState[]): readonly DeviceState[] {
  return devices.filter(({ demo }) => demo === device.demo)
}

/** How many pixels of the sensor make one of the image, across. */
export function binningOf({ properties }: DeviceState): number {
  // `2x2`, or a number.
  const value = properties.find(({ name }) => name === standardProperty.binning)?.value
  const factor = Number.parseInt(String(value), 10)
  return factor > 0 ? factor : 1
}
