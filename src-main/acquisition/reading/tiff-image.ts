/** What the directory of an image in a TIFF file says of its pixels. */
import type { PlaneFormat } from '../../../src-shared/frames/plane-format.ts'
import { bytesOfSample, depthOf, isRealSample, type SampleType, sampleTypeSchema } from './sample-type.ts'
import { compressionNames, jpegCompression, tiffCompressions } from './tiff-compression.ts'
import type { TiffDirectories, TiffDirectory } from './tiff-directory.ts'
import { unreadable } from './unreadable.ts'

/** Numbers of the properties that are read (TIFF 6.0, appendix A). */
export const tag = {
  newSubfileType: 254,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subDirectories: 330,
  sampleFormat: 339,
  jpegTables: 347,
} as const
/** Values of PhotometricInterpretation that are shown. */
export const photometric = { whiteIsZero: 0, blackIsZero: 1, rgb: 2, palette: 3, ycbcr: 6 } as const

const mostSamples = 64
const mostLevels = 20

export type TiffImage = {
  readonly directory: TiffDirectory
  readonly width: number
  readonly height: number
  readonly sampleType: SampleType
  /** Of a sample, once it is unpacked. */
  readonly bytes: number
  /** Of a sample in the file: fewer than its bytes have where samples are packed. */
  readonly bits: number
  /** The bits of each byte in the file are the other way round. */
  readonly bitsReversed: boolean
  /** In the file, for each pixel. */
  readonly samples: number
  /** Planes that a viewer sees in it: samples that are not one colour picture are channels. */
  readonly channels: number
  readonly pixelFormat: PlaneFormat
  /** A smaller copy of another image, or a mask. */
  readonly reduced: boolean
  readonly compression: number
  readonly predictor: number
  readonly photometric: number
  readonly planar: boolean
  /** Of strips or tiles. */
  readonly blockWidth: number
  readonly blockHeight: number
  readonly tiled: boolean
}

/**
 * What `directory` says of its image.
 * @throws CoverslipError UNREADABLE_IMAGE when it makes no sense, or the image is of a kind that cannot be shown.
 */
export async function tiffImage(directories: TiffDirectories, directory: TiffDirectory): Promise<TiffImage> {
  const { path } = directories.file
  const numbers = (which: number) => directories.numbers(directory.entries.get(which), mostSamples)
  const number = async (which: number, otherwise: number) => (await numbers(which))[0] ?? otherwise
  const width = await number(tag.width, 0)
  const height = await number(tag.height, 0)
  if (!(width > 0 && height > 0)) throw unreadable(path, 'an image has no size')
  const bitsPerSample = await numbers(tag.bitsPerSample)
  const [bits = 1] = bitsPerSample
  const formats = await numbers(tag.sampleFormat)
  const [format = 1] = formats
  const sampleType = sampleTypeOf(bits, format)
  if (
    sampleType === undefined ||
    bitsPerSample.some((other) => other !== bits) ||
    formats.some((other) => other !== format)
  )
    throw unreadable(path, `it has ${samplesInWords(bits, format)}, which Coverslip does not show`)
  const compression = await number(tag.compression, 1)
  if (!tiffCompressions.has(compression)) {
    const name = compressionNames[compression] ?? `scheme ${compression}`
    throw unreadable(path, `its compression (${name}) is not known here`)
  }
  const samples = await number(tag.samplesPerPixel, 1)
  const interpretation = await number(tag.photometric, photometric.blackIsZero)
  const tiled = directory.entries.has(tag.tileOffsets)
  const image = {
    directory,
    width,
    height,
    sampleType,
    bytes: bytesOfSample(sampleType),
    bits,
    bitsReversed: (await number(tag.fillOrder, 1)) === 2,
    samples,
    reduced: ((await number(tag.newSubfileType, 0)) & 5) !== 0,
    compression,
    predictor: await number(tag.predictor, 1),
    photometric: interpretation,
    planar: samples > 1 && (await number(tag.planarConfiguration, 1)) === 2,
    tiled,
    blockWidth: tiled ? await number(tag.tileWidth, 0) : width,
    blockHeight: tiled
      ? await number(tag.tileHeight, 0)
      : Math.min(height, await number(tag.rowsPerStrip, height)),
    ...shownAs(path, { sampleType, bits, samples, interpretation, compression }),
  } as const
  if (!(image.blockWidth > 0 && image.blockHeight > 0 && samples > 0 && samples <= mostSamples))
    throw unreadable(path, 'the arrangement of its pixels makes no sense')
  if (
    compression === jpegCompression &&
    (sampleType !== 'uint8' || bits !== 8 || (samples !== 1 && (samples !== 3 || image.planar)))
  )
    throw unreadable(path, 'its JPEG data are not of 8 bits in one or three colours')
  const predictor = isPacked(image) ? 1 : sampleType.startsWith('float') ? 3 : 2
  if (image.predictor !== 1 && image.predictor !== predictor)
    throw unreadable(path, `its predictor ${image.predictor} is not known here`)
  return image
}

