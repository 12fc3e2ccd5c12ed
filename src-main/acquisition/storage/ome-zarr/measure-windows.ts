import { join } from 'node:path'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { pixelLayout } from '../../../../src-shared/frames/pixel-format.ts'
import { readPlane } from '../../reading/ome-zarr/read-plane.ts'
import { arrayOf } from '../../reading/ome-zarr/zarr-metadata.ts'
import { ZarrArrayReader } from '../../reading/ome-zarr/zarr-array-reader.ts'
import { type DatasetFacts, firstLevel } from './dataset-metadata.ts'
import { displayWindow } from './display-window.ts'
import type { DisplayWindow } from './ome-image-attributes.ts'
import { imagePaths } from './ome-image-paths.ts'
import { arrayJson } from './zarr-json.ts'

/** What was measured, and what could not be. */
export type MeasuredWindows = {
  /** By channel. */
  readonly windows: readonly (DisplayWindow | undefined)[]
  /** Why some were not measured. */
  readonly unreadable: readonly CoverslipError[]
}

/**
 * Which grey values each channel has, by its first and last plane as they lie on the disk; undefined for colour, which is
 * shown as it is, and for those of which a plane cannot be read: that is told, and no reason to refuse all others.
 */
export async function measureWindows(
  root: string,
  { layout, grid, compression, summary }: Omit<DatasetFacts, 'state'>,
): Promise<MeasuredWindows> {
  if (pixelLayout(layout.image.pixelFormat).kind === 'rgb') return { windows: [], unreadable: [] }
  const paths = imagePaths(layout)
  // They may have no metadata yet.
  const json = arrayJson(grid, { lengths: { t: 1, c: 1, z: 1 }, compression })
  const windows: (DisplayWindow | undefined)[] = []
  const unreadable: CoverslipError[] = []
  for (const [channel, samples] of summary.samples) {
    const planes = samples.map(async ({ position, plane }) => {
      const array = arrayOf(join(root, paths[position] ?? '', firstLevel), json)
      const at = [plane.t, plane.c, plane.z, 0, 0]
      const { pixels } = await readPlane(new ZarrArrayReader(array), { at, y: 3, x: 4 })
      return array.sampleType === 'uint8' ? pixels : new Uint16Array(pixels.buffer)
    })
    try {
      windows[channel] = displayWindow(await Promise.all(planes))
    } catch (error) {
      unreadable.push(CoverslipError.from(error, 'UNREADABLE_IMAGE'))
    }
  }
  return { windows, unreadable }
}
