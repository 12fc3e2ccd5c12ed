/** The pages of a TIFF file (TIFF 6.0; BigTIFF; OME-TIFF and ImageJ stacks), checked before anything is decoded. */
import { type FileHandle, open } from 'node:fs/promises'
import { fromFile, type GeoTIFF, type GeoTIFFImage, registerTag } from 'geotiff'
import { CoverslipError } from '../../src-shared/errors.ts'
import { corruptError, reasonOf, replayError } from './replay-error.ts'
import { imageName, type StoredImage } from './stored-image.ts'

/** A page, and how to get at its pixels. */
export type TiffPage = StoredImage & {
  /** Which of the file's image directories describes it, from 0. */
  readonly directory: number
  readonly littleEndian: boolean
  /** Uncompressed strips of whole rows, to be read straight from the file; undefined: to be decoded by geotiff. */
  readonly strips: readonly TiffStrip[] | undefined
}

type TiffStrip = {
  /** Where it lies in the file, bytes. */
  readonly offset: number
  /** Bytes. */
  readonly length: number
}

/** Values of the Compression tag that can be decoded without loss. */
const compressions = new Set([1, 5, 8, 32946, 32773, 50000])
const compressionNames = new Map([
  [2, 'CCITT'],
  [3, 'CCITT'],
  [4, 'CCITT'],
  [6, 'JPEG'],
  [7, 'JPEG'],
  [34712, 'JPEG 2000'],
  [34887, 'LERC'],
  [50001, 'WebP'],
])
const photometric = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3 } as const

// geotiff 3.0.5 takes lists that it loads later to be little endian in any file; these are needed at once anyway.
registerTag(273, 'StripOffsets', 'LONG', true, true)
registerTag(279, 'StripByteCounts', 'LONG', true, true)
registerTag(324, 'TileOffsets', 'LONG', true, true)
registerTag(325, 'TileByteCounts', 'LONG', true, true)

/** True when `start`, the first bytes of a file, are those of a TIFF or BigTIFF. */
export function isTiff(start: Uint8Array): boolean {
  const [a, b, c, d] = start
  const little = a === 0x49 && b === 0x49 && (c === 42 || c === 43) && d === 0
  const big = a === 0x4d && b === 0x4d && c === 0 && (d === 42 || d === 43)
  return little || big
}

/**
 * Reads the directories of all pages; reduced images (thumbnails, pyramids) and masks are left out.
 * @throws CoverslipError REPLAY_SOURCE when the file is corrupt or truncated, or a page is of a kind that cannot be played.
 */
export async function readTiffPages(path: string): Promise<readonly TiffPage[]> {
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    const tiff = await fromFile(path)
    try {
      return await walkDirectories(tiff, { path, size, handle })
    } finally {
      await tiff.close()
    }
  } catch (error) {
    if (error instanceof CoverslipError) throw error
    throw corruptError(`"${path}"`, reasonOf(error), error)
  } finally {
    await handle.close()
  }
}

type OpenFile = { readonly path: string; readonly size: number; readonly handle: FileHandle }

async function walkDirectories(tiff: GeoTIFF, file: OpenFile): Promise<readonly TiffPage[]> {
  const { path, size } = file
  const pages: TiffPage[] = []
  const seen = new Set<number>()
  let next = tiff.firstIFDOffset
  for (let directory = 0; next !== 0; directory++) {
    if (seen.has(next)) throw corruptError(`"${path}"`, 'its list of pages runs in a circle')
    if ((await directoryEnd(tiff, file, next)) > size) {
      throw corruptError(`"${path}"`, `page ${directory + 1} lies beyond the end of the file`)
    }
    seen.add(next)
    const directoryImage = await tiff.getImage(directory)
    next = directoryImage.fileDirectory.nextIFDByteOffset
    if (await isReduced(directoryImage)) continue
    const single = directory === 0 && next === 0
    const tags = await readTags(directoryImage)
    const place = {
      file: path,
      page: single ? undefined : pages.length,
      width: tags.width,
      height: tags.height,
    }
    const image = { ...place, ...playableSamples(imageName(place), tags, tiff.littleEndian) }
    const strips = checkedStrips(image, tags, size)
    pages.push({ ...image, directory, littleEndian: tiff.littleEndian, strips })
    if (single) return imageJStack(pages, tags, size)
  }
  if (pages.length === 0) throw corruptError(`"${path}"`, 'it has no pages')
  return pages
}

