/** Datasets of a TIFF file with OME-XML: images of one size are the positions of one dataset. */
import { basename, dirname, join } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { ImageDataset, PlaneIndex } from '../../../src-shared/gallery.ts'
import { type OmeDescription, type OmeImage, omePlane } from './ome-description.ts'
import { primaries } from './primaries.ts'
import { imageOfPage, TiffDataset, type TiffPlace } from './tiff-dataset.ts'
import { TiffFiles } from './tiff-files.ts'
import { depthOfImage, type TiffImage } from './tiff-image.ts'
import { unreadable } from './unreadable.ts'

const mostDatasets = 100

/**
 * @param path of the file that the description is of.
 * @param text its beginning, which is shown of files of others.
 * @returns undefined when the description does not say where the planes are.
 * @throws CoverslipError UNREADABLE_IMAGE when no image of it can be shown.
 */
export async function omeTiffDatasets(
  path: string,
  { images, annotations, creator }: OmeDescription,
  text: string,
): Promise<readonly TiffDataset[] | undefined> {
  if (images.length === 0 || (images.length > 1 && images.some(({ places }) => places === undefined)))
    return undefined
  const isOurs = Object.keys(annotations).length > 0
  const metadata = isOurs ? annotations : { ...(creator === undefined ? {} : { creator }), 'OME-XML': text }
  const groups = [...Map.groupBy(images, ({ sizeX, sizeY, samples }) => `${sizeX} x ${sizeY} ${samples}`)]
  const opened: TiffDataset[] = []
  let failure: CoverslipError | undefined
  for (const [size, group] of groups.slice(0, mostDatasets)) {
    const name = groups.length === 1 ? basename(path) : (group[0]?.name ?? size)
    try {
      opened.push(await omeDataset(path, { name, images: group, metadata }))
    } catch (error) {
      failure ??= CoverslipError.from(error, 'UNREADABLE_IMAGE')
    }
  }
  if (failure !== undefined && opened.length === 0) throw failure
  return opened
}

type Group = {
  readonly name: string
  readonly images: readonly OmeImage[]
  readonly metadata: Readonly<Record<string, unknown>>
}

async function omeDataset(path: string, { name, images, metadata }: Group): Promise<TiffDataset> {
  const files = new TiffFiles()
  try {
    const [first] = images
    const place = first && (await firstPlace(path, images))
    const page = place && (await files.use(place.path, (pages) => imageOfPage(pages, place.page)))
    if (first === undefined || page === undefined) throw unreadable(path, `${name} has no image in it`)
    const samples = page.channels
    const most = (size: (image: OmeImage) => number) => Math.max(...images.map(size))
    // Written without a table of planes: until it is completed, our own files have as many as there are.
    const count = first.places === undefined ? () => files.use(path, (pages) => pages.count()) : undefined
    const describe = async () => {
      const inner = first.sizeC * first.sizeZ
      const there = count === undefined ? undefined : await count()
      const t = there === undefined ? most(({ sizeT }) => sizeT) : Math.max(1, Math.ceil(there / inner))
      const planes = there ?? images.reduce((sum, { places }) => sum + (places?.count() ?? 0), 0)
      return {
        ...describeOme(name, { image: first, page }),
        sizes: sizesOf({
          t,
          p: images.length,
          c: most(({ sizeC }) => sizeC) * samples,
          z: most(({ sizeZ }) => sizeZ),
        }),
        positions: images.length === 1 ? [] : images.map((image) => image.name),
        planes: planes * samples,
      }
    }
    const find = (index: PlaneIndex) => Promise.resolve(findPlane(path, { images, samples }, index))
    return new TiffDataset({ files, metadata, describe, find })
  } catch (error) {
    await files.close()
    throw error
  }
}

/** Of the first image that has one. */
async function firstPlace(path: string, images: readonly OmeImage[]): Promise<TiffPlace | undefined> {
  for (const image of images) {
    if (image.places === undefined) return { path, page: 0, channel: 0 }
    const planes = image.sizeC * image.sizeZ * image.sizeT
    for (let plane = 0; plane < planes; plane++) {
      const found = image.places.find(plane)
      if (found !== undefined) return { path: pathOf(path, found.file), page: found.directory, channel: 0 }
    }
  }
  return undefined
}

function findPlane(
  path: string,
  { images, samples }: { readonly images: readonly OmeImage[]; readonly samples: number },
  { t = 0, p = 0, c = 0, z = 0 }: PlaneIndex,
): TiffPlace | undefined {
  const image = images[p]
  const channel = c % samples
  const omeC = Math.floor(c / samples)
  if (image === undefined || omeC >= image.sizeC || z >= image.sizeZ) return undefined
  if (image.places === undefined) return { path, page: omePlane({ ...image }, { t, c: omeC, z }), channel }
  if (t >= image.sizeT) return undefined
  const found = image.places.find(omePlane(image, { t, c: omeC, z }))
  return found && { path: pathOf(path, found.file), page: found.directory, channel }
}

/** Files that a description names lie beside it, whatever folder it names. */
function pathOf(path: string, file: string | undefined): string {
  return file === undefined ? path : join(dirname(path), basename(file.replaceAll('\\', '/')))
}

function describeOme(
  name: string,
  { image, page }: { readonly image: OmeImage; readonly page: TiffImage },
): Pick<ImageDataset, 'name' | 'format' | 'width' | 'height' | 'pixelFormat' | 'channels'> &
  Partial<ImageDataset> {
  const { pixelSizeUm, zStepUm, timeStepS } = image
  const { significantBits: bits, sampleType } = depthOfImage(page)
  return {
    name,
    format: 'OME-TIFF',
    width: page.width,
    height: page.height,
    pixelFormat: page.pixelFormat,
    ...(bits === undefined
      ? { sampleType }
      : { significantBits: Math.min(bits, image.significantBits ?? bits) }),
    ...(pixelSizeUm === undefined ? {} : { pixelSizeUm }),
    ...(zStepUm === undefined ? {} : { zStepUm }),
    ...(timeStepS === undefined ? {} : { timeStepS }),
    channels: channelsOf(image, page.channels),
  }
}

function channelsOf({ channels }: OmeImage, samples: number): ImageDataset['channels'] {
  if (samples === 1) return channels.map(({ name, color }) => ({ name, ...(color && { color }) }))
  return channels.flatMap(({ name }) =>
    Array.from({ length: samples }, (_, i) => ({
      ...(samples === 3 ? primaries[i] : {}),
      name: `${name} ${samples === 3 ? (primaries[i]?.name ?? i) : i + 1}`,
    })),
  )
}

function sizesOf(all: Readonly<Record<'t' | 'p' | 'c' | 'z', number>>): ImageDataset['sizes'] {
  return Object.fromEntries(Object.entries(all).filter(([, length]) => length > 1))
}
