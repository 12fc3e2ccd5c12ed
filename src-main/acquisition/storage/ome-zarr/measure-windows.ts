import { join } from 'node:path'
import { pixelLayout } from '../../../../src-shared/frames/pixel-format.ts'
import { readPlane } from '../../reading/ome-zarr/read-plane.ts'
import { arrayOf } from '../../reading/ome-zarr/zarr-metadata.ts'
import { ZarrArrayReader } from '../../reading/ome-zarr/zarr-array-reader.ts'
import { type DatasetFacts, firstLevel } from './dataset-metadata.ts'
import { displayWindow } from './display-window.ts'
import type { DisplayWindow } from './ome-image-attributes.ts'
import { imagePaths } from './ome-image-paths.ts'
import { arrayJson } from './zarr-json.ts'

/**
 * Which grey values each channel has, by its first and last plane as they lie on the disk; undefined for colour, which is
 * shown as it is.
 * @throws CoverslipError UNREADABLE_IMAGE
 */
export async function measureWindows(
  root: string,
  { layout, grid, compression, summary }: Omit<DatasetFacts, 'state'>,
): Promise<readonly (DisplayWindow | undefined)[]> {
  if (pixelLayout(layout.image.pixelFormat).kind === 'rgb') return []
  const paths = imagePaths(layout)
  // They may have no metadata yet.
  const json = arrayJson(grid, { lengths: { t: 1, c: 1, z: 1 }, compression })
  const windows: (DisplayWindow | undefined)[] = []
  for (const [channel, samples] of summary.samples) {
    const planes = []
    for (const { position, plane } of samples) {
      const array = arrayOf(join(root, paths[position] ?? '', firstLevel), json)
      const at = [plane.t, plane.c, plane.z, 0, 0]
      const { pixels } = await readPlane(new ZarrArrayReader(array), { at, y: 3, x: 4 })
      planes.push(array.sampleType === 'uint8' ? pixels : new Uint16Array(pixels.buffer))
    }
    windows[channel] = displayWindow(planes)
  }
  return windows
}
