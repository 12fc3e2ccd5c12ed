import { z } from 'zod'

/** One thing that commonly keeps hardware from working, and what to do about it. */
export const doctorCheckSchema = z.object({
  /** Stable: `udp-receive-buffer`, `mtu:eth0`. */
  id: z.string().min(1).max(200),
  /** `Network receive buffer`. */
  title: z.string(),
  /** `unknown`: not checked, `message` says why. */
  state: z.enum(['ok', 'warning', 'problem', 'unknown']),
  /** What was found. */
  message: z.string(),
  /** What to do. */
  hint: z.string().optional(),
})
export type DoctorCheck = z.infer<typeof doctorCheckSchema>

/** All that the doctor has found at one time. */
export const doctorReportSchema = z.object({
  /** Unix time, ms. */
  checkedAt: z.number(),
  checks: z.array(doctorCheckSchema),
})
export type DoctorReport = z.infer<typeof doctorReportSchema>
