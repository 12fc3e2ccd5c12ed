/**
 * All metadata of a dataset on disk: `zarr.json` of the root, the images and their arrays, what groups them, and the
 * OME-XML. Written while it grows, at its end, and when it is completed after a crash; each file whole or not at all.
 *
 * ```
 * <name>.ome.zarr/                one position       several              a plate
 *   zarr.json                     multiscales        bioformats2raw       plate
 *   OME/METADATA.ome.xml
 *   OME/zarr.json                                    series
 *   0/zarr.json                   array (level 0)    multiscales
 *   0/0/zarr.json                                    array
 *   A/1/zarr.json                                                         well
 *   A/1/0/zarr.json                                                       multiscales
 *   A/1/0/0/zarr.json                                                     array
 * ```
 */
import { dirname, join } from 'node:path'
import type { DatasetLayout } from '../dataset-writer.ts'
import { omeXml } from '../ome-xml.ts'
import { replaceFile } from '../../replace-file.ts'
import type { FramesSummary } from './frames-summary.ts'
import { makeFolders } from './make-folders.ts'
import { type DisplayWindow, omeImageAttributes, omeVersion } from './ome-image-attributes.ts'
import { imagePaths, isPlate } from './ome-image-paths.ts'
import { fieldsOfWells, omePlateAttributes, omeWellAttributes } from './ome-plate-attributes.ts'
import type { ZarrCompression } from './zarr-array-writer.ts'
import { planeAxes, type PlaneAxis, type PlanePlace, type ZarrGrid } from './zarr-grid.ts'
import { arrayJson, groupJson, type JsonObject, writeZarrJson } from './zarr-json.ts'

/** Of an image's first level below the image. */
export const firstLevel = '0'

/** All that the metadata of a dataset are made of. */
export type DatasetFacts = {
  readonly layout: DatasetLayout
  readonly grid: ZarrGrid
  readonly compression: ZarrCompression
  readonly summary: FramesSummary
  /** `growing`: more may follow; `interrupted`: it was completed after a crash, or a failure of the disk. */
  readonly state: 'growing' | 'complete' | 'interrupted'
  /** By channel; absent: not measured. */
  readonly windows?: readonly (DisplayWindow | undefined)[]
}

/** While it grows, the disk is busy with pixels. */
const durability = ({ state }: DatasetFacts) =>
  ({ until: state === 'growing' ? 'written' : 'onDisk' }) as const

/** Writes all of it below `root`, which exists. @throws CoverslipError DATA_FOLDER */
export async function writeDatasetMetadata(root: string, facts: DatasetFacts): Promise<void> {
  const { layout, summary } = facts
  const paths = imagePaths(layout)
  const lengths = lengthsOf(facts)
  const images: string[] = []
  for (const [number, path] of paths.entries()) {
    const image = summary.planes.images.get(number)
    // An image at the root is there before its first plane is.
    if (image === undefined && path !== '') continue
    images.push(path)
    await writeImage(root, { facts, path, number, planes: image?.count ?? 0, lengths })
  }
  await writeGroups(root, facts, images)
  if (facts.state !== 'growing') await writeOmeXml(root, facts)
}

/**
 * Planes along each axis, the same for all images: as planned, or, where it was stopped early or the end was open, as far
 * as planes are there.
 */
function lengthsOf({ layout: { axes }, summary, state }: DatasetFacts): PlanePlace {
  const there = (axis: PlaneAxis) =>
    summary.planes.images.values().reduce((most, { lengths }) => Math.max(most, lengths[axis]), 0)
  const lengthOf = (axis: PlaneAxis) => {
    const planned = axes.find((one) => one.axis === axis)
    if (planned === undefined) return 1
    if (planned.length === undefined) return there(axis)
    return axes[0]?.axis === axis && state !== 'growing' ? there(axis) : planned.length
  }
  return { t: lengthOf('t'), c: lengthOf('c'), z: lengthOf('z') }
}

type Image = {
  readonly facts: DatasetFacts
  readonly path: string
  readonly number: number
  readonly planes: number
  readonly lengths: PlanePlace
}

async function writeImage(root: string, { facts, path, number, planes, lengths }: Image): Promise<void> {
  const { layout, grid, compression, summary, windows = [] } = facts
  const folder = join(root, path)
  const array = join(folder, firstLevel)
  await makeFolders(array, root)
  await writeZarrJson(array, arrayJson(grid, { lengths, compression }), durability(facts))
  const { name, xUm, yUm, zUm } = layout.positions[number] ?? { name: layout.name }
  const ome = omeImageAttributes(layout, {
    name,
    timeStepS: layout.timeStepS ?? summary.planes.meanTimeStepS,
    windows,
  })
  const own = { position: { name, xUm, yUm, zUm }, planes, isWhole: planes === productOf(lengths) }
  const whole = path === '' ? datasetAttributes(facts) : {}
  await writeZarrJson(folder, groupJson({ ome, coverslip: { ...whole, ...own } }), durability(facts))
}

const productOf = (lengths: PlanePlace) => planeAxes.reduce((product, axis) => product * lengths[axis], 1)

/** `attributes.coverslip` of the root: everything of which OME-Zarr knows nothing. */
function datasetAttributes({ layout, grid, compression, summary, state }: DatasetFacts): JsonObject {
  const { name, camera, image, axes, channels, startedAt, software, metadata } = layout
  const storage = { compression, bandRows: grid.bandRows, shardPlanes: grid.shardPlanes }
  const frames = summary.toJSON()
  return {
    version: 1,
    state,
    name,
    software,
    startedAt,
    camera,
    image,
    axes,
    channels,
    storage,
    frames,
    metadata,
  }
}

async function writeGroups(root: string, facts: DatasetFacts, images: readonly string[]): Promise<void> {
  const { layout } = facts
  const coverslip = datasetAttributes(facts)
  const until = durability(facts)
  const { plate, startedAt } = layout
  if (plate !== undefined && isPlate(layout)) {
    for (const [well, fields] of fieldsOfWells(images)) {
      await writeZarrJson(dirname(join(root, well)), groupJson({}), until)
      await writeZarrJson(join(root, well), groupJson({ ome: omeWellAttributes(fields) }), until)
    }
    const ome = omePlateAttributes(plate, { images, startedAt })
    await writeZarrJson(root, groupJson({ ome, coverslip }), until)
  } else if (layout.positions.length > 1) {
    await makeFolders(join(root, 'OME'), root)
    await writeZarrJson(join(root, 'OME'), groupJson({ ome: { version: omeVersion, series: images } }), until)
    const ome = { version: omeVersion, 'bioformats2raw.layout': 3 }
    await writeZarrJson(root, groupJson({ ome, coverslip }), until)
  }
}

/** Times, exposures and stage positions of every plane, in the words of OME, unless there are too many. */
async function writeOmeXml(root: string, { layout, summary }: DatasetFacts): Promise<void> {
  const { planes } = summary
  if (planes.count === 0 || !planes.isDetailed) return
  await makeFolders(join(root, 'OME'), root)
  const xml = omeXml(layout, planes, { pixels: 'elsewhere' })
  await replaceFile(join(root, 'OME', 'METADATA.ome.xml'), `${xml}\n`)
}
