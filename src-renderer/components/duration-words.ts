/** Spans of time as people read and type them. */
import { compact, fixed, parseNumber } from './format.ts'

const day = 86_400
const hour = 3600

/** `0.5 s`, `45 s`, `4 min 12 s`, `2 h 5 min`, `3 d 4 h`: the two units that matter. */
export function durationText(seconds: number): string {
  if (seconds < 59.5) return `${compact(seconds, 2)} s`
  const whole = Math.round(seconds)
  if (whole < hour) return twoUnits(whole, [60, 'min'], [1, 's'])
  const minutes = Math.round(seconds / 60) * 60
  if (minutes < day) return twoUnits(minutes, [hour, 'h'], [60, 'min'])
  return twoUnits(Math.round(seconds / hour) * hour, [day, 'd'], [hour, 'h'])
}

type Unit = readonly [seconds: number, name: string]

function twoUnits(seconds: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.round((seconds % large) / small)
  const first = `${fixed(Math.floor(seconds / large))} ${largeName}`
  return rest === 0 ? first : `${first} ${rest} ${smallName}`
}

const secondsPer: Readonly<Record<string, number>> = {
  ms: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: hour,
  hour,
  d: day,
  day,
}

/**
 * Seconds that a user meant: `90`, `500 ms`, `5 min`, `2 h 30 min`, `1:30` (minutes and seconds), `1:30:00`; undefined
 * when it is none of these.
 */
export function parseDurationText(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase()
  const clock = /^(?:(\d+):)?(\d+):(\d{1,2}(?:[.,]\d+)?)$/.exec(trimmed)
  if (clock !== null) {
    const [hours, minutes, seconds] = clock.slice(1).map((part) => parseNumber(part ?? '0') ?? 0)
    return (hours ?? 0) * hour + (minutes ?? 0) * 60 + (seconds ?? 0)
  }
  let [sum, read] = [0, 0]
  for (const [part, number = '', unit = ''] of trimmed.matchAll(/(\d+(?:[.,]\d+)?)\s*([a-z]*)\s*/gy)) {
    const factor = unit === '' ? 1 : (secondsPer[unit] ?? secondsPer[unit.replace(/s$/, '')])
    const value = parseNumber(number)
    if (factor === undefined || value === undefined) return undefined
    sum += value * factor
    read += part.length
  }
  return read > 0 && read === trimmed.length ? sum : undefined
}

/** For a field: exact, in one unit where that is short, so that it can be typed again. */
export function durationFieldText(seconds: number): string {
  if (seconds >= hour && seconds % (hour / 2) === 0) return `${compact(seconds / hour)} h`
  if (seconds >= 60 && seconds % 30 === 0) return `${compact(seconds / 60)} min`
  if (seconds > 0 && seconds < 0.1) return `${compact(seconds * 1000, 7)} ms`
  return `${compact(seconds, 9)} s`
}
