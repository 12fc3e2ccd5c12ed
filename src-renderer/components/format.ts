/** Numbers as they are read: true minus signs, fixed decimals, so that nothing moves while they change. */

import { unitFactor } from './unit-factor.ts'

/** `value` with `decimals` places. */
export function fixed(value: number, decimals = 0): string {
  const text = Math.abs(value).toFixed(decimals)
  return value < 0 && Number(text) !== 0 ? `−${text}` : text
}

/** Places after the point that steps of `step` need: 0.25 → 2; at most 6. */
export function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 6; decimals++) {
    const scaled = step * 10 ** decimals
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * Math.max(1, scaled)) return decimals
  }
  return 6
}

/** A value for a field: at most `digits` significant digits, no exponent, no trailing zeros. */
export function compact(value: number, digits = 6): string {
  if (value === 0 || !Number.isFinite(value)) return String(value === 0 ? 0 : value)
  const decimals = Math.max(0, Math.min(9, digits - 1 - Math.floor(Math.log10(Math.abs(value)))))
  const text = Math.abs(value).toFixed(decimals)
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return value < 0 && Number(trimmed) !== 0 ? `−${trimmed}` : trimmed
}

/** A real number of any size: as `compact`, or `1.3e−10` where that would be zeros above all. */
export function scientific(value: number, digits = 6): string {
  const size = Math.abs(value)
  if (value === 0 || !Number.isFinite(value) || (size >= 1e-4 && size < 1e9)) return compact(value, digits)
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e')
  return `${compact(Number(mantissa), digits)}e${compact(Number(exponent))}`
}

/** Data per second: `8.4 MB/s`. */
export function byteRate(bytesPerSecond: number): string {
  if (bytesPerSecond >= 999_500) return `${fixed(bytesPerSecond / 1e6, 1)} MB/s`
  return `${fixed(bytesPerSecond / 1e3, 0)} kB/s`
}

/** A size: `4.20 MB`, `81 GB`. */
export function byteSize(bytes: number): string {
  if (bytes >= 99.5e9) return `${fixed(bytes / 1e9)} GB`
  if (bytes >= 999.5e6) return `${fixed(bytes / 1e9, 1)} GB`
  if (bytes >= 999_500) return `${fixed(bytes / 1e6, 2)} MB`
  return `${fixed(bytes / 1e3, 0)} kB`
}

/** A whole number with thin spaces between thousands. */
export function count(value: number): string {
  return fixed(value).replace(/\B(?=(\d{3})+$)/g, '\u2009')
}

/**
 * What a user typed into a field, as a number in its `unit`: decimal comma and true minus are understood, and at the end
 * the unit itself or one that is brought to it (`0.5 s` of milliseconds: 500). Undefined with any other unit.
 */
export function parseNumber(text: string, unit = ''): number | undefined {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(?:([^\d\s].*?)\s*)?$/i.exec(
    text.replaceAll('−', '-').replace(',', '.').replaceAll('\u2009', ''),
  )
  if (match?.[1] === undefined) return undefined
  const [, number, typed] = match
  const factor = typed === undefined ? 1 : unitFactor(typed, unit)
  if (factor === undefined) return undefined
  const value = factor === 1 ? Number(number) : Number((Number(number) * factor).toPrecision(12))
  return Number.isFinite(value) ? value : undefined
}

/** How long ago: `now`, `3 min`, `2 h`, `4 d`. */
export function ago(sinceMs: number, nowMs: number): string {
  const minutes = Math.floor(Math.max(0, nowMs - sinceMs) / 60_000)
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours} h` : `${Math.floor(hours / 24)} d`
}
