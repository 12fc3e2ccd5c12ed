import { z } from 'zod'

/** Something the user must know: shown until dismissed or until its cause is gone. Keyed by `id`, so it never doubles. */
export const alertSchema = z.object({
  id: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  /** The device or part that raised it. */
  source: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  /** Unix time, ms. */
  since: z.number(),
})
export type Alert = z.infer<typeof alertSchema>

/** Where alerts are raised and cleared; the engine's board implements it. */
export interface AlertSink {
  /** Shows the alert; one with the same id is replaced, keeping its `since`. */
  raise(alert: Omit<Alert, 'since'>): void
  /** The cause is gone. Unknown ids are ignored. */
  clear(id: string): void
}
