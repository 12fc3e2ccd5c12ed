/** The 256-byte header of a FrameRing slot, little endian; offset 0 is the generation word of the sequence lock. */
import type { FrameInfo, StagePosition } from '../../src-shared/frames/frame-info.ts'
import { pixelFormats } from '../../src-shared/frames/pixel-format.ts'

/** Size of a slot header, bytes. */
export const slotHeaderBytes = 256

const offset = {
  pixelFormat: 4,
  width: 8,
  height: 12,
  significantBits: 16,
  /** Bit 0: pixel size known; 1, 2, 3: stage x, y, z known; 4: channel known, 5: pixels are missing. */
  known: 20,
  sequence: 24,
  timestampNs: 32,
  hostTimeNs: 40,
  exposureMs: 48,
  gain: 56,
  pixelSizeUm: 64,
  stageX: 72,
  stageY: 80,
  stageZ: 88,
  run: 96,
  previousRunLast: 104,
  channelBytes: 112,
  channel: 116,
} as const
const channelCapacity = slotHeaderBytes - offset.channel

/** What a slot's header says. */
export type SlotHeader = {
  readonly info: FrameInfo
  /** Number of the run (the time between two acquisition starts) to which the frame belongs, 32 bits. */
  readonly run: number
  /** Last sequence number published in the run before; -1 when there was none. */
  readonly previousRunLast: number
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

// The channel's name changes rarely, the header is written and read for every frame: convert it once.
const encoded = { name: '', bytes: new Uint8Array(channelCapacity), length: 0 }
const decoded = { name: '', bytes: new Uint8Array(channelCapacity), length: 0 }

/**
 * Writes everything behind the generation word. A channel name longer than 140 bytes of UTF-8 is cut after a whole
 * character.
 */
export function encodeSlotHeader(header: DataView, { info, run, previousRunLast }: SlotHeader): void {
  const { stage, pixelSizeUm, channel } = info
  header.setInt32(offset.pixelFormat, pixelFormats.indexOf(info.pixelFormat), true)
  header.setUint32(offset.width, info.width, true)
  header.setUint32(offset.height, info.height, true)
  header.setUint32(offset.significantBits, info.significantBits, true)
  header.setUint32(
    offset.known,
    (pixelSizeUm === undefined ? 0 : 1) |
      (stage?.x === undefined ? 0 : 2) |
      (stage?.y === undefined ? 0 : 4) |
      (stage?.z === undefined ? 0 : 8) |
      (channel === undefined ? 0 : 16) |
      (info.incomplete === true ? 32 : 0),
    true,
  )
  header.setFloat64(offset.sequence, info.sequence, true)
  header.setBigInt64(offset.timestampNs, info.timestampNs, true)
  header.setBigInt64(offset.hostTimeNs, info.hostTimeNs, true)
  header.setFloat64(offset.exposureMs, info.exposureMs, true)
  header.setFloat64(offset.gain, info.gain, true)
  header.setFloat64(offset.pixelSizeUm, pixelSizeUm ?? 0, true)
  header.setFloat64(offset.stageX, stage?.x ?? 0, true)
  header.setFloat64(offset.stageY, stage?.y ?? 0, true)
  header.setFloat64(offset.stageZ, stage?.z ?? 0, true)
  header.setInt32(offset.run, run, true)
  header.setFloat64(offset.previousRunLast, previousRunLast, true)
  encodeChannel(header, channel ?? '')
}

function encodeChannel(header: DataView, name: string): void {
  if (name !== encoded.name) {
    encoded.name = name
    encoded.length = encoder.encodeInto(name, encoded.bytes).written
  }
  header.setUint32(offset.channelBytes, encoded.length, true)
  for (let i = 0; i < encoded.length; i++) header.setUint8(offset.channel + i, encoded.bytes[i] ?? 0)
}

/** Reads a header; undefined when it cannot be one (a reader may look while the writer writes). */
export function decodeSlotHeader(header: DataView): SlotHeader | undefined {
  const pixelFormat = pixelFormats[header.getInt32(offset.pixelFormat, true)]
  const width = header.getUint32(offset.width, true)
  const height = header.getUint32(offset.height, true)
  const channelBytes = header.getUint32(offset.channelBytes, true)
  if (pixelFormat === undefined || width === 0 || height === 0 || channelBytes > channelCapacity)
    return undefined
  const known = header.getUint32(offset.known, true)
  const stage = decodeStage(header, known)
  const info: FrameInfo = {
    sequence: header.getFloat64(offset.sequence, true),
    timestampNs: header.getBigInt64(offset.timestampNs, true),
    hostTimeNs: header.getBigInt64(offset.hostTimeNs, true),
    width,
    height,
    pixelFormat,
    significantBits: header.getUint32(offset.significantBits, true),
    exposureMs: header.getFloat64(offset.exposureMs, true),
    gain: header.getFloat64(offset.gain, true),
    ...(known & 1 ? { pixelSizeUm: header.getFloat64(offset.pixelSizeUm, true) } : {}),
    ...(stage === undefined ? {} : { stage }),
    ...(known & 16 ? { channel: decodeChannel(header, channelBytes) } : {}),
    ...(known & 32 ? { incomplete: true } : {}),
  }
  return {
    info,
    run: header.getInt32(offset.run, true),
    previousRunLast: header.getFloat64(offset.previousRunLast, true),
  }
}

function decodeStage(header: DataView, known: number): StagePosition | undefined {
  if ((known & 14) === 0) return undefined
  return {
    ...(known & 2 ? { x: header.getFloat64(offset.stageX, true) } : {}),
    ...(known & 4 ? { y: header.getFloat64(offset.stageY, true) } : {}),
    ...(known & 8 ? { z: header.getFloat64(offset.stageZ, true) } : {}),
  }
}

function decodeChannel(header: DataView, length: number): string {
  let same = length === decoded.length
  for (let i = 0; i < length; i++) {
    const byte = header.getUint8(offset.channel + i)
    same &&= byte === decoded.bytes[i]
    decoded.bytes[i] = byte
  }
  if (!same) {
    decoded.length = length
    decoded.name = decoder.decode(decoded.bytes.subarray(0, length))
  }
  return decoded.name
}
