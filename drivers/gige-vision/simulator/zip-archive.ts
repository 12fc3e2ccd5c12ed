import { crc32, deflateRawSync } from 'node:zlib'

const localHeaderBytes = 30
const directoryEntryBytes = 46
const directoryEndBytes = 22
const zipVersion = 20
const deflated = 8

/** A ZIP archive of one deflated file (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16), without a date. */
export function zipOfOne(name: string, content: Uint8Array): Buffer {
  const fileName = Buffer.from(name)
  const data = deflateRawSync(content)
  // What the local header and the directory have in common: version to flags, method, time, CRC, sizes, name length.
  const common = Buffer.alloc(26)
  common.writeUInt16LE(zipVersion, 0)
  common.writeUInt16LE(deflated, 4)
  common.writeUInt32LE(crc32(content), 10)
  common.writeUInt32LE(data.length, 14)
  common.writeUInt32LE(content.length, 18)
  common.writeUInt16LE(fileName.length, 22)

  const local = Buffer.alloc(localHeaderBytes)
  local.writeUInt32LE(0x04034b50, 0)
  local.set(common, 4)

  const directory = Buffer.alloc(directoryEntryBytes)
  directory.writeUInt32LE(0x02014b50, 0)
  directory.writeUInt16LE(zipVersion, 4)
  directory.set(common, 6)

  const end = Buffer.alloc(directoryEndBytes)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(directoryEntryBytes + fileName.length, 12)
  end.writeUInt32LE(localHeaderBytes + fileName.length + data.length, 16)
  return Buffer.concat([local, fileName, data, directory, fileName, end])
}
