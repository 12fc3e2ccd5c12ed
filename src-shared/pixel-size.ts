/** Size of pixels in the specimen, as users calibrate it: cameras know nothing of the optics before them. */
import { z } from 'zod'
import { type DeviceState, standardProperty } from './devices.ts'
import type { CameraRoi } from './plan/setup-event.ts'

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

/**
 * How far the middle of the image lies from that of the sensor, in the specimen, µm, as x and y of the image: more than
 * nothing where a part of the sensor is read, which is `roi`, or what the camera is set to.
 */
export function imageOffsetUm(
  { description, properties }: DeviceState,
  { sensorPixelUm, roi }: { readonly sensorPixelUm: number; readonly roi?: CameraRoi | undefined },
): { readonly x: number; readonly y: number } {
  if (description.kind !== 'camera') return { x: 0, y: 0 }
  const { sensorWidth, sensorHeight } = description
  const along = (size: number, at: Part, part: string, first: string) => {
    const width = numberOf(properties, part)
    const left = numberOf(properties, first)?.value ?? 0
    if (width?.max === undefined) return 0
    const begins = at?.begins ?? left
    const middle = begins + (at?.size ?? width.value) / 2
    // Cameras count before or after binning; the share of the sensor is the same.
    return (middle / (left + width.max) - 0.5) * size * sensorPixelUm
  }
  const { roiX, roiY, roiWidth, roiHeight } = standardProperty
  return {
    x: along(sensorWidth, roi && { begins: roi.x, size: roi.width }, roiWidth, roiX),
    y: along(sensorHeight, roi && { begins: roi.y, size: roi.height }, roiHeight, roiY),
  }
}

type Part = { readonly begins: number; readonly size: number } | undefined

function numberOf(properties: DeviceState['properties'], wanted: string) {
  const found = properties.find(({ name }) => name === wanted)
  return found?.type === 'number' ? found : undefined
}
