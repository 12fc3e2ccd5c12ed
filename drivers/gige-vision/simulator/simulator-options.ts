import { z } from 'zod'
import { CoverslipError } from '../../../src-shared/errors.ts'

const share = z.number().min(0).max(1).default(0)

/** What the network does to the stream's packets; shares are of all packets, 0 to 1, decided by seeded chance. */
export const linkSchema = z.strictObject({
  /** Packets that never arrive; packets sent again on request are lost as easily. */
  loss: share,
  /** Packets that arrive after the few that were sent after them. */
  reorder: share,
  /** Packets that arrive twice. */
  duplicate: share,
  /** Packets that arrive with a few bytes changed, or cut short. */
  corrupt: share,
  /** Packets larger than this, IP header included, are lost: the path's MTU, bytes. */
  mtu: z.int().min(576).max(65_535).default(65_535),
  /** Speed, Mbit/s. */
  mbitPerSecond: z.number().min(1).max(100_000).default(2500),
})
export type SimulatedLink = z.infer<typeof linkSchema>

const optionsSchema = z.strictObject({
  /** IPv4 address to serve on. */
  address: z.ipv4().default('127.0.0.1'),
  /** Allows the address 0.0.0.0: every interface of this computer. */
  allInterfaces: z.boolean().default(false),
  /** UDP port of the control channel; GigE Vision's own is 3956, 0 takes a free one. */
  port: z.int().min(0).max(65_535).default(3956),
  /** Answers discovery by broadcast as well, from this computer only when `address` is a loopback address. */
  broadcast: z.boolean().default(true),
  /** The same seed gives the same specimen, the same noise and the same lost packets. */
  seed: z.int().min(0).max(0x7fffffff).default(1),
  /** Which camera of the simulated microscope: the monochrome one behind the objective, or the colour one from afar. */
  camera: z.enum(['main', 'overview']).default('main'),
  /** Sensor of the monochrome camera, pixels. */
  width: z.int().min(64).max(8192).multipleOf(16).default(2048),
  height: z.int().min(64).max(8192).multipleOf(16).default(2048),
  /** Frame rate at the start, frames/s. */
  frameRate: z.number().min(1).max(1000).default(30),
  serialNumber: z
    .string()
    .regex(/^[\x20-\x7e]{1,15}$/)
    .default('CVS-0001'),
  userName: z
    .string()
    .regex(/^[\x20-\x7e]{0,15}$/)
    .default(''),
  /** How the camera's description (GenICam XML) is fetched: from its memory as it is or zipped, or from elsewhere. */
  xml: z
    .discriminatedUnion('by', [
      z.strictObject({ by: z.literal('memory') }),
      z.strictObject({ by: z.literal('zipped-memory') }),
      /** Written to this absolute path, and announced as `File:`. */
      z.strictObject({ by: z.literal('file'), path: z.string().min(1) }),
      /** From a small HTTP server on `address`. */
      z.strictObject({ by: z.literal('http') }),
    ])
    .default({ by: 'zipped-memory' }),
  /** Streams with 64-bit block ids and 32-bit packet ids from the start; a client can also ask for them. */
  extendedIds: z.boolean().default(false),
  /** Whether PACKETRESEND is understood. */
  resend: z.boolean().default(true),
  /** Blocks kept for resending. */
  keptBlocks: z.int().min(1).max(64).default(6),
  /** Block id that a stream begins with; ids of 16 bits go from 65535 to 1. */
  firstBlockId: z.int().min(1).max(65_535).default(1),
  /** Time that each write of a camera feature takes, ms, announced by PENDING_ACK; 0: at once. */
  pendingAckMs: z.int().min(0).max(60_000).default(0),
  link: linkSchema.prefault({}),
})
export type GigeSimulatorSettings = z.infer<typeof optionsSchema>
export type GigeSimulatorOptions = z.input<typeof optionsSchema>

/** @throws CoverslipError `INVALID_INPUT` naming the option that is unknown or wrong. */
export function parseSimulatorOptions(options: GigeSimulatorOptions): GigeSimulatorSettings {
  const result = optionsSchema.safeParse(options)
  if (!result.success) {
    const problems = result.error.issues.map((issue) => [...issue.path, issue.message].join(': '))
    throw new CoverslipError(
      'INVALID_INPUT',
      `Wrong options for the GigE Vision simulator: ${problems.join('; ')}`,
      { hint: `Options are ${Object.keys(optionsSchema.shape).join(', ')}.`, data: { problems } },
    )
  }
  if (result.data.address === '0.0.0.0' && !result.data.allInterfaces) {
    throw new CoverslipError(
      'HOST_REFUSED',
      'The GigE Vision simulator does not serve on every interface unless told',
      {
        hint: 'Choose the address of one interface, or say allInterfaces (--all-interfaces).',
      },
    )
  }
  return result.data
}
