/**
 * Smaller copies of the images of a dataset that we wrote: each level is the mean of 2 x 2 pixels of the one before, down to
 * `smallestSide`. All levels of an image are made in one pass over its planes, in the order in which they lie in the files;
 * they are named in the image's metadata when all of them are complete.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { imageBytes, type PixelLayout, pixelLayout } from '../../../../src-shared/frames/pixel-format.ts'
import { type ImageShape, Kernels } from '../../../../src-shared/kernels/kernels.ts'
import { reducedLength, reducedMosaicLength } from '../../../../src-shared/kernels/reduction.ts'
import { type FoundImage, findImages } from '../../reading/ome-zarr/find-images.ts'
import { omeOf } from '../../reading/ome-zarr/ome-schema.ts'
import { type OwnDataset, ownDataset } from '../../reading/ome-zarr/own-attributes.ts'
import { readPlane } from '../../reading/ome-zarr/read-plane.ts'
import { unreadablePart } from '../../reading/ome-zarr/unreadable-part.ts'
import { ZarrArrayReader } from '../../reading/ome-zarr/zarr-array-reader.ts'
import { parsed, readZarrNode } from '../../reading/ome-zarr/zarr-metadata.ts'
import { makeFolders } from './make-folders.ts'
import { levelAttributes } from './ome-image-attributes.ts'
import { OpenShards } from './open-shards.ts'
import { ZarrArrayWriter } from './zarr-array-writer.ts'
import { type PlaneAxis, type PlanePlace, zarrGrid } from './zarr-grid.ts'
import { arrayJson, groupJson, writeZarrJson } from './zarr-json.ts'

/** An image of this size is quick to load whatever shows it. */
const smallestSide = 256

type Size = { readonly width: number; readonly height: number }

/** Sizes of the smaller copies, the largest first. */
export function pyramidSizes({ width, height }: Size, kind: PixelLayout['kind']): readonly Size[] {
  const sizes: Size[] = []
  const half = (side: number) => (kind === 'bayer' ? reducedMosaicLength(side, 2) : reducedLength(side, 2))
  for (let [w, h] = [width, height]; Math.max(w, h) > smallestSide; ) {
    ;[w, h] = [half(w), half(h)]
    sizes.push({ width: w, height: h })
  }
  return sizes
}

/**
 * Makes what is missing. What was begun and not completed before is made anew; an image that has its levels is left alone.
 * @param rest waited for before each plane: until the disk is free
 * @throws CoverslipError UNREADABLE_IMAGE or DATA_FOLDER; images that were complete before stay so
 */
export async function makePyramid(
  root: string,
  { rest }: { readonly rest: () => Promise<void> },
): Promise<void> {
  const node = await readZarrNode(root)
  const own = ownDataset(node.attributes)
  if (own === undefined) throw unreadablePart(root, 'it was not written by Coverslip')
  if (own.state === 'growing') throw unreadablePart(root, 'it has not been completed')
  let made = 0
  for (const found of await findImages(root, node)) {
    const sizes = pyramidSizes(sizeOf(found), pixelLayout(own.image.pixelFormat).kind)
    if (found.image.levels.length > 1 || sizes.length === 0) continue
    await makeLevels(found, { own, sizes, rest })
    made += 1
  }
  // Who has read it before looks at the root for what has changed.
  if (made > 0) await writeZarrJson(root, groupJson((await readZarrNode(root)).attributes))
}

type Job = {
  readonly own: OwnDataset
  readonly sizes: readonly Size[]
  readonly rest: () => Promise<void>
}

async function makeLevels({ image }: FoundImage, { own, sizes, rest }: Job): Promise<void> {
  const { pixelFormat } = own.image
  const { compression } = own.storage
  const samples = pixelLayout(pixelFormat).channels
  const [t = 0, c = 0, planes = 0] = image.first.shape
  const lengths = { t, c: c / samples, z: planes }
  const axes = own.axes.flatMap(({ axis }) => (axis === 'p' ? [] : [{ axis, length: lengths[axis] }]))
  const shards = new OpenShards()
  const levels = await Promise.all(
    sizes.map(async (size, number) => {
      const folder = join(image.folder, String(number + 1))
      // What an interruption has left.
      await rm(folder, { recursive: true, force: true })
      await makeFolders(folder, image.folder)
      const grid = zarrGrid({ image: { ...own.image, ...size }, axes, positions: [] })
      const writer = new ZarrArrayWriter({ folder, grid, compression, shards, direct: false })
      return { folder, grid, writer }
    }),
  )
  const reader = new ZarrArrayReader(image.first)
  const whole = sizeOf({ image })
  const kernels = new Kernels(imageBytes(pixelFormat, whole.width, whole.height))
  for (const plane of planesInOrder(axes)) {
    await rest()
    const { pixels, isEmpty } = await readPlane(reader, {
      at: [plane.t, plane.c * samples, plane.z, 0, 0],
      y: image.axes.y,
      x: image.axes.x,
      ...(samples === 3 ? { samples: { axis: 1, from: plane.c * samples } } : {}),
    })
    if (isEmpty) continue
    kernels.input.set(pixels)
    let shape: ImageShape = { ...whole, layout: pixelLayout(pixelFormat) }
    for (const { writer } of levels) {
      shape = kernels.reduce(shape, { step: 2, reduction: 'average' })
      const bytes = imageBytes(pixelFormat, shape.width, shape.height)
      const encoded = await writer.encode(kernels.input.slice(0, bytes))
      await (await writer.append(plane, encoded)).written
    }
  }
  await shards.close()
  for (const { folder, grid } of levels)
    await writeZarrJson(folder, arrayJson(grid, { lengths, compression }))
  await nameLevels(image.folder, sizes.length)
}

/** Adds the levels to the image's metadata, of which everything else stays. */
async function nameLevels(folder: string, count: number): Promise<void> {
  const { attributes } = await readZarrNode(folder)
  const { multiscales, ...ome } = parsed(levelsSchema, omeOf(attributes), folder)
  const named = multiscales.map((multiscale) => {
    const [first] = multiscale.datasets
    const [{ scale }] = first.coordinateTransformations
    const smaller = Array.from({ length: count }, (_, level) => levelAttributes(level + 1, scale))
    return { ...multiscale, datasets: [first, ...smaller] }
  })
  await writeZarrJson(folder, groupJson({ ...attributes, ome: { ...ome, multiscales: named } }))
}

const levelsSchema = z.looseObject({
  multiscales: z.array(
    z.looseObject({
      datasets: z.tuple([
        z.looseObject({
          coordinateTransformations: z.tuple([
            z.object({ type: z.literal('scale'), scale: z.array(z.number()) }),
          ]),
        }),
      ]),
    }),
  ),
})

/** The last axis fastest. */
function* planesInOrder(
  axes: readonly { readonly axis: PlaneAxis; readonly length: number }[],
): Iterable<PlanePlace> {
  const count = axes.reduce((product, { length }) => product * length, 1)
  for (let number = 0; number < count; number++) {
    const place = { t: 0, c: 0, z: 0 }
    let rest = number
    for (const { axis, length } of axes.toReversed()) {
      place[axis] = rest % length
      rest = Math.floor(rest / length)
    }
    yield place
  }
}

function sizeOf({ image: { first, axes } }: Pick<FoundImage, 'image'>): Size {
  return { width: first.shape[axes.x] ?? 0, height: first.shape[axes.y] ?? 0 }
}
