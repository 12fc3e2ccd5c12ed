/**
 * UC2F version 1: a binary frame as it goes to clients, all little endian.
 *
 * | offset | size | field |
 * |---|---|---|
 * | 0 | 4 | `UC2F` |
 * | 4 | 1 | version, 1 |
 * | 5 | 3 | 0 |
 * | 8 | 4 | width, pixels (after crop and subsampling) |
 * | 12 | 4 | height, pixels |
 * | 16 | 4 | stride: bytes per row, no padding |
 * | 20 | 2 | bit depth: bits that carry signal, right-aligned |
 * | 22 | 1 | channels |
 * | 23 | 1 | pixel format, see `packetFormats` |
 * | 24 | 8 | time of the exposure's end, Unix ns |
 * | 32 | 4 | payload bytes N |
 * | 36 | N | payload: pixels, row by row, perhaps filtered and compressed as the frame's metadata say |
 *
 * Codes 0 to 2 are ImSwitch's; it knows no others. Real numbers (code 12) come of the gallery only. Compression and filter are not in the packet.
 */
import { CoverslipError } from '../errors.ts'
import { type BayerPattern, bayerPatterns } from './bayer-pattern.ts'
import { pixelLayout } from './pixel-format.ts'
import { type PlaneFormat, type PlaneLayout } from './plane-format.ts'

/** Bytes before the payload. */
export const packetHeaderBytes = 36

/** Largest image that a packet may claim, bytes of pixels. */
export const maxImageBytes = 512 * 2 ** 20

/** What a pixel format code means. */
export type PacketFormat = {
  readonly name: string
  readonly kind: PlaneLayout['kind']
  readonly channels: 1 | 3
  readonly bytesPerSample: PlaneLayout['bytesPerSample']
  /** Of Bayer formats. */
  readonly pattern?: BayerPattern
}

function format(name: string, kind: PacketFormat['kind'], bytesPerSample: 1 | 2 | 4): PacketFormat {
  const pattern = bayerPatterns.find((two) => name.startsWith(`BAYER_${two}`))
  const channels = kind === 'rgb' ? 3 : 1
  return { name, kind, channels, bytesPerSample, ...(pattern === undefined ? {} : { pattern }) }
}

/** Pixel format codes: the index is the code. */
export const packetFormats: readonly PacketFormat[] = [
  format('GRAY16', 'mono', 2),
  format('BAYER_RG16', 'bayer', 2),
  format('RGB48', 'rgb', 2),
  format('GRAY8', 'mono', 1),
  format('RGB24', 'rgb', 1),
  format('BAYER_RG8', 'bayer', 1),
  format('BAYER_GR8', 'bayer', 1),
  format('BAYER_GB8', 'bayer', 1),
  format('BAYER_BG8', 'bayer', 1),
  format('BAYER_GR16', 'bayer', 2),
  format('BAYER_GB16', 'bayer', 2),
  format('BAYER_BG16', 'bayer', 2),
  // IEEE 754, not a number where there is none; the bit depth is 32.
  format('GRAY32F', 'real', 4),
]

/** The packet format code of a pixel format. */
export function packetFormatCode(pixelFormat: PlaneFormat): number {
  if (pixelFormat === 'Float32') return 12
  if (pixelFormat === 'RGB8') return 4
  if (pixelFormat === 'Mono8') return 3
  if (pixelFormat.startsWith('Mono')) return 0
  const name = `BAYER_${pixelLayout(pixelFormat).pattern}${pixelFormat.endsWith('8') ? 8 : 16}`
  return packetFormats.findIndex((packetFormat) => packetFormat.name === name)
}

/** The fields of a packet's header. */
export type PacketHeader = {
  readonly width: number
  readonly height: number
  /** Index into `packetFormats`. */
  readonly formatCode: number
  readonly significantBits: number
  /** End of the exposure, Unix ns. */
  readonly timestampNs: bigint
  readonly payloadBytes: number
}