/** Where the directory at `offset` ends; geotiff reads what is missing of it as zeros. */
async function directoryEnd(tiff: GeoTIFF, { handle }: OpenFile, offset: number): Promise<number> {
  const count = Buffer.alloc(8)
  await handle.read(count, 0, tiff.bigTiff ? 8 : 2, offset)
  if (!tiff.littleEndian) count.subarray(0, tiff.bigTiff ? 8 : 2).reverse()
  const entries = Number(count.readBigUInt64LE(0))
  return tiff.bigTiff ? offset + 8 + 20 * entries + 8 : offset + 2 + 12 * entries + 4
}

async function isReduced(image: GeoTIFFImage): Promise<boolean> {
  // NewSubfileType: bit 0 reduced resolution, bit 2 transparency mask.
  return (Number((await image.fileDirectory.loadValue('NewSubfileType')) ?? 0) & 5) !== 0
}

type TiffTags = {
  readonly width: number
  readonly height: number
  readonly bitsPerSample: readonly number[]
  readonly samplesPerPixel: number
  readonly sampleFormats: readonly number[]
  readonly compression: number
  readonly predictor: number
  readonly photometric: number
  readonly planar: boolean
  readonly tiled: boolean
  readonly rowsPerStrip: number
  /** Of strips or tiles, bytes. */
  readonly offsets: readonly number[]
  readonly byteCounts: readonly number[]
  readonly description: string
}

/** All that is needed of a directory. */
async function readTags({ fileDirectory: directory }: GeoTIFFImage): Promise<TiffTags> {
  const tiled = !directory.hasTag('StripOffsets')
  const height = Number((await directory.loadValue('ImageLength')) ?? 0)
  return {
    width: Number((await directory.loadValue('ImageWidth')) ?? 0),
    height,
    bitsPerSample: numbers(await directory.loadValue('BitsPerSample')),
    samplesPerPixel: Number((await directory.loadValue('SamplesPerPixel')) ?? 1),
    sampleFormats: numbers(await directory.loadValue('SampleFormat')),
    compression: Number((await directory.loadValue('Compression')) ?? 1),
    predictor: Number((await directory.loadValue('Predictor')) ?? 1),
    photometric: Number((await directory.loadValue('PhotometricInterpretation')) ?? photometric.blackIsZero),
    planar: Number((await directory.loadValue('PlanarConfiguration')) ?? 1) === 2,
    tiled,
    rowsPerStrip: Math.min(height, Number((await directory.loadValue('RowsPerStrip')) ?? height)),
    offsets: numbers(await directory.loadValue(tiled ? 'TileOffsets' : 'StripOffsets')),
    byteCounts: numbers(await directory.loadValue(tiled ? 'TileByteCounts' : 'StripByteCounts')),
    description: String((await directory.loadValue('ImageDescription')) ?? ''),
  }
}

function numbers(value: ArrayLike<number | bigint> | undefined): readonly number[] {
  return value === undefined ? [] : Array.from(value, Number)
}

