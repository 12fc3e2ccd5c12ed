/** Datasets of TIFF files without OME-XML: ImageJ's stacks, our single images, and pages one after the other. */
import { basename } from 'node:path'
import { z } from 'zod'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { pixelFormatSchema } from '../../../src-shared/frames/pixel-format.ts'
import { planeLayout } from '../../../src-shared/frames/plane-format.ts'
import type { ImageDataset, PlaneIndex } from '../../../src-shared/gallery.ts'
import { type ImagejDescription, imagejDescription } from './imagej-description.ts'
import { jsonOrText } from './json-or-text.ts'
import { primaries } from './primaries.ts'
import { imageOfPage, TiffDataset } from './tiff-dataset.ts'
import { TiffFiles } from './tiff-files.ts'
import { depthOfImage, isPacked, tag, type TiffImage } from './tiff-image.ts'
import type { TiffPages } from './tiff-pages.ts'
import { unreadable } from './unreadable.ts'

/** Of files with more pages than this, all are taken to be like the first. */
const mostCompared = 2000
const mostDatasets = 100
const mostStrips = 65_536
const resolutionTag = 282
const resolutionUnitTag = 296

type PlainFile = {
  readonly path: string
  readonly pages: TiffPages
  /** Of the first page. */
  readonly description: string
  readonly first: TiffImage
}

/**
 * ImageJ writes stacks of more than 4 GB with one directory: the other images follow the first one's pixels.
 * @throws CoverslipError UNREADABLE_IMAGE when nothing of it can be shown.
 */
export async function plainTiffDatasets(file: PlainFile): Promise<readonly TiffDataset[]> {
  const { path, pages, description } = file
  const imagej = imagejDescription(description)
  const metadata = metadataOf(description, imagej)
  const facts = {
    ...(await pixelSizeOf(file, imagej)),
    ...(imagej?.zStepUm === undefined ? {} : { zStepUm: imagej.zStepUm }),
    ...(imagej?.timeStepS === undefined ? {} : { timeStepS: imagej.timeStepS }),
  }
  const groups = await pagesBySize(pages)
  return [...groups.values()].slice(0, mostDatasets).map(({ image, numbers }, i) => {
    const name = groups.size === 1 ? basename(path) : `${basename(path)} (${image.width} x ${image.height})`
    const files = new TiffFiles()
    const isStack = numbers?.length === 1 && groups.size === 1 && (imagej?.images ?? 1) > 1 && isPlain(image)
    const planes = async () =>
      isStack
        ? files.use(path, (opened) => imagesInFile(opened, image, imagej?.images ?? 1))
        : (numbers?.length ?? files.use(path, (opened) => opened.count()))
    const sizesFor = (there: number) => (i === 0 && imagej !== undefined ? imagej.sizes : { t: there })
    const own = i === 0 ? ownFrame(metadata, image) : undefined
    return new TiffDataset({
      files,
      metadata,
      describe: async () => {
        const there = await planes()
        const sizes = sizesFor(there)
        const c = (sizes.c ?? 1) * image.channels
        return {
          name,
          format: 'TIFF',
          width: image.width,
          height: image.height,
          pixelFormat: own?.pixelFormat ?? image.pixelFormat,
          ...(own === undefined ? depthOfImage(image) : { significantBits: own.significantBits }),
          ...facts,
          ...(own?.detector === undefined ? {} : { camera: own.detector }),
          sizes: Object.fromEntries(Object.entries({ ...sizes, c }).filter(([, length]) => length > 1)),
          channels: channelsOf(image, { count: c, name: own?.channel }),
          positions: [],
          planes: there * image.channels,
        }
      },
      find: async (index) => {
        const place = placeOf(index, { sizes: sizesFor(await planes()), channels: image.channels })
        if (place === undefined) return undefined
        if (isStack) return { path, page: 0, channel: place.channel, behind: place.plane }
        const page = numbers === undefined ? place.plane : numbers[place.plane]
        return page === undefined ? undefined : { path, page, channel: place.channel }
      },
    })
  })
}

const isPlain = (image: TiffImage): boolean =>
  image.compression === 1 && !image.tiled && !image.planar && !isPacked(image)

