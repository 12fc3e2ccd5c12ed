/** What the gallery knows of an item without its pixels. */
import { opendir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { GalleryItem, ImageDataset } from '../../../src-shared/gallery.ts'
import { type AcquisitionSummary, readAcquisitionSummary } from '../reading/acquisition-summary.ts'
import type { DatasetReader } from '../reading/dataset-reader.ts'
import { FrameLogReader } from '../reading/frame-log-reader.ts'
import { fileFormat } from '../reading/open-datasets.ts'
import { videoEndings } from '../reading/video-frames.ts'
import { frameLogName } from '../recording/frame-log.ts'
import { type FoundItem, isGone } from './gallery-scan.ts'
import { metadataLines } from './metadata-lines.ts'
import { openItem } from './open-item.ts'

/** What is shown in the list, and found by a search. */
export type ItemFacts = {
  readonly item: GalleryItem
  /** Metadata, `name: value`. */
  readonly lines: readonly string[]
}

const formatNames = { 'ome-tiff': 'OME-TIFF', 'ome-zarr': 'OME-Zarr', raw: 'raw', video: 'Video' } as const
/** Files of a folder whose sizes are added up for the list; a dataset of more says no size. */
const mostCounted = 2000

/** What the name and the time of a file say. */
export function plainItem({ id, name, type, path, changedAt, bytes }: FoundItem): GalleryItem {
  const format = fileFormat(path)?.name ?? 'unknown'
  return {
    id,
    name,
    folder: type !== 'file',
    kind: type === 'file' ? (fileFormat(path)?.kind ?? 'foreign') : 'foreign',
    format,
    startedAt: changedAt,
    ...(bytes === undefined ? {} : { bytes }),
    cameras: [],
  }
}

/** What `acquisition.json` says; of one that is damaged, what its folder does. */
export async function acquisitionFacts(found: FoundItem): Promise<ItemFacts> {
  let summary: AcquisitionSummary
  try {
    summary = await readAcquisitionSummary(found.path)
  } catch (error) {
    // The list goes on; who opens it is told.
    const { message, hint = '' } = CoverslipError.from(error)
    const damaged = `${message}. ${hint}`.trim()
    return { item: { ...plainItem(found), kind: 'recording', damaged }, lines: [message] }
  }
  return { item: acquisitionItem(found, summary), lines: acquisitionLines(summary) }
}

/** How the list shows an acquisition. */
export function acquisitionItem({ id }: Pick<FoundItem, 'id'>, summary: AcquisitionSummary): GalleryItem {
  const { name, startedAt, request, datasets, finish } = summary
  return {
    id,
    name,
    folder: true,
    kind: request.plan === undefined ? 'recording' : 'plan',
    format: formatNames[request.storage.format],
    startedAt,
    cameras: datasets.flatMap(({ layout }) => (layout === undefined ? [] : [layout.camera.name])),
    ...(finish === undefined ? {} : { finish: finish.reason }),
  }
}

function acquisitionLines({ software, request, datasets, finish }: AcquisitionSummary): readonly string[] {
  const layouts = datasets.flatMap(({ layout }) => (layout === undefined ? [] : [layout]))
  return metadataLines({
    ended: finish?.message,
    cameras: layouts.map(({ camera }) => ({
      camera: camera.name,
      model: camera.model,
      serial: camera.serialNumber,
    })),
    channels: layouts.map(({ channels }) => channels.map(({ name }) => ({ channel: name }))),
    positions: layouts.map(({ positions }) => positions.map(({ name }) => ({ position: name }))),
    request,
    metadata: layouts.map(({ metadata }) => metadata),
    software,
  })
}

/**
 * What a file or a dataset of others says of itself. A video is asked nothing: that would start a program for each.
 * One that cannot be read has its reason.
 */
export async function contentFacts(found: FoundItem): Promise<readonly string[]> {
  const ending = found.path.slice(found.path.lastIndexOf('.')).toLowerCase()
  if (found.type === 'file' && videoEndings.has(ending)) return []
  let opened: readonly DatasetReader[] = []
  try {
    opened = (await openItem(found)).datasets.map(({ reader }) => reader)
    const described = await Promise.all(opened.map((reader) => reader.describe()))
    return metadataLines({
      datasets: described.map(datasetNames),
      metadata: opened.map(({ metadata }) => metadata),
    })
  } catch (error) {
    // The search goes on; who opens it is told.
    return [CoverslipError.from(error).message]
  } finally {
    for (const reader of opened) await reader.close()
  }
}

function datasetNames({ name, camera, channels, positions }: ImageDataset) {
  return {
    image: name,
    camera,
    channels: channels.map((channel) => ({ channel: channel.name })),
    positions: positions.map((position) => ({ position })),
  }
}

/** Frames of an acquisition and bytes of a folder, as far as they are quickly counted; not those of a damaged one. */
export async function countedItem(found: FoundItem, item: GalleryItem): Promise<GalleryItem> {
  if (found.type === 'file') return item
  try {
    return found.type === 'acquisition' ? await counted(found, item) : await withBytes(found, item)
  } catch (error) {
    // The list goes on; who opens it is told.
    if (isGone(error) || error instanceof CoverslipError) return item
    throw error
  }
}

async function counted(found: FoundItem, item: GalleryItem): Promise<GalleryItem> {
  const entries = await readdir(found.path, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(found.path, name))
  const counts = await Promise.all(
    folders.map(async (folder) => {
      const last = await new FrameLogReader(join(folder, frameLogName)).lastFrame()
      return last === undefined ? 0 : last.place + 1
    }),
  )
  const frames = counts.reduce((sum, count) => sum + count, 0)
  return withBytes(found, { ...item, frames })
}

async function withBytes({ path }: FoundItem, item: GalleryItem): Promise<GalleryItem> {
  const bytes = await bytesBelow(path)
  return { ...item, ...(bytes === undefined ? {} : { bytes }) }
}

/** Undefined when there are too many files. */
async function bytesBelow(path: string): Promise<number | undefined> {
  const files: string[] = []
  for await (const entry of await opendir(path, { recursive: true })) {
    if (entry.isFile()) files.push(join(entry.parentPath, entry.name))
    if (files.length > mostCounted) return undefined
  }
  const sizes = await Promise.all(files.map(sizeOf))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** 0 when it is gone meanwhile. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isGone(error)) return 0
    throw error
  }
}
