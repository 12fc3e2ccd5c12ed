/** The images of an OME-Zarr that are of one size and kind, as one dataset; each is a position. */
import { basename, dirname, join } from 'node:path'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { maxImageBytes } from '../../../../src-shared/frames/frame-packet.ts'
import { type PixelFormat, pixelLayout } from '../../../../src-shared/frames/pixel-format.ts'
import { type PlaneFormat, planeLayout } from '../../../../src-shared/frames/plane-format.ts'
import type { ImageDataset, PlaneIndex } from '../../../../src-shared/gallery.ts'
import { frameLogName } from '../../recording/frame-log.ts'
import { boundedMetadata } from '../bounded-metadata.ts'
import type {
  DatasetReader,
  FrameRange,
  FrameRecords,
  ImagePlane,
  OpenDatasets,
  RowRange,
} from '../dataset-reader.ts'
import { openStoredPlanes, type StoredPlanes } from '../plane-places.ts'
import { bytesOfSample, depthOf, isRealSample } from '../sample-type.ts'
import { refuseLink } from '../without-links.ts'
import type { FoundImage } from './find-images.ts'
import type { OmeImage } from './ome-image.ts'
import { type OmeZarrContent, OmeZarrFolder } from './ome-zarr-folder.ts'
import type { OwnDataset } from './own-attributes.ts'
import { readPlane } from './read-plane.ts'
import { unreadablePart } from './unreadable-part.ts'
import type { ZarrArray } from './zarr-metadata.ts'

/** Opens the dataset `root`: one reader for each kind of its images. @throws CoverslipError UNREADABLE_IMAGE */
export const openOmeZarr: OpenDatasets = async (root) => {
  await refuseLink(root)
  const folder = new OmeZarrFolder(root)
  const content = await folder.content()
  const kinds = new Set(content.images.map(({ image }) => kindOf(image)))
  const planes = content.own && (await ownPlanes(folder, content.own.axes))
  return [...kinds].map(
    (kind) => new OmeZarrDataset(folder, { kind, content, planes, isOnly: kinds.size === 1 }),
  )
}

/** By the frame log beside the dataset. */
function ownPlanes(folder: OmeZarrFolder, axes: OwnDataset['axes']): Promise<StoredPlanes> {
  const count = async () => {
    const { images } = await folder.content()
    return images.reduce((sum, { image }) => sum + (image.own?.planes ?? 0), 0)
  }
  return openStoredPlanes({ axes, logPath: join(dirname(folder.root), frameLogName), count })
}

/** What images of one dataset have in common: everything but how many time points and smaller copies there are. */
function kindOf({ axes, first, channels }: OmeImage): string {
  const shape = first.shape.filter((_, axis) => axis !== axes.t)
  return JSON.stringify([axes, shape, first.sampleType, channels.length])
}

class OmeZarrDataset implements DatasetReader {
  readonly metadata: DatasetReader['metadata']
  readonly #folder: OmeZarrFolder
  readonly #kind: string
  readonly #isOnly: boolean
  readonly #planes: StoredPlanes | undefined

  constructor(
    folder: OmeZarrFolder,
    parts: {
      readonly kind: string
      readonly content: OmeZarrContent
      readonly planes: StoredPlanes | undefined
      readonly isOnly: boolean
    },
  ) {
    this.#folder = folder
    const { kind, content, planes, isOnly } = parts
    this.#kind = kind
    this.#isOnly = isOnly
    this.#planes = planes
    this.metadata = content.own?.metadata ?? boundedMetadata(content.attributes)
  }

