/**
 * Baseline TIFF files of one image (TIFF 6.0): little endian, uncompressed, one strip; grey of 8 or 16 bits, or RGB of
 * 8 bits. Size and unit of a pixel are written as ImageJ does, so that Fiji and tifffile show micrometres.
 */

type TiffImage = {
  readonly width: number
  readonly height: number
  readonly bitsPerSample: 8 | 16
  readonly channels: 1 | 3
  /** µm. */
  readonly pixelSizeUm?: number | undefined
  /** ASCII text without NUL; anything else is replaced by `?`. */
  readonly description: string
  readonly software: string
  readonly takenAt: Date
}

const type = { ascii: 2, short: 3, long: 4, rational: 5 } as const
const bytesOf = { [type.ascii]: 1, [type.short]: 2, [type.long]: 4, [type.rational]: 8 } as const

type Entry = {
  readonly tag: number
  readonly type: (typeof type)[keyof typeof type]
  readonly values: readonly number[]
}

const headerBytes = 8
const entryBytes = 12
/** Denominator of the resolution: pixels per µm with six decimals. */
const resolutionUnit = 1_000_000

/**
 * Everything of the file that comes before the pixels; they follow row by row, samples interleaved, little endian.
 * @throws RangeError when the file would not fit into the format's 4 GB.
 */
export function tiffHeader(image: TiffImage): Buffer {
  const { width, height, channels, bitsPerSample } = image
  const imageBytes = (width * height * channels * bitsPerSample) / 8
  const resolution =
    image.pixelSizeUm === undefined
      ? [1, 1]
      : [Math.min(0xffffffff, Math.round(resolutionUnit / image.pixelSizeUm)), resolutionUnit]
  const entries = (stripOffset: number): Entry[] => [
    { tag: 256, type: type.long, values: [width] },
    { tag: 257, type: type.long, values: [height] },
    { tag: 258, type: type.short, values: Array.from({ length: channels }, () => bitsPerSample) },
    { tag: 259, type: type.short, values: [1] },
    { tag: 262, type: type.short, values: [channels === 3 ? 2 : 1] },
    { tag: 270, type: type.ascii, values: ascii(image.description) },
    { tag: 273, type: type.long, values: [stripOffset] },
    { tag: 277, type: type.short, values: [channels] },
    { tag: 278, type: type.long, values: [height] },
    { tag: 279, type: type.long, values: [imageBytes] },
    { tag: 282, type: type.rational, values: resolution },
    { tag: 283, type: type.rational, values: resolution },
    // 1: no absolute unit; the description's `unit=micron` says which.
    { tag: 296, type: type.short, values: [1] },
    { tag: 305, type: type.ascii, values: ascii(image.software) },
    { tag: 306, type: type.ascii, values: ascii(tiffTime(image.takenAt)) },
  ]
  // The offset of the pixels takes the same room whatever it is.
  const bytes = align(fileEnd(entries(0)))
  if (bytes + imageBytes > 0xffffffff)
    throw new RangeError(`${width} x ${height} pixels do not fit into a TIFF file`)
  return writeDirectory(entries(bytes), bytes)
}

const align = (offset: number): number => Math.ceil(offset / 2) * 2
const elements = (entry: Entry): number => entry.values.length / (entry.type === type.rational ? 2 : 1)
const valueBytes = (entry: Entry): number => elements(entry) * bytesOf[entry.type]
const directoryEnd = (entries: readonly Entry[]): number => headerBytes + 2 + entries.length * entryBytes + 4

/** Where the values that do not fit into their entries end. */
function fileEnd(entries: readonly Entry[]): number {
  return entries.reduce(
    (end, entry) => (valueBytes(entry) > 4 ? align(end) + valueBytes(entry) : end),
    directoryEnd(entries),
  )
}

function writeDirectory(entries: readonly Entry[], bytes: number): Buffer {
  const file = Buffer.alloc(bytes)
  file.write('II', 0, 'latin1')
  file.writeUInt16LE(42, 2)
  file.writeUInt32LE(headerBytes, 4)
  file.writeUInt16LE(entries.length, headerBytes)
  let free = directoryEnd(entries)
  for (const [index, entry] of entries.entries()) {
    const at = headerBytes + 2 + index * entryBytes
    file.writeUInt16LE(entry.tag, at)
    file.writeUInt16LE(entry.type, at + 2)
    file.writeUInt32LE(elements(entry), at + 4)
    let target = at + 8
    if (valueBytes(entry) > 4) {
      free = align(free)
      file.writeUInt32LE(free, target)
      target = free
      free += valueBytes(entry)
    }
    for (const value of entry.values) target = writeValue(file, entry.type, value, target)
  }
  return file
}

function writeValue(file: Buffer, kind: Entry['type'], value: number, at: number): number {
  if (kind === type.ascii) return file.writeUInt8(value, at)
  if (kind === type.short) return file.writeUInt16LE(value, at)
  return file.writeUInt32LE(value, at)
}

/** Bytes of `text` with the closing NUL. */
function ascii(text: string): number[] {
  return [...Array.from(text, (character) => asciiCode(character)), 0]
}

function asciiCode(character: string): number {
  const code = character.codePointAt(0) ?? 0
  return code > 0 && code < 128 ? code : 0x3f
}

/** `YYYY:MM:DD HH:MM:SS`, local time. */
function tiffTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(two).join(':')
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`
}
