import { z } from 'zod'
import { CoverslipError } from '../../src-shared/errors.ts'
import { packetSizeLimits } from './gvsp/stream-channel.ts'
import { gvcpPort } from './protocol/gvcp-packet.ts'

const optionsSchema = z.strictObject({
  /** Address of this computer's network interface that the camera is at; absent: the one the system routes to it. */
  interface: z.ipv4().optional(),
  /** UDP port of the control channel: the standard's own, unless the camera is a simulated one. */
  port: z.int().min(1).max(65_535).default(gvcpPort),
  /** Bytes of a packet with its headers; `auto`: the largest that arrives. */
  packetSize: z
    .union([z.literal('auto'), z.int().min(packetSizeLimits.least).max(packetSizeLimits.most)])
    .default('auto'),
  /** Pause between packets, µs, for links that several cameras share; absent: as the camera is set. */
  packetDelayUs: z.number().min(0).max(100_000).optional(),
  /** Whether lost packets are asked for again, where the camera can resend them. */
  resend: z.boolean().default(true),
  /** What becomes of frames with pixels missing: dropped, or delivered and flagged. */
  incompleteFrames: z.enum(['drop', 'deliver']).default('drop'),
  /** After how much silence the camera gives up control, ms; a heartbeat is sent three times as often. */
  heartbeatTimeoutMs: z.int().min(500).max(60_000).default(3000),
  /** Socket buffer, MiB; the system may allow less (Linux: net.core.rmem_max). */
  receiveBufferMiB: z.int().min(1).max(1024).default(32),
  /** Gives the camera with this MAC the connection's address, when nothing answers there. */
  forceIp: z
    .strictObject({
      mac: z.mac(),
      subnetMask: z.ipv4().default('255.255.255.0'),
      gateway: z.ipv4().default('0.0.0.0'),
    })
    .optional(),
})
/** Options of a GigE Vision camera in the hardware configuration. */
export type GigeOptions = z.infer<typeof optionsSchema>

/** @throws CoverslipError `INVALID_INPUT` naming the option that is unknown or wrong. */
export function parseOptions(options: Readonly<Record<string, unknown>>): GigeOptions {
  const result = optionsSchema.safeParse(options)
  if (result.success) return result.data
  const known = Object.keys(optionsSchema.shape)
  const unknown = Object.keys(options).filter((key) => !known.includes(key))
  const problems = result.error.issues.map((issue) => [...issue.path, issue.message].join(': '))
  throw new CoverslipError(
    'INVALID_INPUT',
    unknown.length > 0
      ? `A GigE Vision camera has no option ${unknown.map((key) => `"${key}"`).join(', ')}`
      : `Wrong options for a GigE Vision camera: ${problems.join('; ')}`,
    { hint: `Options are ${known.join(', ')}.`, data: { problems } },
  )
}

/**
 * The address of a connection.
 * @throws CoverslipError `INVALID_INPUT` when it is no IPv4 address.
 */
export function parseAddress(address: string): string {
  const result = z.ipv4().safeParse(address)
  if (result.success) return result.data
  throw new CoverslipError('INVALID_INPUT', `"${address}" is not the address of a GigE Vision camera`, {
    hint: 'It has an IPv4 address like 192.168.0.10; find cameras to see theirs.',
  })
}
