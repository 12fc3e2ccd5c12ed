import { z } from 'zod'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { ServerAddress } from './protocol/indi-client.ts'

/** The port of INDI servers. */
export const defaultPort = 7624

const optionsSchema = z.strictObject({
  /** Names of the INDI devices to use; default: all that the server has. */
  devices: z.array(z.string().min(1).max(100)).min(1).max(100).optional(),
  /**
   * For the address `start`: the driver programs that indiserver runs, e.g. `indi_asi_ccd`. A configuration may come
   * from somebody else, and must not start anything but INDI's drivers, which are all called so.
   */
  drivers: z
    .array(
      z
        .string()
        .max(100)
        .regex(/^indi_[\w.+-]+$/, 'must be the name of an INDI driver on PATH, like indi_asi_ccd'),
    )
    .min(1)
    .max(100)
    .optional(),
  /** For the address `start`: the port that indiserver is to listen on. */
  port: z.int().min(1).max(65_535).default(defaultPort),
  /** INDI properties to set before a device is connected: `{ "Focuser": { "DEVICE_PORT.PORT": "/dev/ttyUSB1" } }`. */
  settings: z
    .record(z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])))
    .default({}),
  /** Length of one step of a focuser, µm. */
  stepUm: z.number().positive().default(1),
  /** Images of 32 bits: how many of them count; they are divided to 16. */
  bits32: z.int().min(16).max(32).default(32),
  /** How long after the end of an exposure its image may take, s. */
  imageTimeoutS: z.number().min(0.1).max(600).default(30),
})
/** Options of an INDI connection in the hardware configuration. */
export type IndiOptions = z.infer<typeof optionsSchema>

/** @throws CoverslipError INVALID_INPUT that names each wrong option. */
export function parseIndiOptions(options: Readonly<Record<string, unknown>>): IndiOptions {
  const parsed = optionsSchema.safeParse(options)
  if (parsed.success) return parsed.data
  throw new CoverslipError('INVALID_INPUT', `Wrong options for INDI: ${z.prettifyError(parsed.error)}`, {
    hint: `It takes ${Object.keys(optionsSchema.shape).join(', ')}.`,
    cause: parsed.error,
  })
}

/** A server that runs already, or one for us to start. */
export type IndiAddress = { readonly kind: 'start' } | ({ readonly kind: 'server' } & ServerAddress)

/** @throws CoverslipError INVALID_INPUT unless it is `start`, `host`, `host:port` or `[IPv6]:port`. */
export function parseIndiAddress(address: string): IndiAddress {
  if (address === 'start') return { kind: 'start' }
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(address)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3] ?? defaultPort)
  if (host !== undefined && port > 0 && port <= 65_535) return { kind: 'server', host, port }
  throw new CoverslipError('INVALID_INPUT', `"${address}" is no address of an INDI server`, {
    hint: `Give the computer's name or address, with its port where it is not ${defaultPort} (192.168.1.20, observatory:7625), or "start" to run indiserver here.`,
  })
}
