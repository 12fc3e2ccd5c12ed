import { z } from 'zod'

const frames = z.int().min(1).max(1_000_000).default(1)

/** What the simulator can be made to do wrong while it runs. */
export const faultSchema = z.discriminatedUnion('kind', [
  /** Control is taken from the client: it reads 0 from the control channel privilege. */
  z.strictObject({ kind: z.literal('lose-control') }),
  /** Nothing is answered or sent for `downMs`; then the camera is as after power-on. */
  z.strictObject({ kind: z.literal('reboot'), downMs: z.int().min(0).max(600_000).default(1000) }),
  /** The leaders of the next frames announce this size, whatever the data are. */
  z.strictObject({
    kind: z.literal('announce-size'),
    width: z.int().min(0).max(0xffffffff),
    height: z.int().min(0).max(0xffffffff),
    frames,
  }),
  /** The next frames end after half of their packets, without a trailer; nothing of them can be sent again. */
  z.strictObject({ kind: z.literal('half-frame'), frames }),
  /** This many packets of random bytes to the stream's port, and as many to the control client. */
  z.strictObject({ kind: z.literal('garbage'), packets: z.int().min(1).max(100_000).default(100) }),
  /** The next commands are not answered, though they are carried out. */
  z.strictObject({ kind: z.literal('lose-acks'), count: z.int().min(1).max(1_000_000).default(1) }),
  /** The next commands are refused with this status. */
  z.strictObject({
    kind: z.literal('refuse'),
    status: z.int().min(0x8001).max(0xffff),
    count: z.int().min(1).max(1_000_000).default(1),
  }),
  /** No frames for so long, though the camera acquires. */
  z.strictObject({ kind: z.literal('stall'), ms: z.int().min(0).max(600_000).default(1000) }),
])
export type GigeSimulatorFault = z.infer<typeof faultSchema>
export type GigeSimulatorFaultInput = z.input<typeof faultSchema>
