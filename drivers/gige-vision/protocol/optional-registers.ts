/** Registers of the standard that a device may lack (GigE Vision 2.2, "Bootstrap registers"). */

/** Their addresses. */
export const optionalRegister = {
  /** Mbit/s; 0 while there is no link. */
  linkSpeed: 0x0670,
  activeLinkCount: 0x0910,
  /** See `channelCapability`. */
  gvspCapability: 0x092c,
  messageCapability: 0x0930,
  gvcpConfiguration: 0x0954,
  /** Longest time that a command takes before it is acknowledged or announced as pending, ms. */
  pendingTimeoutMs: 0x0958,
  gvspConfiguration: 0x0960,
  primaryApplicationPort: 0x0a04,
  primaryApplicationIp: 0x0a14,
  messagePort: 0x0b00,
  messageDestinationIp: 0x0b10,
  /** Time after which an event that was not acknowledged is sent again, ms; 0: events need no acknowledgement. */
  messageTimeoutMs: 0x0b14,
  messageRetries: 0x0b18,
  messageSourcePort: 0x0b1c,
} as const

/** Bits of `optionalRegister.gvspCapability` and `messageCapability`. */
export const channelCapability = {
  /** The port that the channel's packets come from can be read. */
  sourcePort: 0x8000_0000,
  /** Streams: 16-bit block ids are possible. */
  standardIds: 0x4000_0000,
} as const

/** Bits of `optionalRegister.gvcpConfiguration`. */
export const gvcpConfiguration = {
  heartbeatDisable: 1 << 0,
  pendingAck: 1 << 1,
  /** `packetNotYetAvailable`, `packetAndPreviousRemoved` and `packetRemoved` may be used. */
  extendedStatus: 1 << 2,
} as const

/** Bit of `optionalRegister.gvspConfiguration`: 64-bit block ids. */
export const extendedIdsEnable = 0x4000_0000
