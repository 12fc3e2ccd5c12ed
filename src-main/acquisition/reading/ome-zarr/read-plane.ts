/** One plane of an array, put together from its chunks. */
import type { RowRange } from '../dataset-reader.ts'
import type { ZarrArrayReader } from './zarr-array-reader.ts'
import type { DecodedChunk } from './chunk-decoder.ts'
import { isRealSample, realPixels } from '../sample-type.ts'
import { unreadablePart } from './unreadable-part.ts'
import type { ZarrArray } from './zarr-metadata.ts'

/** Chunks read at a time: their memory is bounded. */
const chunksAtOnce = 4
/** In a plane: a file or a part of one for each. */
const mostChunks = 2 ** 18

type PlaneSelection = {
  /** Place along every axis; those of y, x and of the samples are not looked at. */
  readonly at: readonly number[]
  /** Numbers of the axes of the plane. */
  readonly y: number
  readonly x: number
  /** Axis whose planes are the three interleaved samples of colour pixels, and the place of the first. */
  readonly samples?: { readonly axis: number; readonly from: number } | undefined
  /** Of y; absent: all. Chunks without any of them are not read. */
  readonly rows?: RowRange | undefined
}

type PlanePixels = {
  readonly pixels: Uint8Array<ArrayBuffer>
  /** A chunk of the plane that is not there, if one is not. */
  readonly missing: readonly number[] | undefined
  /** No chunk of the plane is there. */
  readonly isEmpty: boolean
}

/**
 * Reads a plane, or some rows of it: rows without padding, little endian, colours interleaved; all but uint8 and uint16 as `Float32`.
 * @throws CoverslipError UNREADABLE_IMAGE naming the file; RangeError when there is not enough memory.
 */
export async function readPlane(reader: ZarrArrayReader, selection: PlaneSelection): Promise<PlanePixels> {
  const { array } = reader
  const target = new PlaneTarget(array, selection)
  let missing: readonly number[] | undefined
  let there = 0
  const chunks = chunksAlong(array, selection.y) * chunksAlong(array, selection.x)
  if (chunks > mostChunks) throw unreadablePart(array.folder, `a plane of it is cut into ${chunks} chunks`)
  const places = chunksOf(array, selection)
  const take = async () => {
    for (const place of places) {
      const chunk = await reader.readChunk(place)
      if (chunk === undefined) missing = place
      else {
        there += 1
        target.put(place, chunk)
      }
    }
  }
  await Promise.all(Array.from({ length: chunksAtOnce }, take))
  return { pixels: target.pixels, missing, isEmpty: there === 0 }
}

function chunksAlong({ shape, chunkShape }: ZarrArray, axis: number): number {
  return Math.ceil((shape[axis] ?? 0) / (chunkShape[axis] ?? 1))
}

function rowsOf({ shape }: ZarrArray, { y, rows }: PlaneSelection): RowRange {
  return rows ?? { top: 0, count: shape[y] ?? 0 }
}

/** Places of the chunks in which the plane lies. */
function* chunksOf(array: ZarrArray, selection: PlaneSelection): Generator<readonly number[]> {
  const { chunkShape } = array
  const { at, y, x, samples } = selection
  const chunkOf = (place: number, axis: number) => Math.floor(place / (chunkShape[axis] ?? 1))
  const base = at.map(chunkOf)
  const sampleChunks =
    samples === undefined
      ? [0]
      : [...new Set([0, 1, 2].map((sample) => chunkOf(samples.from + sample, samples.axis)))]
  const { top, count } = rowsOf(array, selection)
  for (const sample of sampleChunks)
    for (let row = chunkOf(top, y); row <= chunkOf(top + count - 1, y); row++)
      for (let column = 0; column < chunksAlong(array, x); column++)
        yield base.map((place, axis) =>
          axis === y ? row : axis === x ? column : axis === samples?.axis ? sample : place,
        )
}

class PlaneTarget {
  readonly pixels: Uint8Array<ArrayBuffer>
  readonly #array: ZarrArray
  readonly #selection: PlaneSelection
  readonly #samples: number
  readonly #words: Words

  constructor(array: ZarrArray, selection: PlaneSelection) {
    this.#array = array
    this.#selection = selection
    this.#samples = selection.samples === undefined ? 1 : 3
    const { count } = rowsOf(array, selection)
    const words = newWords((array.shape[selection.x] ?? 0) * count * this.#samples, array)
    this.pixels = new Uint8Array(words.buffer)
    this.#words = words
    if (array.fill !== 0) this.#words.fill(array.fill)
  }

  /** Copies the part of the rows that lies in the chunk at `place`. */
  put(place: readonly number[], { bytes, strides }: DecodedChunk): void {
    const { shape, chunkShape } = this.#array
    const { at, y, x, samples } = this.#selection
    const source = wordsOf(bytes, this.#array)
    const start = (axis: number) => (place[axis] ?? 0) * (chunkShape[axis] ?? 1)
    const count = (axis: number) => Math.min(chunkShape[axis] ?? 1, (shape[axis] ?? 0) - start(axis))
    const stride = (axis: number) => strides[axis] ?? 0
    const isFixed = (axis: number) => axis !== y && axis !== x && axis !== samples?.axis
    const base = at.reduce(
      (sum, value, axis) => sum + (isFixed(axis) ? (value - start(axis)) * stride(axis) : 0),
      0,
    )
    const [width = 0, samplesInPlane] = [shape[x], this.#samples]
    const rows = rowsOf(this.#array, this.#selection)
    const first = Math.max(0, rows.top - start(y))
    const end = Math.min(count(y), rows.top + rows.count - start(y))
    for (let sample = 0; sample < samplesInPlane; sample++) {
      const within = samples === undefined ? 0 : samples.from + sample - start(samples.axis)
      if (samples !== undefined && (within < 0 || within >= count(samples.axis))) continue
      // All three at once where they lie side by side.
      const isInterleaved =
        samplesInPlane === 1
          ? stride(x) === 1
          : samples !== undefined &&
            sample === 0 &&
            stride(samples.axis) === 1 &&
            stride(x) === 3 &&
            count(samples.axis) >= 3
      const origin = base + (samples === undefined ? 0 : within * stride(samples.axis))
      for (let row = first; row < end; row++) {
        const from = origin + row * stride(y)
        const to = ((start(y) + row - rows.top) * width + start(x)) * samplesInPlane + sample
        if (isInterleaved) this.#words.set(source.subarray(from, from + count(x) * samplesInPlane), to)
        else
          for (let column = 0; column < count(x); column++)
            this.#words[to + column * samplesInPlane] = source[from + column * stride(x)] ?? 0
      }
      if (isInterleaved) return
    }
  }
}

type Words = Uint8Array | Uint16Array | Float32Array

function newWords(count: number, { sampleType }: ZarrArray) {
  if (isRealSample(sampleType)) return new Float32Array(count)
  return sampleType === 'uint8' ? new Uint8Array(count) : new Uint16Array(count)
}

/** The samples of `bytes`, copied only where they lie at an odd address, or have to become real numbers. */
function wordsOf(bytes: Uint8Array, { sampleType }: ZarrArray): Words {
  if (sampleType === 'uint8') return bytes
  if (isRealSample(sampleType)) return new Float32Array(realPixels(bytes, sampleType).buffer)
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice()
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length / 2)
}
