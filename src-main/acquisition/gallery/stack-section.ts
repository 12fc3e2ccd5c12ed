/** Cuts through a stack across its planes: one row or column of each. */
import { planeLayout } from '../../../src-shared/frames/plane-format.ts'
import type { ImageDataset, PlaneIndex, SectionCut } from '../../../src-shared/gallery.ts'
import type { DatasetReader, ImagePlane } from '../reading/dataset-reader.ts'

/** Where a stack is cut, and which part of the cut is wanted. */
export type SectionOptions = {
  /** Its `z` does not count. */
  readonly index: PlaneIndex
  readonly level: number
  readonly cut: SectionCut
  /** Row of an `xz` cut, column of a `yz` cut; pixels of the level. */
  readonly at: number
  /** Which planes of the stack. */
  readonly z: { readonly from: number; readonly count: number }
  readonly signal: AbortSignal
}

/**
 * A picture with a row for each plane of a stack: that row of the plane, or that column lying down. Of planes that are not
 * there (yet) it is 0, or NaN of real numbers. Mosaics become grey: the mean of the four pixels of each block of 2 × 2. One plane
 * is in memory at a time, or, where the format allows it, one row of it.
 * @returns undefined when the cut lies beside the stack
 * @throws as `readPlane`; the signal's reason once it is aborted
 */
export async function stackSection(
  reader: Pick<DatasetReader, 'describe' | 'readPlane' | 'readRows'>,
  { index, level, cut, at, z, signal }: SectionOptions,
): Promise<ImagePlane | undefined> {
  const dataset = await reader.describe()
  const size = dataset.levels[level]
  const count = Math.min(z.count, (dataset.sizes.z ?? 1) - z.from)
  if (size === undefined || count < 1 || at >= (cut === 'xz' ? size.height : size.width)) return undefined
  let section: Section | undefined
  for (let row = 0; row < count; row++) {
    signal.throwIfAborted()
    const place = { ...index, z: z.from + row }
    const line =
      cut === 'xz'
        ? await rowOf(reader, { index: place, level, at, height: size.height })
        : columnOf(await reader.readPlane(place, level), at)
    if (line === undefined) continue
    section ??= emptySection(line, count)
    section.plane.pixels.set(line.pixels, row * section.rowBytes)
  }
  return (section ?? emptySection(emptyLine(dataset, cut === 'xz' ? size.width : size.height), count)).plane
}

type Section = { readonly plane: ImagePlane; readonly rowBytes: number }

function emptySection(line: ImagePlane, rows: number): Section {
  const rowBytes = line.pixels.length
  const pixels = new Uint8Array(rows * rowBytes)
  if (line.pixelFormat === 'Float32') new Float32Array(pixels.buffer).fill(Number.NaN)
  return { plane: { ...line, height: rows, pixels }, rowBytes }
}

/** As long as one of the planes of which none is there. */
function emptyLine({ pixelFormat, significantBits = 32 }: ImageDataset, length: number): ImagePlane {
  const { bytesPerPixel, bytesPerSample, pattern } = planeLayout(pixelFormat)
  const shown = pattern === undefined ? pixelFormat : bytesPerSample === 2 ? 'Mono16' : 'Mono8'
  const pixels = new Uint8Array(length * bytesPerPixel)
  return { width: length, height: 1, pixelFormat: shown, significantBits, pixels }
}

type Row = {
  readonly index: PlaneIndex
  readonly level: number
  readonly at: number
  /** Of the plane. */
  readonly height: number
}

async function rowOf(
  reader: Pick<DatasetReader, 'readPlane' | 'readRows'>,
  { index, level, at, height }: Row,
): Promise<ImagePlane | undefined> {
  // Of a mosaic both rows of its pattern are needed.
  const top = at - (at % 2)
  const rows = { top, count: Math.min(2, height - top) }
  const plane =
    reader.readRows === undefined
      ? await reader.readPlane(index, level)
      : await reader.readRows(index, level, rows)
  if (plane === undefined) return undefined
  const y = reader.readRows === undefined ? at : at - top
  const { bytesPerPixel, pattern } = planeLayout(plane.pixelFormat)
  if (pattern !== undefined) return greyLine(plane, plane.width, (x) => ({ x, y }))
  const rowBytes = plane.width * bytesPerPixel
  return { ...plane, height: 1, pixels: plane.pixels.subarray(y * rowBytes, (y + 1) * rowBytes) }
}

function columnOf(plane: ImagePlane | undefined, x: number): ImagePlane | undefined {
  if (plane === undefined) return undefined
  const { width, height, pixels, pixelFormat } = plane
  const { bytesPerPixel, pattern } = planeLayout(pixelFormat)
  if (pattern !== undefined) return greyLine(plane, height, (y) => ({ x, y }))
  const column = new Uint8Array(height * bytesPerPixel)
  for (let y = 0; y < height; y++) {
    const from = (y * width + x) * bytesPerPixel
    for (let byte = 0; byte < bytesPerPixel; byte++)
      column[y * bytesPerPixel + byte] = pixels[from + byte] ?? 0
  }
  return { ...plane, width: height, height: 1, pixels: column }
}

/** `length` grey values of a mosaic, each the mean of the block of 2 × 2 in which the pixel lies. */
function greyLine(
  { width, height, pixels, pixelFormat, significantBits }: ImagePlane,
  length: number,
  pixelAt: (i: number) => { readonly x: number; readonly y: number },
): ImagePlane {
  const wide = planeLayout(pixelFormat).bytesPerSample === 2
  const samples = wide ? new Uint16Array(pixels.buffer, pixels.byteOffset, pixels.length / 2) : pixels
  const line = wide ? new Uint16Array(length) : new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const { x, y } = pixelAt(i)
    let sum = 0
    // At an odd edge the last row or column stands for the one that is missing.
    for (const row of [y - (y % 2), y - (y % 2) + 1])
      for (const column of [x - (x % 2), x - (x % 2) + 1])
        sum += samples[Math.min(row, height - 1) * width + Math.min(column, width - 1)] ?? 0
    line[i] = Math.round(sum / 4)
  }
  return {
    width: length,
    height: 1,
    pixelFormat: wide ? 'Mono16' : 'Mono8',
    significantBits,
    pixels: new Uint8Array(line.buffer),
  }
}
