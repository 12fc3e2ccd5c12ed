const magic = 0xfd2fb528

/**
 * Size of the content that a Zstandard frame's header states (RFC 8878, section 3.1.1.1), bytes.
 * undefined when it is not such a frame, is cut off, or does not say.
 */
export function zstdContentBytes(frame: Uint8Array): number | undefined {
  if (frame.length < 18) return frame.length < 6 ? undefined : contentBytes(padded(frame))
  return contentBytes(new DataView(frame.buffer, frame.byteOffset, 18))
}

/** The longest header has 18 bytes, the shortest frame fewer. */
function padded(frame: Uint8Array): DataView {
  const bytes = new Uint8Array(18)
  bytes.set(frame)
  return new DataView(bytes.buffer)
}

function contentBytes(header: DataView): number | undefined {
  if (header.getUint32(0, true) !== magic) return undefined
  const descriptor = header.getUint8(4)
  const singleSegment = (descriptor & 0x20) !== 0
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const at = 5 + (singleSegment ? 0 : 1) + dictionaryIdBytes
  switch (descriptor >> 6) {
    case 0:
      return singleSegment ? header.getUint8(at) : undefined
    case 1:
      return header.getUint16(at, true) + 256
    case 2:
      return header.getUint32(at, true)
    default:
      return Number(header.getBigUint64(at, true))
  }
}