function playableSamples(
  name: string,
  tags: TiffTags,
  littleEndian: boolean,
): Pick<StoredImage, 'bits' | 'samples'> {
  if (!(tags.width > 0 && tags.height > 0)) throw corruptError(name, 'it has no size')
  const [bits = 1] = tags.bitsPerSample
  if (tags.bitsPerSample.some((other) => other !== bits) || (bits !== 8 && bits !== 16)) {
    throw unplayable(
      name,
      `${bits} ${bits === 1 ? 'bit' : 'bits'} per sample`,
      'Convert it to 8 or 16 bits per sample.',
    )
  }
  if (tags.sampleFormats.some((format) => format !== 1)) {
    throw unplayable(
      name,
      'signed or floating-point samples',
      'Convert it to unsigned 8 or 16 bits per sample.',
    )
  }
  if (!compressions.has(tags.compression)) {
    const compression = compressionNames.get(tags.compression) ?? `scheme ${tags.compression}`
    throw unplayable(
      name,
      `the compression ${compression}`,
      'Save it uncompressed, or with LZW, Deflate, PackBits or Zstandard compression.',
    )
  }
  if (tags.predictor === 2 && bits === 16 && !littleEndian) {
    throw unplayable(
      name,
      'a predictor on big-endian 16-bit samples',
      'Save it little endian, uncompressed or without a predictor.',
    )
  }
  return { bits, samples: playableChannels(name, tags) }
}

function playableChannels(name: string, tags: TiffTags): StoredImage['samples'] {
  const { samplesPerPixel: samples } = tags
  if (tags.photometric === photometric.rgb && (samples === 3 || samples === 4)) return samples
  const grey = [photometric.whiteIsZero, photometric.blackIsZero, photometric.palette].some(
    (kind) => kind === tags.photometric,
  )
  if (grey && (samples === 1 || samples === 2)) return samples
  if (grey)
    throw unplayable(name, `${samples} channels in one page`, 'Save each channel as a stack of its own.')
  throw unplayable(
    name,
    `the colour space ${tags.photometric} (${samples} samples)`,
    'Convert it to grey or RGB.',
  )
}

function unplayable(name: string, what: string, hint: string): CoverslipError {
  return replayError(`${name} has ${what}, which cannot be played`, hint)
}

/** Checks that all pixels lie inside the file; returns the strips that need no decoding. */
function checkedStrips(page: StoredImage, tags: TiffTags, size: number): readonly TiffStrip[] | undefined {
  const { bits, samples } = page
  const raw = tags.compression === 1 && !tags.planar && !tags.tiled
  const rowBytes = (page.width * samples * bits) / 8
  const strips = tags.offsets.map((offset, i): TiffStrip => {
    const rows = Math.min(tags.rowsPerStrip, page.height - i * tags.rowsPerStrip)
    return { offset, length: raw ? rows * rowBytes : (tags.byteCounts[i] ?? 0) }
  })
  const expected = Math.ceil(page.height / tags.rowsPerStrip) * (tags.planar ? samples : 1)
  if (strips.length === 0 || (!tags.tiled && strips.length !== expected)) {
    throw corruptError(imageName(page), `it lists ${strips.length} strips of pixels instead of ${expected}`)
  }
  const end = Math.max(...strips.map(({ offset, length }) => offset + length))
  if (end > size) {
    throw corruptError(imageName(page), `its pixels end at byte ${end}, the file at byte ${size}`)
  }
  if (strips.some(({ offset, length }) => offset < 8 || length <= 0)) {
    throw corruptError(imageName(page), 'its list of strips makes no sense')
  }
  return raw ? strips : undefined
}

/**
 * ImageJ writes stacks of more than 4 GiB as one directory whose description says `images=N`; the pixels of the
 * other pages follow those of the first.
 */
function imageJStack(pages: readonly TiffPage[], tags: TiffTags, size: number): readonly TiffPage[] {
  const [first] = pages
  const count = Number(/^ImageJ=[^]*?^images=(\d+)$/m.exec(tags.description)?.[1] ?? 1)
  if (first?.strips === undefined || count < 2) return pages
  const length = first.strips.reduce((sum, strip) => sum + strip.length, 0)
  const start = first.strips[0]?.offset ?? 0
  const end = start + count * length
  if (end > size) {
    throw corruptError(`"${first.file}"`, `its ${count} pages end at byte ${end}, the file at byte ${size}`)
  }
  return Array.from({ length: count }, (_, page) => ({
    ...first,
    page,
    strips: [{ offset: start + page * length, length }],
  }))
}
