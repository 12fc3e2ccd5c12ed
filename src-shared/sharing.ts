/** Sharing the microscope over the network: settings and state. */
import { z } from 'zod'

/** Whether and where others can reach this microscope. */
export const sharingSettingsSchema = z.object({
  /** Serve other computers (with access tokens). */
  enabled: z.boolean().default(false),
  /** Address to serve on; `0.0.0.0`: all of this computer. */
  host: z.string().min(1).max(255).default('0.0.0.0'),
  port: z.number().int().min(0).max(65535).default(8443),
  /** `self-signed`: a certificate made on first use; `own`: the two files below; `off`: unencrypted. */
  tls: z.enum(['self-signed', 'own', 'off']).default('self-signed'),
  /** PEM files. */
  certificateFile: z.string().max(4096).optional(),
  keyFile: z.string().max(4096).optional(),
  /** Other sites whose pages may use this server, e.g. `https://lab.example.org`. */
  allowedOrigins: z
    .array(z.url({ protocol: /^https?$/ }))
    .max(50)
    .default([]),
})
/** Fields to change; `undefined` is not a change. */
export const sharingPatchSchema = z
  .strictObject({
    enabled: z.boolean(),
    host: sharingSettingsSchema.shape.host.unwrap(),
    port: sharingSettingsSchema.shape.port.unwrap(),
    tls: sharingSettingsSchema.shape.tls.unwrap(),
    certificateFile: z.string().max(4096),
    keyFile: z.string().max(4096),
    allowedOrigins: sharingSettingsSchema.shape.allowedOrigins.unwrap(),
  })
  .partial()
export type SharingPatch = z.infer<typeof sharingPatchSchema>
export type SharingSettings = z.infer<typeof sharingSettingsSchema>

/** Whether others can reach this microscope now, and where. */
export const sharingStateSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('off') }),
  z.object({
    state: z.literal('on'),
    /** Addresses under which others reach this computer. */
    urls: z.array(z.string()),
    /** SHA-256 of the certificate, as browsers show it; absent without TLS. */
    certificateFingerprint: z.string().optional(),
  }),
  z.object({ state: z.literal('failed'), message: z.string(), hint: z.string().optional() }),
])
export type SharingState = z.infer<typeof sharingStateSchema>
