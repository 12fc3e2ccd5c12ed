/** Completes an OME-Zarr whose writing was interrupted: indices of its shards, sizes and metadata. */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { linksOut } from '../../reading/ome-zarr/unreadable-part.ts'
import { parsed, readZarrNode } from '../../reading/ome-zarr/zarr-metadata.ts'
import { leadsOut, refuseLink } from '../../reading/without-links.ts'
import type { DatasetLayout, EachFrame } from '../dataset-writer.ts'
import { type DatasetFacts, firstLevel, writeDatasetMetadata } from './dataset-metadata.ts'
import { FramesSummary, placeOf } from './frames-summary.ts'
import { type MeasuredWindows, measureWindows } from './measure-windows.ts'
import { imagePaths } from './ome-image-paths.ts'
import { omeZarrPath } from './ome-zarr-path.ts'
import { completeShard, partOf } from './shard-file.ts'
import { bandsOf, chunksOfShard, shardOf, zarrGrid } from './zarr-grid.ts'

/**
 * Completes the dataset `<layout.name>.ome.zarr` in `folder`. May be called again, also when it was interrupted itself.
 * @param eachFrame goes through the frames that were reported as written.
 * @returns which of the planes that were looked at cannot be read, and how many of those reported are not there any more.
 * @throws CoverslipError DATA_FOLDER or UNREADABLE_IMAGE when its shards or its metadata are damaged; what is whole stays as it is
 */
export async function completeOmeZarr(
  folder: string,
  layout: DatasetLayout,
  eachFrame: EachFrame,
): Promise<Pick<MeasuredWindows, 'unreadable'> & { readonly missing: number }> {
  const root = omeZarrPath(folder, layout.name)
  if (!(await isThere(root))) return { unreadable: [], missing: 0 }
  await refuseLink(root)
  const paths = imagePaths(layout)
  const { grid, compression } = await storageOf(root, layout)
  const summary = new FramesSummary(layout)
  /** By shard: its chunks that were reported. */
  const shards = new Map<string, Set<number>>()
  await eachFrame((record) => {
    const { index } = record
    summary.add({ record, index })
    const { key, chunk } = shardOf(grid, placeOf(index))
    const path = join(root, paths[index.p ?? 0] ?? '', firstLevel, key)
    const chunks = shards.get(path) ?? new Set()
    for (let band = 0; band < bandsOf(grid); band++) chunks.add(chunk + band)
    shards.set(path, chunks)
  })
  if (shards.size === 0) return { unreadable: [], missing: 0 }
  const written = [...paths.map((path) => join(root, path, firstLevel)), join(root, 'OME')]
  for (const path of [...written, ...[...shards.keys()].map(partOf)])
    if (await leadsOut(path, root)) throw linksOut(path)
  const lost = new Set<string>()
  for (const [path, reported] of shards) {
    const isPart = await isThere(partOf(path))
    if (!isPart && (await isThere(path))) continue
    // A power cut may also have taken all of it.
    const index = isPart ? await completeShard(path, { chunks: chunksOfShard(grid), reported }) : undefined
    for (const chunk of reported)
      if (index?.get(chunk) === undefined) lost.add(`${path} ${Math.floor(chunk / bandsOf(grid))}`)
  }
  const facts = { layout, grid, compression, summary }
  const { windows, unreadable } = await measureWindows(root, facts)
  await writeDatasetMetadata(root, { ...facts, state: 'interrupted', windows })
  return { unreadable, missing: lost.size }
}

const storageSchema = z.object({
  coverslip: z.object({
    storage: z.object({
      compression: z.enum(['none', 'zstd']),
      bandRows: z.number().int().positive(),
      shardPlanes: z.object({
        t: z.number().int().positive(),
        c: z.number().int().positive(),
        z: z.number().int().positive(),
      }),
    }),
  }),
})

/** As the root says that it was written: another version may cut planes otherwise. */
async function storageOf(
  root: string,
  layout: DatasetLayout,
): Promise<Pick<DatasetFacts, 'grid' | 'compression'>> {
  const { attributes } = await readZarrNode(root)
  const { compression, ...cut } = parsed(storageSchema, attributes, root).coverslip.storage
  return { grid: { ...zarrGrid(layout), ...cut }, compression }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
