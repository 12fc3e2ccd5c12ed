import { type DeviceState, standardProperty } from '../../src-shared/devices.ts'

type ShownFrame = { readonly pixelSizeUm?: number | undefined; readonly subsampling: number }

/**
 * Size of one of the sensor's own pixels in the specimen, µm: objectives are chosen to go with it, whatever is binned or
 * left out on the way to the screen.
 */
export function sensorPixelUm(
  frame: ShownFrame | undefined,
  camera: DeviceState | undefined,
): number | undefined {
  if (frame?.pixelSizeUm === undefined) return undefined
  const binning = camera?.properties.find(({ name }) => name === standardProperty.binning)?.value
  // `2x2`, or a number.
  const binned = Number.parseInt(String(binning), 10)
  return frame.pixelSizeUm / frame.subsampling / (binned > 0 ? binned : 1)
}
