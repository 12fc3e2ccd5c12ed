import { z } from 'zod'
import { protocolSchema, streamParamsSchema } from './stream-params.ts'

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
  /** Last used stream parameters, by detector and protocol. */
  streamParams: z.record(z.string(), z.partialRecord(protocolSchema, streamParamsSchema)).default({}),
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
  })
  .partial()
export type SettingsPatch = z.infer<typeof settingsPatchSchema>
