/** How large a camera's images can be. */
import { imageBytes } from '../../src-shared/frames/pixel-format.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { NodeMap } from './genicam/node-map.ts'
import { readableFormats } from './properties/format-properties.ts'

/** A ring holds at least four frames, so this is a quarter of what a camera may take of the memory. */
const mostFrameBytes = 512 * 2 ** 20

/** How large images can be. */
export type FrameSize = {
  readonly sensorWidth: number
  readonly sensorHeight: number
  readonly maxFrameBytes: number
}

/**
 * The sensor's size and the largest image in any of the camera's pixel formats.
 * @throws CoverslipError DEVICE_FAILED when the camera does not tell, when it has no pixel format that can be read, or
 *   when it claims images beyond what fits into memory.
 */
export async function readFrameSize(nodeMap: NodeMap, deviceName: string): Promise<FrameSize> {
  const sensorWidth = await largest(nodeMap, ['SensorWidth', 'WidthMax', 'Width'])
  const sensorHeight = await largest(nodeMap, ['SensorHeight', 'HeightMax', 'Height'])
  const format = nodeMap.has('PixelFormat') ? await nodeMap.feature('PixelFormat') : undefined
  const formats = format?.kind === 'enumeration' ? readableFormats(format) : []
  if (!(sensorWidth > 0 && sensorHeight > 0)) {
    throw new CoverslipError('DEVICE_FAILED', `${deviceName} does not tell the size of its sensor`, {
      hint: 'Its GenICam description lacks Width and Height; it may be a GigE Vision device that is no camera.',
    })
  }
  if (formats.length === 0) {
    throw new CoverslipError('DEVICE_FAILED', `${deviceName} has no pixel format that Coverslip can read`, {
      hint: 'Coverslip reads mono, Bayer, RGB and YUV 4:2:2 images; see docs/cameras.md.',
    })
  }
  const bytes = formats.map(({ ringFormat }) => imageBytes(ringFormat, sensorWidth, sensorHeight))
  const maxFrameBytes = Math.max(...bytes)
  if (maxFrameBytes <= mostFrameBytes) return { sensorWidth, sensorHeight, maxFrameBytes }
  throw new CoverslipError(
    'DEVICE_FAILED',
    `${deviceName} announces images of ${sensorWidth} × ${sensorHeight} pixels, which are too large`,
    {
      hint: `An image may have ${mostFrameBytes / 2 ** 20} MiB. Check the camera: this may be a fault of its firmware.`,
      data: { sensorWidth, sensorHeight },
    },
  )
}

/** The largest value or limit of the features that are there: with binning, `Width` is less than the sensor's. */
async function largest(nodeMap: NodeMap, names: readonly string[]): Promise<number> {
  let most = 0
  for (const name of names.filter((candidate) => nodeMap.has(candidate))) {
    const feature = await nodeMap.feature(name)
    if (feature.kind !== 'integer') continue
    // Without a limit of its own a feature has that of its register.
    const limit = name === 'Width' || name === 'Height' ? Number(feature.max) : 0
    most = Math.max(most, Number(feature.value ?? 0), limit < 2 ** 31 - 1 ? limit : 0)
  }
  return most
}
