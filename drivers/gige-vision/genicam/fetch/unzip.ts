import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import { unusableDescription } from '../description-error.ts'

const inflate = promisify(inflateRaw)

/** Signatures and fixed lengths of ZIP's records (PKWARE APPNOTE 6.3.9, 4.3.7, 4.3.12, 4.3.16). */
const endRecord = { signature: 0x0605_4b50, bytes: 22 }
const centralHeader = { signature: 0x0201_4b50, bytes: 46 }
const localHeader = { signature: 0x0403_4b50, bytes: 30 }
/** The comment after the end record may be this long. */
const maxComment = 65_535

/** Whether `bytes` begin as a ZIP file does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4
}

/**
 * The content of the first file in a ZIP archive, which is how cameras keep their description.
 * @throws DEVICE_FAILED for what is damaged, encrypted or packed otherwise than by Deflate, or larger than `maxBytes`.
 */
export async function unzipFirst(archive: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const zip = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
  const at = directoryOffset(zip)
  if (!holds(zip, at, centralHeader)) throw damaged('its table of contents is missing')
  const flags = zip.readUInt16LE(at + 8)
  const method = zip.readUInt16LE(at + 10)
  const checksum = zip.readUInt32LE(at + 16)
  const packedBytes = zip.readUInt32LE(at + 20)
  const bytes = zip.readUInt32LE(at + 24)
  const header = zip.readUInt32LE(at + 42)
  if ((flags & 1) === 1) throw damaged('it is encrypted')
  if (bytes > maxBytes)
    throw unusableDescription(`it would be ${bytes} bytes when unpacked, more than ${maxBytes}`)
  if (!holds(zip, header, localHeader)) throw damaged('its file is missing')
  const start = header + localHeader.bytes + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28)
  if (start + packedBytes > zip.length) throw damaged('it ends too early')
  const content = await unpacked(zip.subarray(start, start + packedBytes), method, bytes)
  if (content.length !== bytes || crc32(content) !== checksum) throw damaged('its checksum is wrong')
  return content
}

async function unpacked(packed: Uint8Array, method: number, bytes: number): Promise<Uint8Array> {
  if (method === 0) return packed
  if (method !== 8) throw damaged(`it is packed by method ${method}, and only 0 and 8 are known`)
  try {
    // One byte more than announced, so that too long a content is told from one of the right length.
    return await inflate(packed, { maxOutputLength: bytes + 1 })
  } catch (error) {
    throw unusableDescription('its ZIP archive is damaged: it cannot be unpacked', error)
  }
}

/** Where the table of contents begins. It is found from the end, as a comment may follow. */
function directoryOffset(zip: Buffer): number {
  const lowest = Math.max(0, zip.length - endRecord.bytes - maxComment)
  for (let at = zip.length - endRecord.bytes; at >= lowest; at--) {
    if (zip.readUInt32LE(at) === endRecord.signature) return zip.readUInt32LE(at + 16)
  }
  throw damaged('its end is missing')
}

function holds(
  zip: Buffer,
  at: number,
  record: { readonly signature: number; readonly bytes: number },
): boolean {
  return at + record.bytes <= zip.length && zip.readUInt32LE(at) === record.signature
}

function damaged(reason: string) {
  return unusableDescription(`its ZIP archive is damaged: ${reason}`)
}
