/**
 * Leaders, big endian: flags u16 | payload type u16 | timestamp u64, ticks | what the payload type needs.
 * Image (and image with chunks): pixel format u32 | width u32 | height u32 | x u32 | y u32 | padding x u16 | padding y u16.
 * Multipart: one 48-byte description per part. Raw data and chunk data have nothing further that is read here.
 */

/** Payload types; `chunkFlag` is set besides when chunks follow the data. */
export const payloadType = {
  image: 0x0001,
  rawData: 0x0002,
  file: 0x0003,
  chunkData: 0x0004,
  extendedChunkData: 0x0005,
  jpeg: 0x0006,
  jpeg2000: 0x0007,
  h264: 0x0008,
  multiZoneImage: 0x0009,
  multipart: 0x000a,
  genDc: 0x000b,
} as const
/** Bit of the payload type: chunks follow the data. */
export const chunkFlag = 0x4000

/** Size and format of an image as its leader or part describes it. */
export type ImageGeometry = {
  /** PFNC code; see `pixel-codes.ts`. */
  readonly pixelCode: number
  readonly width: number
  readonly height: number
  readonly offsetX: number
  readonly offsetY: number
  /** Bytes after each line, and after the image. */
  readonly paddingX: number
  readonly paddingY: number
}

/** One part of a multipart block. */
export type GvspPart = ImageGeometry & {
  /** 1: 2D image; others are planes, depth maps, confidence maps, chunks, files. */
  readonly dataType: number
  /** Bytes of the part. */
  readonly length: number
  readonly sourceId: number
  readonly purposeId: number
  readonly regionId: number
}

type LeaderBase = {
  /** Clock of the device, ticks. */
  readonly timestamp: bigint
  /** True when chunks follow the data. */
  readonly chunks: boolean
}
/** What a leader announces. */
export type GvspLeader =
  | (LeaderBase & { readonly kind: 'image'; readonly image: ImageGeometry })
  | (LeaderBase & { readonly kind: 'multipart'; readonly parts: readonly GvspPart[] })
  /** Chunk data (the image is a chunk too), raw data and files: a run of bytes. */
  | (LeaderBase & { readonly kind: 'data'; readonly payloadType: number })

const commonBytes = 12
const geometryBytes = 24
/** Length of an image's leader; its timestamp and geometry follow the common part. */
export const imageLeaderBytes = commonBytes + geometryBytes
/** Length of the description of one part. */
export const partBytes = 48
/** More parts than any device sends: a leader with more is not believed. */
const maxParts = 64

/** Reads what follows the header of a leader; undefined when it is truncated. */
export function decodeLeader(data: Buffer): GvspLeader | undefined {
  if (data.length < commonBytes) return undefined
  const type = data.readUInt16BE(2)
  const base = { timestamp: data.readBigUInt64BE(4), chunks: (type & chunkFlag) !== 0 }
  switch (type & ~chunkFlag) {
    case payloadType.image:
    case payloadType.extendedChunkData:
      if (data.length < imageLeaderBytes) return undefined
      return {
        ...base,
        chunks: base.chunks || type === payloadType.extendedChunkData,
        kind: 'image',
        image: { pixelCode: data.readUInt32BE(commonBytes), ...readExtent(data, commonBytes + 4) },
      }
    case payloadType.multipart: {
      const parts = Math.floor((data.length - commonBytes) / partBytes)
      if (parts === 0 || parts > maxParts) return undefined
      return {
        ...base,
        kind: 'multipart',
        parts: Array.from({ length: parts }, (_, i) =>
          decodePart(data.subarray(commonBytes + i * partBytes)),
        ),
      }
    }
    default:
      return { ...base, kind: 'data', payloadType: type & ~chunkFlag }
  }
}

/**
 * A part: data type u16 | length u48 | pixel format u32 | reserved u16 | source u8 | zones u8 | zone directions u32 |
 * purpose u16 | region u16 | width, height, x, y u32 | padding x, y u16 | reserved u32.
 */
function decodePart(data: Buffer): GvspPart {
  return {
    dataType: data.readUInt16BE(0),
    length: data.readUIntBE(2, 6),
    pixelCode: data.readUInt32BE(8),
    sourceId: data.readUInt8(14),
    purposeId: data.readUInt16BE(20),
    regionId: data.readUInt16BE(22),
    ...readExtent(data, 24),
  }
}

type ImageExtent = Omit<ImageGeometry, 'pixelCode'>

/** Width, height, x and y u32 | padding x and y u16: the same in leaders of images and in parts. */
function readExtent(data: Buffer, at: number): ImageExtent {
  return {
    width: data.readUInt32BE(at),
    height: data.readUInt32BE(at + 4),
    offsetX: data.readUInt32BE(at + 8),
    offsetY: data.readUInt32BE(at + 12),
    paddingX: data.readUInt16BE(at + 16),
    paddingY: data.readUInt16BE(at + 18),
  }
}

function writeExtent(target: Buffer, at: number, extent: ImageExtent): void {
  target.writeUInt32BE(extent.width, at)
  target.writeUInt32BE(extent.height, at + 4)
  target.writeUInt32BE(extent.offsetX, at + 8)
  target.writeUInt32BE(extent.offsetY, at + 12)
  target.writeUInt16BE(extent.paddingX, at + 16)
  target.writeUInt16BE(extent.paddingY, at + 18)
}

/** Writes a leader at `offset` of `packet`; returns its length. */
export function writeLeader(packet: Buffer, offset: number, leader: GvspLeader): number {
  const target = packet.subarray(offset)
  target.fill(0, 0, commonBytes)
  target.writeUInt16BE(payloadTypeOf(leader) | (leader.chunks ? chunkFlag : 0), 2)
  target.writeBigUInt64BE(leader.timestamp, 4)
  switch (leader.kind) {
    case 'image':
      target.writeUInt32BE(leader.image.pixelCode, commonBytes)
      writeExtent(target, commonBytes + 4, leader.image)
      return imageLeaderBytes
    case 'multipart':
      leader.parts.forEach((part, i) => writePart(target.subarray(commonBytes + i * partBytes), part))
      return commonBytes + leader.parts.length * partBytes
    case 'data':
      return commonBytes
  }
}

function payloadTypeOf(leader: GvspLeader): number {
  return leader.kind === 'data' ? leader.payloadType : payloadType[leader.kind]
}

function writePart(target: Buffer, part: GvspPart): void {
  target.fill(0, 0, partBytes)
  target.writeUInt16BE(part.dataType, 0)
  target.writeUIntBE(part.length, 2, 6)
  target.writeUInt32BE(part.pixelCode, 8)
  target.writeUInt8(part.sourceId, 14)
  target.writeUInt16BE(part.purposeId, 20)
  target.writeUInt16BE(part.regionId, 22)
  writeExtent(target, 24, part)
}
