import type { PropertyDescriptor } from '../../src-shared/devices.ts'
import { compact, count } from './format.ts'

/** What a property may be, in short: `0.05 – 10 000 ms`, `≥ 0 µs`, `12 options`; empty where there is nothing to say. */
export function limitsText(property: PropertyDescriptor): string {
  if (property.readOnly) return 'read only'
  if (property.type === 'option')
    return property.options.length > 1 ? `${property.options.length} options` : ''
  if (property.type !== 'number') return ''
  const { min, max, unit } = property
  const range =
    min !== undefined && max !== undefined
      ? `${limit(min)} – ${limit(max)}`
      : min !== undefined
        ? `≥ ${limit(min)}`
        : max !== undefined
          ? `≤ ${limit(max)}`
          : ''
  return range === '' || unit === undefined ? range : `${range} ${unit}`
}

/** As it is read: thousands apart, and beyond a milliard (64-bit registers) as a power. */
function limit(value: number): string {
  if (Math.abs(value) >= 1e9) return value.toExponential(1).replace('e+', 'e').replace('-', '−')
  return Number.isInteger(value) ? count(value) : compact(value)
}
