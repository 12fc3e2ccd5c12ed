/** Registers of the standard that a device may lack (GigE Vision 2.2, "Bootstrap registers"). */

export const optionalRegister = {
  /** Mbit/s; 0 while there is no link. */
  linkSpeed: 0x0670,
  activeLinkCount: 0x0910,
  /** Bit 31: the source port of a stream can be read; bit 30: 16-bit block ids are possible. */
  gvspCapability: 0x092c,
  /** Bit 31: the source port of the message channel can be read. */
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

/** Bits of `optionalRegister.gvcpConfiguration`. */
export const gvcpConfiguration = {
  heartbeatDisable: 1 << 0,
  pendingAck: 1 << 1,
  /** `packetNotYetAvailable`, `packetAndPreviousRemoved` and `packetRemoved` may be used. */
  extendedStatus: 1 << 2,
} as const

/** Bit of `optionalRegister.gvspConfiguration`: 64-bit block ids. */
export const extendedIdsEnable = 0x4000_0000
