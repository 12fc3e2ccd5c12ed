/** Videos: of ours (one frame of a video per image), and of others. */
import { basename } from 'node:path'
import type { ImageDataset, PlaneIndex } from '../../../src-shared/gallery.ts'
import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'
import { describeLayout } from './dataset-layout-schema.ts'
import type { DatasetReader, FrameRange, FrameRecords, ImagePlane, OpenDatasets } from './dataset-reader.ts'
import { openStoredPlanes, type StoredPlanes } from './plane-places.ts'
import { VideoFrames } from './video-frames.ts'

export const openVideoFile: OpenDatasets = async (path) => {
  const frames = new VideoFrames(path)
  const { tags, codec } = await frames.facts()
  return [new VideoReader(path, frames, { ...tags, codec })]
}

/** @param logPath of the dataset's frame log. @throws CoverslipError UNREADABLE_IMAGE */
export async function openVideoOf(
  path: string,
  { layout, logPath }: { readonly layout: DatasetLayout; readonly logPath: string },
): Promise<DatasetReader> {
  const frames = new VideoFrames(path)
  const planes = await openStoredPlanes({
    axes: layout.axes,
    logPath,
    perPosition: false,
    count: async () => (await frames.facts()).times.length,
  })
  return new VideoReader(path, frames, layout.metadata, { layout, planes })
}

type Own = {
  readonly layout: DatasetLayout
  readonly planes: StoredPlanes
}

class VideoReader implements DatasetReader {
  readonly metadata: DatasetReader['metadata']
  readonly #path: string
  readonly #frames: VideoFrames
  readonly #own: Own | undefined

  constructor(path: string, frames: VideoFrames, metadata: DatasetReader['metadata'], own?: Own) {
    this.metadata = metadata
    this.#path = path
    this.#frames = frames
    this.#own = own
  }

  async describe(): Promise<ImageDataset> {
    const { width, height, pixelFormat, significantBits, times } = await this.#frames.facts()
    const picture = { width, height, pixelFormat, significantBits, levels: [{ width, height }] }
    const format = formatOf(this.#path)
    const own = this.#own
    if (own !== undefined) {
      const { layout } = own
      const said = describeLayout(layout, { name: layout.name, format, ...(await own.planes.sizes()) })
      // Lossless: the mosaic and the bits of the camera are still there.
      const fits = pixelLayout(pixelFormat).bytesPerPixel === pixelLayout(said.pixelFormat).bytesPerPixel
      return fits && pixelFormat !== 'RGB8' ? { ...said, width, height } : { ...said, ...picture }
    }
    return {
      ...picture,
      name: basename(this.#path),
      format,
      sizes: { t: Math.max(1, times.length) },
      ...evenStep(times),
      channels: [],
      positions: [],
      planes: times.length,
    }
  }

  async readPlane(index: PlaneIndex, level: number): Promise<ImagePlane | undefined> {
    const { t = 0, p = 0, c = 0, z = 0 } = index
    if (level > 0) return undefined
    if (this.#own === undefined) return p + c + z > 0 ? undefined : this.#frames.read(t)
    const stored = await this.#own.planes.find(index)
    const plane = stored === undefined ? undefined : await this.#frames.read(stored.inFile)
    if (plane === undefined) return undefined
    const { pixelFormat, significantBits } = await this.describe()
    return { ...plane, pixelFormat, significantBits }
  }

  async records(range: FrameRange): Promise<FrameRecords> {
    return (await this.#own?.planes.records(range)) ?? { records: [], total: 0 }
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