/** Whether its samples are packed without gaps, as those of fewer bits than whole bytes are. */
export const isPacked = ({ bits, bytes }: Pick<TiffImage, 'bits' | 'bytes'>): boolean => bits < 8 * bytes

/** What `ImageDataset` says of its values; colours come with 8 bits, whatever numbers stand for them in the file. */
export const depthOfImage = ({ sampleType, bits, pixelFormat }: TiffImage) =>
  depthOf(sampleType, pixelFormat === 'RGB8' ? 8 : bits)

/** Directories of the smaller copies of an image, the largest first (TIFF Technical Note 1; OME-TIFF 6.0). */
export async function smallerCopies(
  directories: TiffDirectories,
  { directory }: TiffImage,
): Promise<readonly number[]> {
  return directories.numbers(directory.entries.get(tag.subDirectories), mostLevels)
}

/** Values of SampleFormat; 4 is what nobody knows, and taken to be as without it. */
const sampleKinds: Readonly<Record<number, string>> = { 1: 'uint', 2: 'int', 3: 'float', 4: 'uint' }

function sampleTypeOf(bits: number, format: number): SampleType | undefined {
  const kind = sampleKinds[format] ?? ''
  if (kind === 'uint' && bits > 0 && bits < 16) return bits > 8 ? 'uint16' : 'uint8'
  return sampleTypeSchema.safeParse(`${kind}${bits}`).data
}

function samplesInWords(bits: number, format: number): string {
  if (format === 3) return `${bits}-bit floating-point samples`
  if (format === 2) return `signed ${bits}-bit samples`
  return format === 1 ? `${bits} bits per sample` : `samples of format ${format}`
}

function shownAs(
  path: string,
  kind: Pick<TiffImage, 'sampleType' | 'bits' | 'samples' | 'compression'> & {
    readonly interpretation: number
  },
): { readonly channels: number; readonly pixelFormat: PlaneFormat } {
  const { sampleType, bits, samples, interpretation, compression } = kind
  if (interpretation === photometric.palette) {
    if (sampleType === 'uint8' && samples === 1) return { channels: 1, pixelFormat: 'RGB8' }
    throw unreadable(path, 'its colour table is not one of 8 bits or fewer')
  }
  const mono = isRealSample(sampleType) ? 'Float32' : sampleType === 'uint8' ? 'Mono8' : 'Mono16'
  if (interpretation === photometric.rgb) {
    if (samples < 3) throw unreadable(path, `it says it is RGB, and has ${samples} samples per pixel`)
    // What is beyond the three is transparency. There are no packets of deeper colour: three grey channels lose nothing.
    return bits === 8 && sampleType === 'uint8'
      ? { channels: 1, pixelFormat: 'RGB8' }
      : { channels: 3, pixelFormat: mono }
  }
  if (interpretation === photometric.blackIsZero || interpretation === photometric.whiteIsZero)
    return { channels: samples, pixelFormat: mono }
  // Of JPEG, which makes RGB of it.
  if (interpretation === photometric.ycbcr && compression === jpegCompression && samples === 3)
    return { channels: 1, pixelFormat: 'RGB8' }
  throw unreadable(path, `its colour space (number ${interpretation}) is not known here`)
}
