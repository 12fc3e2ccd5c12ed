/**
 * Raw pictures with their times, as ffmpeg reads them: Matroska (RFC 9559) with the codec `V_UNCOMPRESSED`,
 * one cluster per picture. Plain raw video would give all pictures the same duration.
 */
import { joinedBytes } from './joined-bytes.ts'

/** How pixels lie in memory, by the FourCC that ffmpeg knows it by. */
export const rawPixels = {
  /** Planes Y, U, V; U and V at half the width and height. Limited range. */
  i420: ascii('I420'),
  /** One byte of grey. */
  gray8: ascii('Y800'),
  /** Two bytes of grey, little endian. */
  gray16: ascii('Y1\0\x10'),
  /** Three bytes: red, green, blue. */
  rgb24: ascii('RGB\x18'),
  /** Four bytes: red, green, blue, opacity. */
  rgba: ascii('RGBA'),
} as const
/** A pixel format that such a stream can hold. */
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
  tags: 0x1254c367,
  tag: 0x7373,
  targets: 0x63c0,
  simpleTag: 0x67c8,
  tagName: 0x45a3,
  tagString: 0x4487,
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
const unknownSize = Uint8Array.of(1, 255, 255, 255, 255, 255, 255, 255)
const program = ascii('Coverslip')

/** What comes before the first picture. @param picture.tags texts about the whole, which ffmpeg passes on */
export function rawVideoHeader(picture: {
  readonly width: number
  readonly height: number
  readonly pixels: RawPixels
  readonly tags?: Readonly<Record<string, string>>
}): Uint8Array {
  const { width, height, pixels, tags = {} } = picture
  return joinedBytes([
    element(id.ebml, [
      element(id.ebmlVersion, uint(1)),
      element(id.ebmlReadVersion, uint(1)),
      element(id.docType, ascii('matroska')),
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
        element(id.codecId, ascii('V_UNCOMPRESSED')),
        element(id.video, [
          element(id.pixelWidth, uint(width)),
          element(id.pixelHeight, uint(height)),
          element(id.uncompressedFourCc, rawPixels[pixels]),
        ]),
      ]),
    ]),
    ...Object.entries(tags).map(([name, text]) => tagElement(name, text)),
  ])
}

function tagElement(name: string, text: string): Uint8Array {
  const simple = element(id.simpleTag, [
    element(id.tagName, ascii(name)),
    element(id.tagString, new TextEncoder().encode(text)),
  ])
  // Without a target it is about the whole.
  return element(id.tags, element(id.tag, [element(id.targets, []), simple]))
}

/** Track 1, at the cluster's own time, a key frame. */
const blockHeader = Uint8Array.of(0x81, 0, 0, 0x80)

/**
 * What comes before the `bytes` of a picture.
 * @param timeUs since the beginning, whole µs; more than that of the picture before.
 */
export function rawVideoPictureHeader(timeUs: number, bytes: number): Uint8Array {
  const time = element(id.timestamp, uint(timeUs))
  const blockBytes = blockHeader.length + bytes
  const block = joinedBytes([idBytes(id.simpleBlock), sizeBytes(blockBytes), blockHeader])
  const size = time.length + block.length + bytes
  return joinedBytes([idBytes(id.cluster), sizeBytes(size), time, block])
}

function element(elementId: number, content: Uint8Array | readonly Uint8Array[]): Uint8Array {
  const data = content instanceof Uint8Array ? content : joinedBytes(content)
  return joinedBytes([idBytes(elementId), sizeBytes(data.length), data])
}

/** IDs carry the marker of their own length. */
const idBytes = (elementId: number): Uint8Array => uint(elementId)

/** Sizes in eight bytes: marker 1, then 56 bits. */
function sizeBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, (1n << 56n) | BigInt(size))
  return bytes
}

/** An unsigned integer, big endian, in as few bytes as it takes. */
function uint(value: number): Uint8Array {
  const bytes: number[] = []
  for (let left = value; bytes.length === 0 || left > 0; left = Math.floor(left / 256))
    bytes.unshift(left % 256)
  return Uint8Array.from(bytes)
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}
