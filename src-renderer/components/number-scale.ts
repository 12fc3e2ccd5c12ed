import type { PropertyDescriptor } from '../../src-shared/devices.ts'

/** The numbers along a slider. */
export type NumberRange = {
  readonly min: number
  readonly max: number
  /** Distance of allowed values, counted from `min`. */
  readonly step: number | undefined
  readonly scale: 'linear' | 'log'
}

/** The range of a slider, or undefined when the property has no limits to lay one out between. */
export function rangeOf(property: Extract<PropertyDescriptor, { type: 'number' }>): NumberRange | undefined {
  const { min, max, step, scale } = property
  if (min === undefined || max === undefined || !(max > min)) return undefined
  return { min, max, step, scale }
}

/** Where a logarithmic slider begins when the range begins at 0: five decades below its end. */
const decadesFromZero = 5

function logStart({ min, max, step }: NumberRange): number {
  if (min > 0) return min
  return Math.max(step ?? 0, max / 10 ** decadesFromZero)
}

/** Place of `value` on the slider, 0 to 1. */
export function toPlace(range: NumberRange, value: number): number {
  const { min, max, scale } = range
  const inside = Math.max(min, Math.min(max, value))
  if (scale === 'linear') return (inside - min) / (max - min)
  const start = logStart(range)
  return inside <= start ? 0 : Math.log(inside / start) / Math.log(max / start)
}

/** Value at `place` (0 to 1), as round as the slider's resolution allows, on the grid of steps. */
export function fromPlace(range: NumberRange, place: number): number {
  const { min, max, scale } = range
  if (place <= 0) return min
  if (place >= 1) return max
  if (scale === 'linear') {
    return snap(
      range,
      range.step === undefined
        ? Number((min + place * (max - min)).toPrecision(4))
        : min + place * (max - min),
    )
  }
  const start = logStart(range)
  return snap(range, Number((start * (max / start) ** place).toPrecision(3)))
}

/** `value` on the grid of steps and within the limits. */
export function snap({ min, max, step }: NumberRange, value: number): number {
  const inside = Math.max(min, Math.min(max, value))
  if (step === undefined) return inside
  const snapped = min + Math.round((inside - min) / step) * step
  // Away with the dust of binary fractions (0.1 + 0.2).
  return Math.min(max, Number(snapped.toPrecision(12)))
}