/** Bytes of pixels of an image of a packet format. */
function imageBytesOf(packetFormat: PacketFormat, width: number, height: number): number {
  return width * height * packetFormat.channels * packetFormat.bytesPerSample
}

/** Writes the header into the first 36 bytes of `packet`. The caller answers for fields that fit. */
export function writePacketHeader(packet: Uint8Array, header: PacketHeader): void {
  const packetFormat = formatOf(header.formatCode)
  const view = new DataView(packet.buffer, packet.byteOffset, packetHeaderBytes)
  view.setUint32(0, magic, true)
  view.setUint32(4, version, true)
  view.setUint32(8, header.width, true)
  view.setUint32(12, header.height, true)
  view.setUint32(16, header.width * packetFormat.channels * packetFormat.bytesPerSample, true)
  view.setUint16(20, header.significantBits, true)
  view.setUint8(22, packetFormat.channels)
  view.setUint8(23, header.formatCode)
  view.setBigUint64(24, header.timestampNs, true)
  view.setUint32(32, header.payloadBytes, true)
}

/** A packet taken apart. */
export type FramePacket = PacketHeader & {
  readonly format: PacketFormat
  /** Bytes of the pixels once decompressed. */
  readonly imageBytes: number
  /** A view into the packet. */
  readonly payload: Uint8Array
}

const magic = 0x46324355
const version = 1

function formatOf(code: number): PacketFormat {
  const packetFormat = packetFormats[code]
  return packetFormat ?? invalid(`pixel format ${code} is unknown`)
}

function invalid(problem: string): never {
  throw new CoverslipError('INVALID_INPUT', `Not a valid frame packet: ${problem}`, {
    hint: 'The sender must write UC2F version 1 packets; check that both ends run the same version.',
  })
}

/**
 * Takes a packet apart and checks every field against the others.
 * @throws CoverslipError INVALID_INPUT naming the field that is wrong.
 */
export function parseFramePacket(packet: Uint8Array): FramePacket {
  if (packet.length < packetHeaderBytes)
    invalid(`it has ${packet.length} bytes, its header alone takes ${packetHeaderBytes}`)
  const view = new DataView(packet.buffer, packet.byteOffset, packetHeaderBytes)
  if (view.getUint32(0, true) !== magic) invalid('magic is not "UC2F"')
  if (view.getUint8(4) !== version) invalid(`version is ${view.getUint8(4)}, not ${version}`)
  const width = view.getUint32(8, true)
  const height = view.getUint32(12, true)
  const stride = view.getUint32(16, true)
  const significantBits = view.getUint16(20, true)
  const channels = view.getUint8(22)
  const formatCode = view.getUint8(23)
  const payloadBytes = view.getUint32(32, true)
  const packetFormat = formatOf(formatCode)
  const imageBytes = imageBytesOf(packetFormat, width, height)
  if (width === 0 || width > 65_535) invalid(`width is ${width}, not 1 to 65535`)
  if (height === 0 || height > 65_535) invalid(`height is ${height}, not 1 to 65535`)
  if (imageBytes > maxImageBytes)
    invalid(`width x height is ${width} x ${height}, larger than ${maxImageBytes} bytes`)
  if (channels !== packetFormat.channels)
    invalid(`channels is ${channels}, but ${packetFormat.name} has ${packetFormat.channels}`)
  if (stride * height !== imageBytes) invalid(`stride is ${stride}, not ${imageBytes / height}`)
  if (significantBits === 0 || significantBits > 8 * packetFormat.bytesPerSample) {
    invalid(`bit depth is ${significantBits}, which ${packetFormat.name} cannot hold`)
  }
  if (payloadBytes !== packet.length - packetHeaderBytes) {
    invalid(
      `payload size is ${payloadBytes}, but ${packet.length - packetHeaderBytes} bytes follow the header`,
    )
  }
  return {
    width,
    height,
    formatCode,
    significantBits,
    timestampNs: view.getBigUint64(24, true),
    payloadBytes,
    format: packetFormat,
    imageBytes,
    payload: packet.subarray(packetHeaderBytes),
  }
}
