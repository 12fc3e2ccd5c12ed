/** GVCP packets as values: what the codecs (`gvcp-command.ts`, `gvcp-ack.ts`) write and read. */
import type { GvcpStatus } from './gvcp-status.ts'

/** The device's UDP port for GVCP. */
export const gvcpPort = 3956

/** First byte of each command. */
export const gvcpKey = 0x42

/** Bytes of the header of commands and acknowledgements alike. */
export const gvcpHeaderBytes = 8

/** Largest payload of a packet: GVCP packets are not to be fragmented, 576 bytes with their IP, UDP and GVCP headers. */
export const maxGvcpPayloadBytes = 540

/** Largest count of one READMEM or WRITEMEM, bytes; a multiple of 4. */
export const maxMemoryBytes = 536

/** Command numbers; the acknowledgement's is one more. */
export const commandIds = {
  discovery: 0x0002,
  forceIp: 0x0004,
  packetResend: 0x0040,
  readRegister: 0x0080,
  writeRegister: 0x0082,
  readMemory: 0x0084,
  writeMemory: 0x0086,
  pending: 0x0088,
  event: 0x00c0,
  eventData: 0x00c2,
  action: 0x0100,
} as const

/** A value for one register. */
export type RegisterWrite = { readonly address: number; readonly value: number }

/** IPv4 settings in the form `192.168.0.10`. */
export type IpConfiguration = { readonly ip: string; readonly subnetMask: string; readonly gateway: string }

/** A command, by its kind. */
export type GvcpCommand =
  /** `allowBroadcastAck`: the device may answer by broadcast, which reaches us from another subnet. */
  | { readonly kind: 'discovery'; readonly allowBroadcastAck: boolean }
  /** Sets the address of the device with this MAC (`00:11:22:aa:bb:cc`) until it is switched off. */
  | ({ readonly kind: 'forceIp'; readonly mac: string } & IpConfiguration)
  /** Asks for packets `first` to `last` (inclusive) of a block; never acknowledged, the packets come as GVSP. */
  | {
      readonly kind: 'packetResend'
      readonly streamChannel: number
      readonly blockId: number
      readonly firstPacket: number
      readonly lastPacket: number
      readonly extendedIds: boolean
    }
  | { readonly kind: 'readRegister'; readonly addresses: readonly number[] }
  | { readonly kind: 'writeRegister'; readonly writes: readonly RegisterWrite[] }
  /** `count` bytes, a multiple of 4, at most `maxMemoryBytes`. */
  | { readonly kind: 'readMemory'; readonly address: number; readonly count: number }
  | { readonly kind: 'writeMemory'; readonly address: number; readonly data: Uint8Array }

/** What a command asks for. */
export type CommandKind = GvcpCommand['kind']

/** A command as it came in. */
export type ReceivedCommand = {
  readonly requestId: number
  readonly ackRequired: boolean
  readonly command:
    | GvcpCommand
    /** A command that these codecs do not know (or whose acknowledgement only the other side sends). */
    | { readonly kind: 'unknown'; readonly commandId: number }
    /** A known command with a payload that cannot be one: wrong length, odd values. */
    | { readonly kind: 'malformed'; readonly commandId: number }
}

/** The answer to a command, by the command's kind. */
export type GvcpAck =
  /** `data`: bootstrap registers 0x000 to 0x0f7; see `discovery-data.ts`. */
  | { readonly kind: 'discovery'; readonly data: Uint8Array }
  | { readonly kind: 'forceIp' }
  | { readonly kind: 'readRegister'; readonly values: readonly number[] }
  /** `written`: how many registers were written; with an error, the index of the one that failed. */
  | { readonly kind: 'writeRegister'; readonly written: number }
  | { readonly kind: 'readMemory'; readonly address: number; readonly data: Uint8Array }
  | { readonly kind: 'writeMemory'; readonly written: number }
  /** Not the answer yet: it comes within `timeoutMs`. */
  | { readonly kind: 'pending'; readonly timeoutMs: number }

/** An acknowledgement as it came in. */
export type ReceivedAck = {
  /** The request id of the command it answers. */
  readonly ackId: number
  readonly status: GvcpStatus
  /** The code on the wire, for codes of one maker's own. */
  readonly statusCode: number
  readonly ack:
    | GvcpAck
    /** Answers a command with an error, without content. `commandId` is the command's, not the acknowledgement's. */
    | { readonly kind: 'refused'; readonly commandId: number }
}
