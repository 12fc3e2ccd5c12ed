/** Text in JPEG files: the comment segment (COM) of ITU-T T.81, B.2.4.5, which programs show as the image's comment. */

const marker = {
  startOfImage: 0xff_d8,
  firstApplication: 0xff_e0,
  lastApplication: 0xff_ef,
  comment: 0xff_fe,
} as const
/** What the 16 bits of a segment's length, which counts itself, leave. */
export const longestJpegComment = 0xff_ff - 2

/**
 * A JPEG file with a comment, in parts. It comes after the application segments (JFIF's, Exif), as these want to be first.
 * @throws RangeError when the text (as UTF-8) is longer than `longestJpegComment`, or the file is no JPEG.
 */
export function withJpegComment(jpeg: Uint8Array, text: string): readonly Uint8Array[] {
  const bytes = Buffer.from(text)
  if (bytes.length > longestJpegComment) throw new RangeError(`A JPEG comment of ${bytes.length} bytes`)
  const view = new DataView(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength)
  if (view.getUint16(0) !== marker.startOfImage) throw new RangeError('Not a JPEG file')
  let at = 2
  for (;;) {
    const kind = view.getUint16(at)
    if (kind < marker.firstApplication || kind > marker.lastApplication) break
    at += 2 + view.getUint16(at + 2)
  }
  const head = Buffer.alloc(4)
  head.writeUInt16BE(marker.comment, 0)
  head.writeUInt16BE(bytes.length + 2, 2)
  return [jpeg.subarray(0, at), head, bytes, jpeg.subarray(at)]
}
