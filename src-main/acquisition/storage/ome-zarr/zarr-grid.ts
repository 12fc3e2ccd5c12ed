/**
 * How the planes of an image are cut into chunks and shards (Zarr v3). Arrays always have the axes t, c, z, y, x.
 *
 * - A *chunk* is a plane, or, of planes beyond `maxChunkBytes`, a band of its rows: always one piece of a frame's memory.
 *   A colour plane is one chunk over the three channels, whose samples stay interleaved (`transpose` codec).
 * - A *shard* is a file of many planes that follow each other in time, so that one file grows at a time.
 */
import { imageBytes, pixelLayout } from '../../../../src-shared/frames/pixel-format.ts'
import type { DatasetLayout } from '../dataset-writer.ts'

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

type GridLimits = {
  /** Larger planes are cut, so that a part of them can be read. */
  readonly chunkBytes: number
  /** Files of this size are quick to copy, and few. */
  readonly shardBytes: number
  /** Of a shard: its index (16 bytes each) is read as a whole. */
  readonly shardChunks: number
  /** Positions that may be visited in turn while the shard of each of them is open. */
  readonly openShards: number
}

const defaultGridLimits: GridLimits = {
  chunkBytes: 16 * 1024 * 1024,
  shardBytes: 128 * 1024 * 1024,
  shardChunks: 8192,
  openShards: 32,
}

/** The grid of a dataset's images, or of copies of another size. */
export function zarrGrid(
  { image, axes, positions }: Pick<DatasetLayout, 'image' | 'axes' | 'positions'>,
  options: {
    readonly size?: { readonly width: number; readonly height: number }
    readonly limits?: GridLimits
  } = {},
): ZarrGrid {
  const { size = image, limits = defaultGridLimits } = options
  const { channels, bytesPerSample } = pixelLayout(image.pixelFormat)
  const { width, height } = size
  const planeBytes = imageBytes(image.pixelFormat, width, height)
  const bandRows = rowsOfBands(height, Math.ceil(planeBytes / limits.chunkBytes))
  const bands = Math.ceil(height / bandRows)
  const planes = Math.min(Math.floor(limits.shardBytes / planeBytes), Math.floor(limits.shardChunks / bands))
  return {
    width,
    height,
    bytesPerSample,
    samples: channels,
    bandRows,
    shardPlanes: planesOfShards(axes, {
      planes: Math.max(1, planes),
      across: positions.length <= limits.openShards,
    }),
  }
}

/** Equal bands where that takes a few more of them at most; otherwise the last one is filled up with zeros. */
function rowsOfBands(height: number, fewest: number): number {
  const bands = Math.min(fewest, height)
  for (let equal = bands; equal < 2 * bands; equal++) if (height % equal === 0) return height / equal
  return Math.ceil(height / bands)
}

/** Fills a shard along the fastest axis, then the next; across positions only where that is asked for. */
function planesOfShards(
  axes: DatasetLayout['axes'],
  { planes, across }: { readonly planes: number; readonly across: boolean },
): PlanePlace {
  const shard: Record<PlaneAxis, number> = { t: 1, c: 1, z: 1 }
  let room = planes
  for (const { axis, length } of axes.toReversed()) {
    if (axis === 'p' && across) continue
    if (axis === 'p' || room < 1) break
    if (length === undefined || length > room) {
      // Shards of the same length rather than a short one at the end.
      shard[axis] = length === undefined ? room : Math.ceil(length / Math.ceil(length / room))
      break
    }
    shard[axis] = Math.max(1, length)
    room = Math.floor(room / shard[axis])
  }
  return shard
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