  async describe(): Promise<ImageDataset> {
    const { own, images, first } = await this.#images()
    const { image } = first
    const { width, height } = sizeOf(image, image.first)
    const pixelFormat = formatOf(own?.image.pixelFormat, image)
    // While smaller copies are made, one image has more of them than another.
    const common = Math.min(...images.map((one) => one.image.levels.length))
    const levels = await Promise.all(
      image.levels
        .slice(0, common)
        .map(async (level) => sizeOf(image, (await this.#folder.reader(level)).array)),
    )
    const growing = await this.#growing(own)
    const sizes = { ...lengthsOf(images, pixelFormat), ...growing?.sizes, p: images.length }
    const name = basename(this.#folder.root).replace(/(\.ome)?\.zarr$/i, '')
    const { pixelSizeUm, zStepUm, timeStepS } = image
    return {
      name: this.#isOnly ? name : `${name} ${image.name ?? first.position}`,
      ...(own === undefined ? {} : { camera: own.camera.name }),
      format: 'OME-Zarr',
      width,
      height,
      pixelFormat,
      ...(own === undefined || pixelFormat === 'Float32'
        ? depthOf(image.first.sampleType)
        : { significantBits: own.image.significantBits }),
      ...(pixelSizeUm === undefined ? {} : { pixelSizeUm }),
      ...(zStepUm === undefined ? {} : { zStepUm }),
      ...(timeStepS === undefined ? {} : { timeStepS }),
      sizes: Object.fromEntries(Object.entries(sizes).filter(([, length]) => length > 1)),
      channels: channelsOf(image, pixelFormat),
      positions: images.length > 1 ? images.map(({ position }) => position) : [],
      levels,
      ...(growing?.wholeTimes === undefined ? {} : { wholeTimes: growing.wholeTimes }),
      planes: growing?.planes ?? images.reduce((sum, one) => sum + planesOf(one.image, pixelFormat), 0),
    }
  }

  readPlane(index: PlaneIndex, level: number): Promise<ImagePlane | undefined> {
    return this.#read(index, level, undefined)
  }

  readRows(index: PlaneIndex, level: number, rows: RowRange): Promise<ImagePlane | undefined> {
    return this.#read(index, level, rows)
  }

  async #read(index: PlaneIndex, level: number, rows: RowRange | undefined): Promise<ImagePlane | undefined> {
    const { own, images, first } = await this.#images()
    const pixelFormat = formatOf(own?.image.pixelFormat, first.image)
    const image = images[index.p ?? 0]?.image
    const folder = image?.levels[level]
    if (image === undefined || folder === undefined) return undefined
    const { t = 0, c = 0, z = 0 } = index
    // While it grows its metadata are older than its frame log.
    if (own?.state === 'growing' && this.#planes !== undefined) {
      if ((await this.#planes.find(index)) === undefined) return undefined
    } else {
      const lengths = lengthsOf([{ image, position: '' }], pixelFormat)
      if (t >= lengths.t || c >= lengths.c || z >= lengths.z) return undefined
    }
    const reader = await this.#folder.reader(folder)
    const { width, height: whole } = sizeOf(image, reader.array)
    const height = rows?.count ?? whole
    refuseTooLarge(folder, width * height * planeLayout(pixelFormat).bytesPerPixel)
    const samples = planeLayout(pixelFormat).channels
    const { axes } = image
    const at = reader.array.shape.map((_, axis) =>
      axis === axes.t ? t : axis === axes.c ? c * samples : axis === axes.z ? z : 0,
    )
    const { pixels, missing, isEmpty } = await readPlane(reader, {
      at,
      y: axes.y,
      x: axes.x,
      rows,
      ...(samples === 3 && axes.c !== undefined ? { samples: { axis: axes.c, from: c * samples } } : {}),
    })
    // For others, what is not there is black.
    if (own !== undefined && missing !== undefined) {
      if (own.state === 'growing' || (isEmpty && image.own?.isWhole !== true)) return undefined
      throw unreadablePart(reader.fileOf(missing), 'it is missing, or a plane in it')
    }
    const ownBits = pixelFormat === 'Float32' ? undefined : own?.image.significantBits
    const significantBits = ownBits ?? 8 * planeLayout(pixelFormat).bytesPerSample
    return { width, height, pixelFormat, significantBits, pixels }
  }

  async records(range: FrameRange): Promise<FrameRecords> {
    return (await this.#planes?.records(range)) ?? { records: [], total: 0 }
  }

  /** No file is open between reads. */
  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Of one that is being written: what there is by its frame log. */
  async #growing(own: OwnDataset | undefined) {
    return own?.state === 'growing' ? this.#planes?.sizes() : undefined
  }

  async #images() {
    const { images, own } = await this.#folder.content()
    const these = images.filter(({ image }) => kindOf(image) === this.#kind)
    const [first] = these
    if (first === undefined) throw unreadablePart(this.#folder.root, 'its images were replaced by others')
    return { own, images: these, first }
  }
}

function sizeOf(
  { axes }: OmeImage,
  { shape }: ZarrArray,
): { readonly width: number; readonly height: number } {
  return { width: shape[axes.x] ?? 0, height: shape[axes.y] ?? 0 }
}

/** Planes along each axis; of colour images the three samples are one. */
function lengthsOf(images: readonly FoundImage[], pixelFormat: PlaneFormat) {
  const along = (axis: 't' | 'c' | 'z') =>
    Math.max(
      ...images.map(({ image: { axes, first } }) => {
        const number = axes[axis]
        return number === undefined ? 1 : (first.shape[number] ?? 1)
      }),
    )
  return { t: along('t'), c: along('c') / planeLayout(pixelFormat).channels, z: along('z') }
}

/** What it says it is, where its samples are so; of others grey. */
function formatOf(own: PixelFormat | undefined, { axes, first }: OmeImage): PlaneFormat {
  if (isRealSample(first.sampleType)) return 'Float32'
  const bytes = bytesOfSample(first.sampleType)
  const isOwn =
    own !== undefined &&
    pixelLayout(own).bytesPerSample === bytes &&
    (axes.c === undefined ? 1 : (first.shape[axes.c] ?? 1)) % pixelLayout(own).channels === 0
  return isOwn ? own : bytes === 1 ? 'Mono8' : 'Mono16'
}

function planesOf(image: OmeImage, pixelFormat: PlaneFormat): number {
  const { t, c, z } = lengthsOf([{ image, position: '' }], pixelFormat)
  return image.own?.planes ?? t * c * z
}

/** Colour has one channel, whose samples carry their colours. */
function channelsOf({ channels }: OmeImage, pixelFormat: PlaneFormat): ImageDataset['channels'] {
  const { channels: samples } = planeLayout(pixelFormat)
  if (samples === 3) return []
  return channels.map(({ name, ...display }, c) => ({ name: name ?? `Channel ${c + 1}`, ...display }))
}

/** @throws CoverslipError TOO_LARGE */
function refuseTooLarge(folder: string, bytes: number): void {
  if (bytes <= maxImageBytes) return
  throw new CoverslipError(
    'TOO_LARGE',
    `A plane of ${basename(folder)} has ${Math.round(bytes / 2 ** 20)} MB of pixels`,
    { hint: `${maxImageBytes / 2 ** 20} MB can be shown at most. Ask for a smaller copy of it (level).` },
  )
}
