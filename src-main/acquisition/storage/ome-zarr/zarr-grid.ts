/**
 * How the planes of an image are cut into chunks and shards (Zarr v3). Arrays always have the axes t, c, z, y, x.
 *
 * - A *chunk* is a plane, or, of planes beyond `maxChunkBytes`, a band of its rows: always one piece of a frame's memory.
 *   A colour plane is one chunk over the three channels, whose samples stay interleaved (`transpose` codec).
 * - A *shard* is a file of many planes that follow each other in time, so that one file grows at a time.
 */
import { imageBytes, pixelLayout } from '../../../../src-shared/frames/pixel-format.ts'
import type { DatasetAxis, DatasetLayout } from '../dataset-writer.ts'

/** Axes along which planes lie, in the order of the arrays. */
export const planeAxes = ['t', 'c', 'z'] as const
export type PlaneAxis = (typeof planeAxes)[number]

/** Number of a plane along each axis; channels are those of the plan, so colour images count as one. */
export type PlanePlace = Readonly<Record<PlaneAxis, number>>

export type ZarrGrid = {
  readonly width: number
  readonly height: number
  readonly bytesPerSample: 1 | 2
  /** 3: red, green and blue, interleaved. */
  readonly samples: 1 | 3
  /** Rows of a chunk. */
  readonly bandRows: number
  /** Planes of a shard along each axis. */
  readonly shardPlanes: PlanePlace
}

/** Larger planes are cut, so that a part of them can be read. */
const maxChunkBytes = 16 * 1024 * 1024
/** Files of this size are quick to copy, and few. */
const shardBytes = 128 * 1024 * 1024
/** Of a shard: its index (16 bytes each) is read as a whole. */
const maxShardChunks = 8192
/** Positions that may be visited in turn while the shard of each of them is open. */
const maxShardsAtOnce = 32

/** The grid of a dataset's images, or of a copy of another size. */
export function zarrGrid(
  { image, axes, positions }: Pick<DatasetLayout, 'image' | 'axes' | 'positions'>,
  size: { readonly width: number; readonly height: number } = image,
): ZarrGrid {
  const { channels, bytesPerSample } = pixelLayout(image.pixelFormat)
  const { width, height } = size
  const planeBytes = imageBytes(image.pixelFormat, width, height)
  const bandRows = rowsOfBands(height, Math.ceil(planeBytes / maxChunkBytes))
  const bands = Math.ceil(height / bandRows)
  const planes = Math.max(
    1,
    Math.min(Math.floor(shardBytes / planeBytes), Math.floor(maxShardChunks / bands)),
  )
  return {
    width,
    height,
    bytesPerSample,
    samples: channels,
    bandRows,
    shardPlanes: planesOfShards(axes, { planes, positions: positions.length }),
  }
}

/** Equal bands where that takes a few more of them at most; otherwise the last one is filled up with zeros. */
function rowsOfBands(height: number, fewest: number): number {
  const bands = Math.min(fewest, height)
  for (let equal = bands; equal < 2 * bands; equal++) if (height % equal === 0) return height / equal
  return Math.ceil(height / bands)
}

/** Fills a shard along the fastest axis, then the next; across positions only when there are few. */
function planesOfShards(
  axes: DatasetLayout['axes'],
  { planes, positions }: { readonly planes: number; readonly positions: number },
): PlanePlace {
  const shard: Record<PlaneAxis, number> = { t: 1, c: 1, z: 1 }
  let room = planes
  for (const { axis, length = Number.POSITIVE_INFINITY } of axes.toReversed()) {
    if (isPosition(axis)) {
      if (positions > maxShardsAtOnce) break
      continue
    }
    const shards = Math.ceil(length / Math.max(1, Math.floor(room)))
    shard[axis] = Number.isFinite(length)
      ? Math.max(1, Math.ceil(length / Math.max(1, shards)))
      : Math.max(1, room)
    if (shards > 1 || !Number.isFinite(length)) break
    room = Math.floor(room / Math.max(1, length))
  }
  return shard
}

function isPosition(axis: DatasetAxis): axis is 'p' {
  return axis === 'p'
}

/** Chunks of a plane. */
export function bandsOf({ height, bandRows }: ZarrGrid): number {
  return Math.ceil(height / bandRows)
}

/** Chunks of a shard. */
export function chunksOfShard(grid: ZarrGrid): number {
  const { t, c, z } = grid.shardPlanes
  return t * c * z * bandsOf(grid)
}

/** Where a plane lies: its shard's file below the array's folder, and the number of its first chunk there. */
export function shardOf(grid: ZarrGrid, plane: PlanePlace): { readonly key: string; readonly chunk: number } {
  const { shardPlanes } = grid
  const shard = (axis: PlaneAxis) => Math.floor(plane[axis] / shardPlanes[axis])
  const within = (axis: PlaneAxis) => plane[axis] % shardPlanes[axis]
  const number = (within('t') * shardPlanes.c + within('c')) * shardPlanes.z + within('z')
  return { key: `c/${shard('t')}/${shard('c')}/${shard('z')}/0/0`, chunk: number * bandsOf(grid) }
}
