/** What a device tells of itself when discovered: its bootstrap registers 0x000 to 0x0f7. */
import { ipFromNumber, ipToNumber, macFromBytes, macToBytes } from './addresses.ts'
import { bootstrap, bootstrapTextBytes } from './bootstrap-registers.ts'
import type { IpConfiguration } from './gvcp-packet.ts'

/** Bytes of the payload of a discovery acknowledgement. */
export const discoveryDataBytes = 248

/** What a device tells of itself. */
export type DiscoveryData = IpConfiguration & {
  /** Version of GigE Vision. */
  readonly version: { readonly major: number; readonly minor: number }
  /** The register `deviceMode`. */
  readonly deviceMode: number
  readonly mac: string
  /** Bits of `ipConfiguration`: what the device can do, and how it got its present address. */
  readonly ipOptions: number
  readonly ipCurrent: number
  readonly manufacturer: string
  readonly model: string
  readonly deviceVersion: string
  readonly manufacturerInfo: string
  /** Empty when the device has none. */
  readonly serialNumber: string
  readonly userName: string
}

/** The registers with these values. Texts that are too long are cut. */
export function encodeDiscoveryData(data: DiscoveryData): Buffer {
  const bytes = Buffer.alloc(discoveryDataBytes)
  bytes.writeUInt16BE(data.version.major, bootstrap.version)
  bytes.writeUInt16BE(data.version.minor, bootstrap.version + 2)
  bytes.writeUInt32BE(data.deviceMode, bootstrap.deviceMode)
  bytes.set(macToBytes(data.mac), bootstrap.macHigh + 2)
  bytes.writeUInt32BE(data.ipOptions, bootstrap.ipOptions)
  bytes.writeUInt32BE(data.ipCurrent, bootstrap.ipCurrent)
  bytes.writeUInt32BE(ipToNumber(data.ip), bootstrap.currentIp)
  bytes.writeUInt32BE(ipToNumber(data.subnetMask), bootstrap.currentSubnetMask)
  bytes.writeUInt32BE(ipToNumber(data.gateway), bootstrap.currentGateway)
  // A device may use all bytes of a text; ours keep the last one for NUL.
  bytes.write(data.manufacturer, bootstrap.manufacturerName, bootstrapTextBytes.manufacturerName - 1)
  bytes.write(data.model, bootstrap.modelName, bootstrapTextBytes.modelName - 1)
  bytes.write(data.deviceVersion, bootstrap.deviceVersion, bootstrapTextBytes.deviceVersion - 1)
  bytes.write(data.manufacturerInfo, bootstrap.manufacturerInfo, bootstrapTextBytes.manufacturerInfo - 1)
  bytes.write(data.serialNumber, bootstrap.serialNumber, bootstrapTextBytes.serialNumber - 1)
  bytes.write(data.userName, bootstrap.userName, bootstrapTextBytes.userName - 1)
  return bytes
}

/** What the registers say; undefined when there are too few of them. */
export function decodeDiscoveryData(data: Uint8Array): DiscoveryData | undefined {
  if (data.length < discoveryDataBytes) return undefined
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length)
  const text = (offset: number, length: number) => registerText(bytes.subarray(offset, offset + length))
  return {
    version: {
      major: bytes.readUInt16BE(bootstrap.version),
      minor: bytes.readUInt16BE(bootstrap.version + 2),
    },
    deviceMode: bytes.readUInt32BE(bootstrap.deviceMode),
    mac: macFromBytes(bytes.subarray(bootstrap.macHigh + 2, bootstrap.macHigh + 8)),
    ipOptions: bytes.readUInt32BE(bootstrap.ipOptions),
    ipCurrent: bytes.readUInt32BE(bootstrap.ipCurrent),
    ip: ipFromNumber(bytes.readUInt32BE(bootstrap.currentIp)),
    subnetMask: ipFromNumber(bytes.readUInt32BE(bootstrap.currentSubnetMask)),
    gateway: ipFromNumber(bytes.readUInt32BE(bootstrap.currentGateway)),
    manufacturer: text(bootstrap.manufacturerName, bootstrapTextBytes.manufacturerName),
    model: text(bootstrap.modelName, bootstrapTextBytes.modelName),
    deviceVersion: text(bootstrap.deviceVersion, bootstrapTextBytes.deviceVersion),
    manufacturerInfo: text(bootstrap.manufacturerInfo, bootstrapTextBytes.manufacturerInfo),
    serialNumber: text(bootstrap.serialNumber, bootstrapTextBytes.serialNumber),
    userName: text(bootstrap.userName, bootstrapTextBytes.userName),
  }
}

/** The text in a register: UTF-8 up to the first NUL. Control characters are left out. */
export function registerText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  const text = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
  return text.replaceAll(/\p{Cc}/gu, '').trim()
}
