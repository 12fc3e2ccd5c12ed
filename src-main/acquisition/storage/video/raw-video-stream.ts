/**
 * Raw pictures with their times, as ffmpeg reads them from a pipe: Matroska (RFC 9559) with the codec `V_UNCOMPRESSED`,
 * one cluster per picture. Plain raw video would give all pictures the same duration.
 */

/** How pixels lie in memory, by the FourCC that ffmpeg knows it by. */
export const rawPixels = {
  /** Planes Y, U, V; U and V at half the width and height. Limited range. */
  i420: Buffer.from('I420', 'latin1'),
  /** One byte of grey. */
  gray8: Buffer.from('Y800', 'latin1'),
  /** Two bytes of grey, little endian. */
  gray16: Buffer.from('Y1\0\x10', 'latin1'),
  /** Three bytes: red, green, blue. */
  rgb24: Buffer.from('RGB\x18', 'latin1'),
} as const
export type RawPixels = keyof typeof rawPixels

/** Element IDs of EBML (RFC 8794) and Matroska (RFC 9559, section 5.1). */
const id = {
  ebml: 0x1a45dfa3,
  ebmlVersion: 0x4286,
  ebmlReadVersion: 0x42f7,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  uncompressedFourCc: 0x2eb524,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
} as const

/** Times are written in µs. */
const timestampScaleNs = 1000
/** A size that is not known: the element lasts until the stream ends. */
const unknownSize = Buffer.from('01ffffffffffffff', 'hex')
const program = Buffer.from('Coverslip')

/** What comes before the first picture. */
export function rawVideoHeader(picture: {
  readonly width: number
  readonly height: number
  readonly pixels: RawPixels
}): Buffer {
  const { width, height, pixels } = picture
  return Buffer.concat([
    element(id.ebml, [
      element(id.ebmlVersion, uint(1)),
      element(id.ebmlReadVersion, uint(1)),
      element(id.docType, Buffer.from('matroska')),
      element(id.docTypeVersion, uint(4)),
      element(id.docTypeReadVersion, uint(2)),
    ]),
    idBytes(id.segment),
    unknownSize,
    element(id.info, [
      element(id.timestampScale, uint(timestampScaleNs)),
      element(id.muxingApp, program),
      element(id.writingApp, program),
    ]),
    element(id.tracks, [
      element(id.trackEntry, [
        element(id.trackNumber, uint(1)),
        element(id.trackUid, uint(1)),
        element(id.trackType, uint(1)),
        element(id.codecId, Buffer.from('V_UNCOMPRESSED')),
        element(id.video, [
          element(id.pixelWidth, uint(width)),
          element(id.pixelHeight, uint(height)),
          element(id.uncompressedFourCc, rawPixels[pixels]),
        ]),
      ]),
    ]),
  ])
}

/** Track 1, at the cluster's own time, a key frame. */
const blockHeader = Buffer.from([0x81, 0, 0, 0x80])

/**
 * What comes before the `bytes` of a picture.
 * @param timeUs since the beginning, whole µs; more than that of the picture before.
 */
export function rawVideoPictureHeader(timeUs: number, bytes: number): Buffer {
  const time = element(id.timestamp, uint(timeUs))
  const blockBytes = blockHeader.length + bytes
  const block = Buffer.concat([idBytes(id.simpleBlock), sizeBytes(blockBytes), blockHeader])
  const size = time.length + block.length + bytes
  return Buffer.concat([idBytes(id.cluster), sizeBytes(size), time, block])
}

function element(elementId: number, content: Buffer | readonly Buffer[]): Buffer {
  const data = Buffer.isBuffer(content) ? content : Buffer.concat(content)
  return Buffer.concat([idBytes(elementId), sizeBytes(data.length), data])
}

/** IDs carry the marker of their own length. */
const idBytes = (elementId: number): Buffer => uint(elementId)

/** Sizes in eight bytes: marker 1, then 56 bits. */
function sizeBytes(size: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE((1n << 56n) | BigInt(size))
  return bytes
}

/** An unsigned integer, big endian, in as few bytes as it takes. */
function uint(value: number): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}