/** How many of the `claimed` images without a directory are there. */
async function imagesInFile(pages: TiffPages, image: TiffImage, claimed: number): Promise<number> {
  const { directories } = pages
  const [first = 0] = await directories.numbers(image.directory.entries.get(tag.stripOffsets), mostStrips)
  const bytes = image.width * image.height * image.samples * image.bytes
  return Math.max(1, Math.min(claimed, Math.floor(((await directories.file.size()) - first) / bytes)))
}

type Pages = { readonly image: TiffImage; readonly numbers: number[] | undefined }

/** Pages by what they are; smaller copies are left out. `numbers` undefined: all pages of the file. */
async function pagesBySize(pages: TiffPages): Promise<ReadonlyMap<string, Pages>> {
  const groups = new Map<string, Pages>()
  const count = await pages.count(mostCompared + 1)
  let failure: CoverslipError | undefined
  for (let number = 0; number < Math.min(count, count > mostCompared ? 1 : mostCompared); number++) {
    try {
      const image = await imageOfPage(pages, number)
      if (image === undefined || (image.reduced && number > 0)) continue
      const key = `${image.width} ${image.height} ${image.pixelFormat} ${image.sampleType} ${image.bits} ${image.channels}`
      const group = groups.get(key)
      if (group !== undefined) group.numbers?.push(number)
      else groups.set(key, { image, numbers: count > mostCompared ? undefined : [number] })
    } catch (error) {
      failure ??= CoverslipError.from(error, 'UNREADABLE_IMAGE')
    }
  }
  if (groups.size === 0) throw failure ?? unreadable(pages.path, 'it has no image')
  return groups
}

/** Channels are the fastest axis of ImageJ's stacks, time the slowest. */
function placeOf(
  { t = 0, p = 0, c = 0, z: slice = 0 }: PlaneIndex,
  { sizes, channels }: { readonly sizes: ImageDataset['sizes']; readonly channels: number },
): { readonly plane: number; readonly channel: number } | undefined {
  const { t: times = 1, c: colors = 1, z: slices = 1 } = sizes
  const color = Math.floor(c / channels)
  if (t >= times || color >= colors || slice >= slices || p > 0) return undefined
  return { plane: (t * slices + slice) * colors + color, channel: c % channels }
}

function channelsOf(
  image: TiffImage,
  { count, name }: { readonly count: number; readonly name: string | undefined },
): ImageDataset['channels'] {
  if (count === 1) return name === undefined ? [] : [{ name }]
  if (image.channels === 3 && count === 3) return [...primaries]
  return Array.from({ length: count }, (_, i) => ({ name: `Channel ${i + 1}` }))
}

async function pixelSizeOf(
  { pages, first }: PlainFile,
  imagej: ImagejDescription | undefined,
): Promise<{ readonly pixelSizeUm?: number }> {
  const { entries } = first.directory
  const [perUnit] = await pages.directories.numbers(entries.get(resolutionTag), 1)
  const [unit = 2] = await pages.directories.numbers(entries.get(resolutionUnitTag), 1)
  if (perUnit === undefined || !Number.isFinite(perUnit) || perUnit <= 0) return {}
  if (imagej?.inMicrometres === true) return { pixelSizeUm: 1 / perUnit }
  // Inches are what programs for the press write; centimetres are meant.
  return unit === 3 ? { pixelSizeUm: 10_000 / perUnit } : {}
}

function metadataOf(
  description: string,
  imagej: ImagejDescription | undefined,
): Readonly<Record<string, unknown>> {
  const { coverslip, ...lines } = imagej?.lines ?? {}
  if (coverslip !== undefined) return { image: jsonOrText(coverslip), ...lines }
  if (imagej !== undefined) return lines
  return description === '' ? {} : { description: jsonOrText(description) }
}

const ownFrameSchema = z.object({
  detector: z.string().optional(),
  pixelFormat: pixelFormatSchema,
  significantBits: z.number().int().min(1).max(16),
  channel: z.string().optional(),
})

/** What our snaps say of themselves, where it fits the image. */
function ownFrame(
  { image: written }: Readonly<Record<string, unknown>>,
  image: TiffImage,
): z.infer<typeof ownFrameSchema> | undefined {
  const frame = ownFrameSchema.safeParse(written)
  if (!frame.success) return undefined
  const [said, is] = [planeLayout(frame.data.pixelFormat), planeLayout(image.pixelFormat)]
  const fits = said.bytesPerPixel === is.bytesPerPixel && frame.data.significantBits <= image.bits
  return fits ? frame.data : undefined
}
