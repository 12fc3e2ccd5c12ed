/** The segments of JPEG data before their pixels (ITU-T T.81, annex B). */

/** Markers that are looked for; all stand behind a byte 255. */
export const jpegMarker = { app0: 0xe0, app14: 0xee, comment: 0xfe } as const

/** Size and samples of an image, from its frame header (ITU-T T.81, B.2.2). */
export type JpegFrame = {
  readonly width: number
  readonly height: number
  readonly components: number
  /** Bits of a sample. */
  readonly precision: number
}

/** A marker segment (ITU-T T.81, B.1.1.4); positions are bytes of the file. */
export type JpegSegment = {
  readonly marker: number
  /** From its marker on. */
  readonly at: number
  /** Behind its last byte. */
  readonly end: number
  /** What it holds, without its length. */
  readonly data: Buffer
}

const startOfScan = 0xda
const endOfImage = 0xd9

/** Segments up to the first scan, or as far as they are whole. */
export function* jpegSegments(bytes: Buffer): Generator<JpegSegment> {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0
    // Fill bytes may stand before a marker.
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === startOfScan || marker === endOfImage) return
    const end = at + 2 + bytes.readUInt16BE(at + 2)
    // A length counts its own two bytes.
    if (end > bytes.length || end < at + 4) return
    yield { marker, at, end, data: bytes.subarray(at + 4, end) }
    at = end
  }
}

/** Markers of a frame header: SOF0 to SOF15 without DHT, JPG and DAC. */
const isFrameHeader = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** What a segment says of the image; undefined for those that are no frame header. */
export function jpegFrame({ marker, data }: JpegSegment): JpegFrame | undefined {
  if (!isFrameHeader(marker) || data.length < 6) return undefined
  return {
    precision: data.readUInt8(0),
    height: data.readUInt16BE(1),
    width: data.readUInt16BE(3),
    components: data.readUInt8(5),
  }
}
