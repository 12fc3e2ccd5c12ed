/** The images of an OME-Zarr, however they lie in it: one at the root, series (bioformats2raw), wells of a plate. */
import { join } from 'node:path'
import { omeOf, omePlateSchema, omeSeriesSchema, omeWellSchema } from './ome-schema.ts'
import { type OmeImage, readOmeImage } from './ome-image.ts'
import { unreadablePart } from './unreadable-part.ts'
import { findZarrNode, parsed, readZarrNode, type ZarrNode } from './zarr-metadata.ts'

/** Read at a time. */
const foldersAtOnce = 16
const maxImages = 20_000

/** One image of a dataset: a position, or a field of a well. */
export type FoundImage = {
  /** Of a well with its field, or as the image itself is called. */
  readonly position: string
  readonly image: OmeImage
}

/** @throws CoverslipError UNREADABLE_IMAGE naming file and reason */
export async function findImages(
  root: string,
  node: Pick<ZarrNode, 'attributes'>,
): Promise<readonly FoundImage[]> {
  const ome = omeOf(node.attributes)
  const says = (name: string) => typeof ome === 'object' && ome !== null && name in ome
  if (says('plate')) return plateImages(root, ome)
  if (says('bioformats2raw.layout')) return seriesImages(root)
  if (!says('multiscales'))
    throw unreadablePart(root, 'it has neither images nor a plate in its metadata (OME-Zarr 0.4 or 0.5)')
  const image = await readOmeImage(root, node, root)
  return [{ position: image.own?.position.name ?? image.name ?? '1', image }]
}

async function plateImages(root: string, ome: unknown): Promise<readonly FoundImage[]> {
  const { wells } = parsed(omePlateSchema, ome, root).plate
  let found = 0
  const fields = await eachOf(wells, async ({ path }) => {
    const { attributes } = await readZarrNode(join(root, path), root)
    const { images } = parsed(omeWellSchema, omeOf(attributes), join(root, path)).well
    // Before there is a list of them: a few small files can name any number.
    found += images.length
    refuseTooMany(root, found)
    return images.map((image) => ({
      path: `${path}/${image.path}`,
      well: path.replace('/', ''),
      of: images.length,
    }))
  })
  return readAll(root, fields.flat(), ({ path, well, of }) =>
    of === 1 ? well : `${well}_${path.split('/').at(-1)}`,
  )
}

async function seriesImages(root: string): Promise<readonly FoundImage[]> {
  return readAll(
    root,
    (await seriesOf(root)).map((path) => ({ path })),
    ({ path }) => path,
  )
}

/** As `OME` lists them; otherwise numbered from 0 without a gap. */
async function seriesOf(root: string): Promise<readonly string[]> {
  const node = await findZarrNode(join(root, 'OME'), root)
  const listed = omeSeriesSchema.safeParse(node === undefined ? undefined : omeOf(node.attributes))
  if (listed.success) return listed.data.series
  const found: string[] = []
  while (
    found.length <= maxImages &&
    (await findZarrNode(join(root, String(found.length)), root)) !== undefined
  )
    found.push(String(found.length))
  return found
}

/** @throws CoverslipError UNREADABLE_IMAGE */
function refuseTooMany(root: string, images: number): void {
  if (images > maxImages) throw unreadablePart(root, `it has more than ${maxImages} images`)
}

async function readAll<Place extends { readonly path: string }>(
  root: string,
  places: readonly Place[],
  otherwise: (place: Place) => string,
): Promise<readonly FoundImage[]> {
  refuseTooMany(root, places.length)
  return eachOf(places, async (place) => {
    const folder = join(root, place.path)
    const image = await readOmeImage(folder, await readZarrNode(folder, root), root)
    return { position: image.own?.position.name ?? otherwise(place), image }
  })
}

async function eachOf<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += foldersAtOnce)
    results.push(...(await Promise.all(items.slice(from, from + foldersAtOnce).map(work))))
  return results
}
