import { z } from 'zod'
import { pixelSizesSchema } from './pixel-size.ts'
import { sharingSettingsSchema } from './sharing.ts'
import { iceServerSchema, protocolSchema, savedStreamParamsSchema } from './stream-params.ts'

/** What is no address at all, the check before has complained of. */
function namesUser(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { username, password } = new URL(url)
  return username !== '' || password !== ''
}

/** Where one camera is published to by WHIP. */
export const whipSettingsSchema = z.object({
  enabled: z.boolean().default(false),
  url: z.url({ protocol: /^https?$/ }).refine((url) => !namesUser(url), {
    message: 'must not contain a user name or password: use the bearer token',
  }),
  bearerToken: z.string().max(4096).optional(),
  /** Absent: the first camera. */
  detectorName: z.string().min(1).max(200).optional(),
})
export type WhipSettings = z.infer<typeof whipSettingsSchema>

/** What Coverslip remembers between runs: `settings.json` in the data folder. */
export const settingsSchema = z.object({
  /** `exclusive`: one protocol per detector. `concurrent`: several at once from the same frames. */
  sharing: z.enum(['exclusive', 'concurrent']).default('exclusive'),
  /** Start the live view of the first camera when a window or page opens. */
  autoStart: z.boolean().default(true),
  /** Protocol used when a start names none. */
  defaultProtocol: protocolSchema.default('binary'),
  /** Above this exposure a live view is refused unless forced, ms. */
  longExposureMs: z.number().positive().default(2000),
  /** Colours of the window. */
  theme: z.enum(['dark', 'light']).default('dark'),
  /** Names of this computer's network interfaces that the search for hardware uses; none of them until the user chose. */
  searchInterfaces: z.array(z.string().min(1).max(100)).max(64).default([]),
  /** Other computers that may watch or operate. */
  remote: sharingSettingsSchema.prefault({}),
  /** Drivers of the user's folder that the owner has allowed: SHA-256 of their files, by id. */
  allowedDrivers: z.record(z.string(), z.string()).default({}),
  /** STUN and TURN servers for all WebRTC streams; none are needed within one network. */
  iceServers: z.array(iceServerSchema).max(8).default([]),
  /** Of cameras that were calibrated, for each objective. */
  pixelSizes: pixelSizesSchema.default({}),
  /** A stream published to a media server by WHIP (RFC 9725), so that it serves the many; absent: none. */
  whip: whipSettingsSchema.optional(),
  /** Last used stream parameters, by detector and protocol. */
  streamParams: z.record(z.string(), z.partialRecord(protocolSchema, savedStreamParamsSchema)).default({}),
  /** Protocol last used, by detector. */
  lastProtocol: z.record(z.string(), protocolSchema).default({}),
})
export type Settings = z.infer<typeof settingsSchema>

/** The settings a user changes directly; stream parameters are changed through the live view. */
export const settingsPatchSchema = z
  .strictObject({
    sharing: z.enum(['exclusive', 'concurrent']),
    autoStart: z.boolean(),
    defaultProtocol: protocolSchema,
    longExposureMs: z.number().positive(),
    theme: z.enum(['dark', 'light']),
    searchInterfaces: settingsSchema.shape.searchInterfaces.unwrap(),
    iceServers: settingsSchema.shape.iceServers.unwrap(),
    pixelSizes: pixelSizesSchema,
  })
  .partial()
export type SettingsPatch = z.infer<typeof settingsPatchSchema>
