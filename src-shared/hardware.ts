/** Connections to hardware, the drivers that open them, and the search for more, as the engine tells the UI of them. */
import { z } from 'zod'
import { deviceStatusSchema } from './devices.ts'

/** Folder-like name of a driver: `gige-vision`. */
export const driverIdSchema = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens')

/** Identifies a connection, and begins the ids of its devices: no path, no space, nothing to escape in an address. */
export const connectionIdSchema = z
  .string()
  .max(80)
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'must be letters, digits, hyphens and underscores')

/** What the user calls a connection. */
export const connectionTitleSchema = z.string().trim().min(1).max(100)

/** What the driver takes as the place of the hardware: an IP address, a URL, a serial port, a folder. */
export const connectionAddressSchema = z.string().max(1000)

/** What a driver takes besides the address; it validates them itself. */
export const connectionOptionsSchema = z.record(z.string().min(1).max(100), z.unknown())

/**
 * What a driver reaches outside of its thread. `network`: opens sockets. `serial`: opens serial ports. `files`: reads the
 * user's files. `programs`: starts programs.
 */
export const driverPermissionSchema = z.enum(['network', 'serial', 'files', 'programs'])
export type DriverPermission = z.infer<typeof driverPermissionSchema>

/** What a driver says of itself, before anything of it is opened. */
export const driverManifestSchema = z.strictObject({
  /** Also the name of its folder. */
  id: driverIdSchema,
  name: z.string().min(1).max(100),
  description: z.string().min(1).max(1000),
  /** True when the devices are simulated: the UI labels them as a demo. */
  demo: z.boolean(),
  /** What it declares to need, shown before a user's own driver is allowed; Node does not keep it from reaching more. */
  permissions: z.array(driverPermissionSchema),
  /**
   * What `open` takes as address, for who types one: `IP address of the camera`. Absent: connections come from the
   * search only.
   */
  addressHint: z.string().max(200).optional(),
})
export type DriverManifest = Readonly<z.infer<typeof driverManifestSchema>>

/** A driver of Coverslip, or of the user's folder `drivers`. */
export const driverInfoSchema = z.object({
  ...driverManifestSchema.shape,
  origin: z.enum(['built-in', 'user']),
  /**
   * `ready`: may be used. `not-allowed`: found in the user's folder, and nobody has allowed it yet. `changed`: its files
   * are not the ones that were allowed. `broken`: it cannot be loaded, see `message`. Of these only `ready` ones run.
   */
  state: z.enum(['ready', 'not-allowed', 'changed', 'broken']),
  message: z.string().optional(),
  /** Drivers of the user: where it is (for owners), and SHA-256 of its files, which is what `allowDriver` allows. */
  folder: z.string().optional(),
  hash: z.string().optional(),
})
export type DriverInfo = z.infer<typeof driverInfoSchema>

/** Why a device of a connection could not be opened with the others. */
export const missingDeviceSchema = z.object({ message: z.string(), hint: z.string().optional() })
export type MissingDevice = z.infer<typeof missingDeviceSchema>

/** One configured connection. */
export const connectionInfoSchema = z.object({
  id: connectionIdSchema,
  title: z.string(),
  driver: z.string(),
  /** Those who do not own the microscope read it without user name, password and query. */
  address: z.string(),
  /** For owners only: may hold passwords. */
  options: connectionOptionsSchema.optional(),
  status: deviceStatusSchema,
  /** Its devices, as far as they are known. */
  deviceIds: z.array(z.string()),
  /** Those that are not among them while the connection is open; absent: none is missing. */
  missing: z.array(missingDeviceSchema).optional(),
})
export type ConnectionInfo = z.infer<typeof connectionInfoSchema>

/** One IPv4 address of this computer. */
export const networkInterfaceSchema = z.object({
  /** As the system calls it: `eth0`, `Ethernet 2`. */
  name: z.string(),
  address: z.string(),
  netmask: z.string(),
  /** This computer itself. */
  loopback: z.boolean(),
  /** Whether the search uses it (`Settings.searchInterfaces` names it). */
  chosen: z.boolean(),
})
export type NetworkInterface = z.infer<typeof networkInterfaceSchema>

/** What a driver found. */
export const foundConnectionSchema = z.object({
  driver: driverIdSchema,
  address: connectionAddressSchema,
  title: z.string(),
  /** What tells it from others of its kind: maker, model, serial number. */
  detail: z.string().optional(),
  serialNumber: z.string().optional(),
  options: connectionOptionsSchema.optional(),
  /** The connection that opens it already; absent: it is new. */
  connectionId: connectionIdSchema.optional(),
})
export type FoundConnection = z.infer<typeof foundConnectionSchema>

/** How one driver's search went. */
export const driverSearchSchema = z.discriminatedUnion('state', [
  z.object({ driver: driverIdSchema, state: z.literal('searching') }),
  z.object({ driver: driverIdSchema, state: z.literal('done') }),
  z.object({
    driver: driverIdSchema,
    state: z.literal('failed'),
    message: z.string(),
    hint: z.string().optional(),
  }),
])
export type DriverSearch = z.infer<typeof driverSearchSchema>

/** The last search, or the one under way: results come driver by driver. */
export const discoverySchema = z.object({
  running: z.boolean(),
  /** Unix time, ms; absent: nobody has searched since the start. */
  startedAt: z.number().optional(),
  drivers: z.array(driverSearchSchema),
  /** For operators and owners. */
  found: z.array(foundConnectionSchema),
})
export type Discovery = z.infer<typeof discoverySchema>

/** All that there is to know of the configured hardware. */
export const hardwareStateSchema = z.object({
  /** The hardware file, for owners; absent: changes hold for this run only. */
  file: z.string().optional(),
  /** Why the file cannot be used; then it is not written either. */
  problem: z.string().optional(),
  connections: z.array(connectionInfoSchema),
  drivers: z.array(driverInfoSchema),
  discovery: discoverySchema,
})
export type HardwareState = z.infer<typeof hardwareStateSchema>

/** A connection to add. */
export const newConnectionSchema = z.strictObject({
  driver: driverIdSchema,
  address: connectionAddressSchema,
  /** Absent: the driver's name. */
  title: connectionTitleSchema.optional(),
  options: connectionOptionsSchema.default({}),
})
export type NewConnection = z.infer<typeof newConnectionSchema>

/** Another title takes effect at once; another address, or other options, close and open the connection. */
export const connectionChangeSchema = z.strictObject({
  title: connectionTitleSchema.optional(),
  address: connectionAddressSchema.optional(),
  options: connectionOptionsSchema.optional(),
})
export type ConnectionChange = z.infer<typeof connectionChangeSchema>
