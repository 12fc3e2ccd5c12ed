/** What stands before the data of each packet of multipart content: part u8 | zone u8 | offset within the part u48. */

/** Length of the prefix. */
export const multipartPrefixBytes = 8

/** Number of the part to which the data belongs. */
export function multipartPart(data: Buffer, offset: number): number {
  return data.readUInt8(offset)
}

/** Where in the part the data goes, bytes. */
export function multipartOffset(data: Buffer, offset: number): number {
  return data.readUIntBE(offset + 2, 6)
}

/** Writes the prefix at `offset` of `packet`; returns its length. */
export function writeMultipartPrefix(
  packet: Buffer,
  offset: number,
  prefix: { part: number; offset: number },
): number {
  packet.writeUInt8(prefix.part, offset)
  packet.writeUInt8(0, offset + 1)
  packet.writeUIntBE(prefix.offset, offset + 2, 6)
  return multipartPrefixBytes
}
