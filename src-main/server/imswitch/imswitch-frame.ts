/** A frame as ImSwitch's socket.io clients read it: one MessagePack map with metadata and the encoded image. */
import { encode } from '@msgpack/msgpack'
import type { FrameMessage } from '../../../src-shared/frames/frame-message.ts'
import {
  packetFormatCode,
  packetFormats,
  packetHeaderBytes,
} from '../../../src-shared/frames/frame-packet.ts'

/** Their frame ids are counted modulo this. */
export const frameIds = 256

/** MessagePack: a map of two pairs; then keys, and the head of a long text or of long binary data. */
const mapOfTwo = 0x82
const longText = 0xdb
const longBinary = 0xc6
const lengthBytes = 4

/** Whether their decoder can show the frame: 16 bits, one channel, no filter, and no compression but LZ4. */
export function isReadable({ format, metadata }: FrameMessage): boolean {
  if (format === 'jpeg') return true
  const pixels = packetFormats[packetFormatCode(metadata.pixel_format)]
  const plain = metadata.filter === 'none' && metadata.compression !== 'zstd'
  return plain && pixels?.channels === 1 && pixels.bytesPerSample === 2
}

/** The attachment of their event `frame`; a copy of the packet, in memory of its own. */
export function packFrame(
  message: FrameMessage,
  packet: Uint8Array,
  options: { readonly frameId: number; readonly quality: number },
): Buffer {
  if (message.format === 'binary') {
    return packMap(binaryMetadata(message, options.frameId), { key: 'data', head: longBinary, packet })
  }
  const text = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength).toString('base64')
  const metadata = { ...common(message, options.frameId), ...jpeg, jpeg_quality: options.quality }
  return packMap(metadata, { key: 'image', head: longText, text })
}

const jpeg = { format: 'jpeg', protocol: 'jpeg' } as const

function common({ detectorname, pixelsize, metadata }: FrameMessage, frameId: number) {
  return {
    // Seconds.
    server_timestamp: metadata.encoded_at_ms / 1000,
    frame_id: frameId,
    detector_name: detectorname,
    // Per camera pixel, whatever the subsampling.
    pixel_size: pixelsize === undefined ? 1 : pixelsize / metadata.subsampling,
  }
}

function binaryMetadata(message: FrameMessage, frameId: number) {
  const { metadata } = message
  const compressedBytes = metadata.packet_bytes - packetHeaderBytes
  return {
    ...common(message, frameId),
    format: 'binary',
    protocol: 'binary',
    width: metadata.width,
    height: metadata.height,
    // Of the cut-out: the last pixel may stand for fewer camera pixels than the others.
    original_width: Math.min(metadata.width * metadata.subsampling, metadata.original_width),
    original_height: Math.min(metadata.height * metadata.subsampling, metadata.original_height),
    subsampling_factor: metadata.subsampling,
    compression_algorithm: metadata.compression,
    compression_level: 0,
    raw_bytes: metadata.raw_bytes,
    compressed_bytes: compressedBytes,
    packet_bytes: metadata.packet_bytes,
    compression_ratio: metadata.raw_bytes / Math.max(1, compressedBytes),
    encode_time_ms: metadata.encode_ms,
    timestamp_ns: BigInt(Math.round(metadata.captured_at_ms * 1000)) * 1000n,
  }
}

type Payload =
  | { readonly key: 'data'; readonly head: number; readonly packet: Uint8Array }
  | { readonly key: 'image'; readonly head: number; readonly text: string }

/** Written here rather than by a library, so that the image is copied once and into memory of the right size. */
function packMap(metadata: Readonly<Record<string, unknown>>, payload: Payload): Buffer {
  const described = encode(metadata, { useBigInt64: true })
  const keys = [packedKey('metadata'), packedKey(payload.key)] as const
  const payloadBytes = payload.key === 'data' ? payload.packet.length : payload.text.length
  const bytes = 1 + keys[0].length + described.length + keys[1].length + 1 + lengthBytes + payloadBytes
  const packed = Buffer.allocUnsafeSlow(bytes)
  let at = packed.writeUInt8(mapOfTwo, 0)
  for (const part of [keys[0], described, keys[1]]) {
    packed.set(part, at)
    at += part.length
  }
  at = packed.writeUInt8(payload.head, at)
  at = packed.writeUInt32BE(payloadBytes, at)
  if (payload.key === 'data') packed.set(payload.packet, at)
  else packed.write(payload.text, at, 'latin1')
  return packed
}

/** A text of fewer than 32 bytes. */
function packedKey(key: string): Buffer {
  return Buffer.concat([Buffer.of(0xa0 | key.length), Buffer.from(key, 'latin1')])
}
