/** Addresses of the bootstrap registers that every GigE Vision device has (GigE Vision 2.2, "Bootstrap registers"). */

/** Addresses of the bootstrap registers. */
export const bootstrap = {
  /** Major version << 16 | minor. */
  version: 0x0000,
  /** Bit 31: big endian; low 16 bits: character set, 1 is UTF-8. */
  deviceMode: 0x0004,
  macHigh: 0x0008,
  macLow: 0x000c,
  /** Options and present choice of how the device gets its address; see `ipConfiguration`. */
  ipOptions: 0x0010,
  ipCurrent: 0x0014,
  currentIp: 0x0024,
  currentSubnetMask: 0x0034,
  currentGateway: 0x0044,
  manufacturerName: 0x0048,
  modelName: 0x0068,
  deviceVersion: 0x0088,
  manufacturerInfo: 0x00a8,
  serialNumber: 0x00d8,
  userName: 0x00e8,
  xmlUrl1: 0x0200,
  xmlUrl2: 0x0400,
  interfaceCount: 0x0600,
  persistentIp: 0x064c,
  persistentSubnetMask: 0x065c,
  persistentGateway: 0x066c,
  messageChannelCount: 0x0900,
  streamChannelCount: 0x0904,
  gvcpCapability: 0x0934,
  heartbeatTimeoutMs: 0x0938,
  timestampTickFrequencyHigh: 0x093c,
  timestampTickFrequencyLow: 0x0940,
  timestampControl: 0x0944,
  timestampHigh: 0x0948,
  timestampLow: 0x094c,
  /** Control channel privilege; see `privilege`. */
  controlPrivilege: 0x0a00,
} as const

/** Bytes of the texts among the registers, NUL-terminated where shorter. */
export const bootstrapTextBytes = {
  manufacturerName: 32,
  modelName: 32,
  deviceVersion: 32,
  manufacturerInfo: 48,
  serialNumber: 16,
  userName: 16,
  xmlUrl: 512,
} as const

/** Registers of stream channel 0; channel n is 0x40 * n further. */
export const streamChannel = {
  /** Host port; 0 closes the channel. */
  port: 0x0d00,
  /** Low 16 bits: bytes of a packet with IP and UDP headers; see `packetSizeFlags`. */
  packetSize: 0x0d04,
  /** Pause between packets, timestamp ticks. */
  packetDelay: 0x0d08,
  destinationIp: 0x0d18,
  sourcePort: 0x0d1c,
} as const

/** Bits of `streamChannel.packetSize`. */
export const packetSizeFlags = {
  fireTestPacket: 0x8000_0000,
  doNotFragment: 0x4000_0000,
  bigEndianPixels: 0x2000_0000,
} as const

/** Values of `bootstrap.controlPrivilege`. */
export const privilege = { none: 0, exclusive: 1, control: 2 } as const

/** Bits of `bootstrap.ipOptions` and `ipCurrent`. */
export const ipConfiguration = { persistent: 1, dhcp: 2, linkLocal: 4 } as const

/** Bits of `bootstrap.gvcpCapability`. */
export const gvcpCapability = {
  concatenation: 1 << 0,
  writeMemory: 1 << 1,
  packetResend: 1 << 2,
  event: 1 << 3,
  eventData: 1 << 4,
  pendingAck: 1 << 5,
  action: 1 << 6,
  extendedStatus: 1 << 22,
  heartbeatDisable: 1 << 29,
  serialNumber: 1 << 30,
  userName: 0x8000_0000,
} as const

/** Value of `bootstrap.timestampControl` that copies the clock to `timestampHigh` and `timestampLow`. */
export const latchTimestamp = 2
