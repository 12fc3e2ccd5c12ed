/** Durations as useq-schema (pydantic's `timedelta`) writes them. */
import { z } from 'zod'

const secondsPer = {
  weeks: 604_800,
  days: 86_400,
  hours: 3600,
  minutes: 60,
  seconds: 1,
  milliseconds: 1e-3,
  microseconds: 1e-6,
} as const

const partsSchema = z
  .strictObject({
    weeks: z.number(),
    days: z.number(),
    hours: z.number(),
    minutes: z.number(),
    seconds: z.number(),
    milliseconds: z.number(),
    microseconds: z.number(),
  })
  .partial()

/** ISO 8601 without years and months, whose length nobody knows: `PT0.5S`, `P1DT2H`. */
const iso =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/
/** pydantic accepts this form too: `P1DT2S` is ISO, `2 days, 01:30:00.5` is Python's. */
const clock = /^(?:(\d+) days?,? )?(\d+):([0-5]?\d):([0-5]?\d(?:\.\d+)?)$/

/**
 * Seconds that `text` stands for; undefined when it is no duration. `1:30`, `90` and `1.5s` are none, as it cannot be
 * told what their author meant.
 */
export function parseDuration(text: string): number | undefined {
  const [, ...isoParts] = iso.exec(text) ?? []
  if (isoParts.some((part) => part !== undefined)) {
    const [weeks, days, hours, minutes, seconds] = isoParts.map((part) => Number(part ?? 0))
    return inSeconds({ weeks, days, hours, minutes, seconds })
  }
  const [whole, ...clockParts] = clock.exec(text) ?? []
  if (whole === undefined) return undefined
  const [days, hours, minutes, seconds] = clockParts.map((part) => Number(part ?? 0))
  return inSeconds({ days, hours, minutes, seconds })
}

function inSeconds(parts: { readonly [Unit in keyof typeof secondsPer]?: number | undefined }): number {
  const units = Object.keys(secondsPer) as (keyof typeof secondsPer)[]
  return units.reduce((sum, unit) => sum + (parts[unit] ?? 0) * secondsPer[unit], 0)
}

/** Nobody waits longer: it is a mistake in the unit. Sums of what is shorter stay far from what numbers can hold. */
const longestS = 100 * 365.25 * secondsPer.days

/** A duration in any of its forms, as seconds; never negative. */
export const durationSchema = z.unknown().transform((value, context): number => {
  const seconds = secondsOf(value)
  if (seconds !== undefined && seconds >= 0 && seconds <= longestS) return seconds
  context.addIssue({ code: 'custom', message: complaintOf(seconds) })
  return z.NEVER
})

function complaintOf(seconds: number | undefined): string {
  if (seconds === undefined || Number.isNaN(seconds))
    return 'is no duration: seconds, "HH:MM:SS", "PT0.5S" or { minutes, seconds, … } are'
  return seconds < 0 ? 'must not be negative' : 'must not be longer than 100 years'
}

function secondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'string') return parseDuration(value)
  const parts = partsSchema.safeParse(value)
  return parts.success && Object.keys(parts.data).length > 0 ? inSeconds(parts.data) : undefined
}
