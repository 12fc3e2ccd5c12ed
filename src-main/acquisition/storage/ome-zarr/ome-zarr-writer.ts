/**
 * OME-Zarr 0.5 (Zarr v3): `<name>.ome.zarr`, a folder. Planes go into shards in the order in which they come; a shard is
 * readable when it has its index. Metadata of what there is are written every few seconds, and completed by `close`.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { StorageOptions } from '../../../../src-shared/acquisition/storage-options.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { writeFailure } from '../append-file.ts'
import { type DatasetLayout, type DatasetWriter, isLarge, type StoredFrame } from '../dataset-writer.ts'
import { type DatasetFacts, firstLevel, writeDatasetMetadata } from './dataset-metadata.ts'
import { FramesSummary, placeOf } from './frames-summary.ts'
import { makeFolders } from './make-folders.ts'
import { measureWindows } from './measure-windows.ts'
import { imagePaths } from './ome-image-paths.ts'
import { omeZarrPath } from './ome-zarr-path.ts'
import { OpenShards } from './open-shards.ts'
import { ZarrArrayWriter } from './zarr-array-writer.ts'
import { planeAxes, zarrGrid } from './zarr-grid.ts'

type ZarrOptions = Extract<StorageOptions, { format: 'ome-zarr' }>

/** Between two writings of the metadata of what there is, ms. */
const metadataEveryMs = 3000
/** With more images their metadata are written at the end only. */
const maxImagesWhileGrowing = 16

/** Begins `<name>.ome.zarr` in `folder`, with all its metadata. @throws CoverslipError DATA_FOLDER */
export async function openOmeZarr(
  folder: string,
  layout: DatasetLayout,
  { compression }: Pick<ZarrOptions, 'compression'>,
): Promise<DatasetWriter> {
  const root = omeZarrPath(folder, layout.name)
  try {
    await mkdir(root)
  } catch (error) {
    throw writeFailure(root, error)
  }
  const facts = { layout, grid: zarrGrid(layout), compression, summary: new FramesSummary(layout) }
  await writeDatasetMetadata(root, { ...facts, state: 'growing' })
  return new OmeZarrWriter(root, facts)
}

type Placed = { readonly written: Promise<void> }
type Facts = Omit<DatasetFacts, 'state' | 'windows'>

class OmeZarrWriter implements DatasetWriter {
  readonly #root: string
  readonly #facts: Facts
  readonly #shards = new OpenShards()
  readonly #paths: readonly string[]
  /** By position. */
  readonly #arrays = new Map<number, ZarrArrayWriter>()
  /** Positions whose image has its folder. */
  readonly #begun = new Set<number>()
  readonly #pending = new Set<Promise<void>>()
  /** Frames are given their places one after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  #told = { at: performance.now(), shards: 0, images: 0 }
  #telling: Promise<void> = Promise.resolve()
  #failure: CoverslipError | undefined
  #closing: Promise<void> | undefined

  constructor(root: string, facts: Facts) {
    this.#root = root
    this.#facts = facts
    this.#paths = imagePaths(facts.layout)
  }

  async write(frame: StoredFrame): Promise<void> {
    refuseOutside(this.#facts.layout, frame)
    const encoded = this.#array(frame.index.p ?? 0).encode(frame.pixels)
    // Told by the turn.
    encoded.catch(() => undefined)
    const placed = this.#turn.then(async () => this.#place(frame, await encoded))
    this.#turn = placed.catch(() => undefined)
    const kept = this.#keep(frame, placed)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => this.#pending.delete(kept))
    this.#pending.add(kept)
    await kept
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #keep(frame: StoredFrame, placed: Promise<Placed>): Promise<void> {
    await (await placed).written
    this.#facts.summary.add(frame)
    this.#tell()
  }

  async #place(frame: StoredFrame, encoded: Awaited<ReturnType<ZarrArrayWriter['encode']>>): Promise<Placed> {
    if (this.#failure !== undefined) throw this.#failure
    const position = frame.index.p ?? 0
    await this.#beginImage(position)
    return this.#array(position).append(placeOf(frame.index), encoded)
  }

  #array(position: number): ZarrArrayWriter {
    const known = this.#arrays.get(position)
    if (known !== undefined) return known
    const { grid, compression } = this.#facts
    const array = new ZarrArrayWriter({
      folder: join(this.#root, this.#paths[position] ?? '', firstLevel),
      grid,
      compression,
      shards: this.#shards,
      direct: isLarge(this.#facts.layout),
    })
    this.#arrays.set(position, array)
    return array
  }

  async #beginImage(position: number): Promise<void> {
    if (this.#begun.has(position)) return
    await makeFolders(join(this.#root, this.#paths[position] ?? '', firstLevel), this.#root)
    this.#begun.add(position)
  }

  /** Lets readers know of shards that are complete and of images that have begun. */
  #tell(): void {
    const now = performance.now()
    if (now - this.#told.at < metadataEveryMs || this.#paths.length > maxImagesWhileGrowing) return
    const shards = this.#shards.completed
    const images = this.#facts.summary.planes.images.size
    if (shards === this.#told.shards && images === this.#told.images) return
    this.#told = { at: now, shards, images }
    this.#telling = this.#telling
      .then(() => writeDatasetMetadata(this.#root, { ...this.#facts, state: 'growing' }))
      .catch((error: unknown) => this.#fail(error))
    // Told by the next frame.
    this.#telling.catch(() => undefined)
  }

  /** Ends the writer. @throws CoverslipError the first failure */
  #fail(error: unknown): never {
    this.#failure ??= CoverslipError.from(error, 'DATA_FOLDER')
    throw this.#failure
  }

  /** Whatever fails, the rest is completed. @throws CoverslipError also when what was written cannot be read again */
  async #close(): Promise<void> {
    await Promise.allSettled([...this.#pending, this.#telling])
    try {
      await this.#shards.close().catch((error: unknown) => this.#fail(error))
    } finally {
      const isWhole = this.#failure === undefined
      const measured = isWhole ? await measureWindows(this.#root, this.#facts) : undefined
      const state = isWhole ? 'complete' : 'interrupted'
      await writeDatasetMetadata(this.#root, { ...this.#facts, state, windows: measured?.windows ?? [] })
      this.#failure ??= measured?.unreadable[0]
    }
    if (this.#failure !== undefined) throw this.#failure
  }
}

/** Images beyond the plan would take the places of others. @throws CoverslipError INTERNAL */
function refuseOutside({ axes, positions }: DatasetLayout, { index }: StoredFrame): void {
  const lengthOf = (axis: (typeof planeAxes)[number]) => {
    const planned = axes.find((one) => one.axis === axis)
    return planned === undefined ? 1 : (planned.length ?? Number.POSITIVE_INFINITY)
  }
  const isInside =
    planeAxes.every((axis) => (index[axis] ?? 0) < lengthOf(axis)) &&
    (index.p ?? 0) < Math.max(1, positions.length)
  if (isInside) return
  throw new CoverslipError('INTERNAL', `The plan has no image ${JSON.stringify(index)}`)
}
