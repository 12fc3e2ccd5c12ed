import type { DeviceState } from '../../src-shared/devices.ts'
import { binningOf } from '../../src-shared/pixel-size.ts'

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
  return frame.pixelSizeUm / frame.subsampling / (camera === undefined ? 1 : binningOf(camera))
}
