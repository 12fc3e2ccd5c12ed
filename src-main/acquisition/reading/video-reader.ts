/** Videos: of ours (one frame of a video per image), and of others. */
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { ImageDataset, PlaneIndex } from '../../../src-shared/gallery.ts'
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import { planeLayout } from '../../../src-shared/frames/plane-format.ts'
import { frameLogName } from '../recording/frame-log.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import { metadataTag } from '../storage/video/video-encoder.ts'
import { videoFileName } from '../storage/video/video-plan.ts'
import { boundedMetadata } from './bounded-metadata.ts'
import { describeLayout } from './dataset-layout-schema.ts'
import type { DatasetReader, FrameRange, FrameRecords, ImagePlane, OpenDatasets } from './dataset-reader.ts'
import { jsonOrText } from './json-or-text.ts'
import { openStoredPlanes, type StoredPlanes } from './plane-places.ts'
import { type VideoFacts, VideoFrames } from './video-frames.ts'

/** Opens a video by ffmpeg. @throws CoverslipError UNREADABLE_IMAGE, also where there is no ffmpeg */
export const openVideoFile: OpenDatasets = async (path) => {
  const frames = new VideoFrames(path)
  const { tags, codec } = await frames.facts()
  return [new ForeignVideo(path, frames, { ...boundedMetadata(said(tags)), codec })]
}

/** What a file says of itself; of ours also all that we know of it, without `acquisition.json`. */
function said(tags: VideoFacts['tags']): Readonly<Record<string, unknown>> {
  const own = Object.entries(tags).find(([name]) => name.toUpperCase() === metadataTag)
  if (own === undefined) return tags
  const [name, text] = own
  const metadata = z.record(z.string(), z.unknown()).safeParse(jsonOrText(text))
  if (!metadata.success) return tags
  const { [name]: _text, ...others } = tags
  return { ...others, ...metadata.data }
}

/**
 * A dataset that we wrote to video files in `folder`.
 * @throws CoverslipError UNREADABLE_IMAGE
 */
export async function openVideoOf(
  folder: string,
  layout: DatasetLayout,
  container: string,
): Promise<DatasetReader> {
  const files = new Map<string, VideoFrames>()
  const isGrey = pixelLayout(layout.image.pixelFormat).kind === 'mono'
  const fileOf = ({ p = 0, c = 0 }: PlaneIndex): VideoFrames => {
    const path = join(folder, `${videoFileName(layout, p, c)}.${container}`)
    const file = files.get(path) ?? new VideoFrames(path, { isGrey })
    files.set(path, file)
    return file
  }
  const first = fileOf({})
  const planes = await openStoredPlanes({
    axes: layout.axes,
    logPath: join(folder, frameLogName),
    fileOf: ({ p = 0, c = 0 }) => p * Math.max(1, layout.channels.length) + c,
    count: async () => (await first.facts()).times.length,
  })
  return new OwnVideo({ layout, container, planes, first, fileOf })
}

type OwnVideoOptions = {
  readonly layout: DatasetLayout
  readonly container: string
  readonly planes: StoredPlanes
  readonly first: VideoFrames
  readonly fileOf: (index: PlaneIndex) => VideoFrames
}

class OwnVideo implements DatasetReader {
  readonly metadata: DatasetReader['metadata']
  readonly #options: OwnVideoOptions

  constructor(options: OwnVideoOptions) {
    this.metadata = options.layout.metadata
    this.#options = options
  }

  async describe(): Promise<ImageDataset> {
    const { layout, container, planes, first } = this.#options
    const { width, height, pixelFormat, significantBits } = await first.facts()
    const { name } = layout
    const said = describeLayout(layout, {
      name,
      format: container.toUpperCase(),
      ...(await planes.sizes()),
    })
    // Lossless: the bits of the camera, and the mosaic, are still there.
    const kept = planeLayout(pixelFormat).bytesPerPixel === planeLayout(said.pixelFormat).bytesPerPixel
    const lossless = kept && pixelFormat !== 'RGB8'
    const picture = { width, height, levels: [{ width, height }] }
    return lossless ? { ...said, ...picture } : { ...said, ...picture, pixelFormat, significantBits }
  }

  async readPlane(index: PlaneIndex, level: number): Promise<ImagePlane | undefined> {
    const { planes, fileOf } = this.#options
    const stored = level === 0 ? await planes.find(index) : undefined
    const plane = stored && (await fileOf(index).read(stored.inFile))
    if (plane === undefined) return undefined
    const { pixelFormat, significantBits } = await this.describe()
    return { ...plane, pixelFormat, significantBits: significantBits ?? plane.significantBits }
  }

  records(range: FrameRange): Promise<FrameRecords> {
    return this.#options.planes.records(range)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

class ForeignVideo implements DatasetReader {
  readonly metadata: DatasetReader['metadata']
  readonly #path: string
  readonly #frames: VideoFrames

  constructor(path: string, frames: VideoFrames, metadata: DatasetReader['metadata']) {
    this.metadata = metadata
    this.#path = path
    this.#frames = frames
  }

  async describe(): Promise<ImageDataset> {
    const { width, height, pixelFormat, significantBits, times } = await this.#frames.facts()
    return {
      width,
      height,
      pixelFormat,
      significantBits,
      levels: [{ width, height }],
      name: basename(this.#path),
      format: formatOf(this.#path),
      sizes: { t: Math.max(1, times.length) },
      ...evenStep(times),
      channels: [],
      positions: [],
      planes: times.length,
    }
  }

  async readPlane(index: PlaneIndex, level: number): Promise<ImagePlane | undefined> {
    const { t = 0, p = 0, c = 0, z = 0 } = index
    return level + p + c + z > 0 ? undefined : this.#frames.read(t)
  }

  records(): Promise<FrameRecords> {
    return Promise.resolve({ records: [], total: 0 })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** `MKV`, `MP4` … */
function formatOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toUpperCase()
}

/** The time between frames, where it is the same for all. */
function evenStep(times: readonly number[]): { readonly timeStepS?: number } {
  const [first, last] = [times[0], times.at(-1)]
  if (first === undefined || last === undefined || times.length < 2) return {}
  const step = (last - first) / (times.length - 1)
  const even = times.every((time, i) => Math.abs(time - first - i * step) < step / 4)
  return even ? { timeStepS: step } : {}
}
