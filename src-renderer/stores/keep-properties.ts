import type { PropertyDescriptor } from '../../src-shared/devices.ts'

/** Equality of a descriptor's fields, which are plain values or lists of them. */
function sameField(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  return (
    Array.isArray(a) &&
    Array.isArray(b) &&
    a.length === b.length &&
    a.every((item, i) => Object.is(item, b[i]))
  )
}

function sameProperty(a: PropertyDescriptor, b: PropertyDescriptor): boolean {
  const [before, after] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))]
  return before.length === after.size && before.every(([key, value]) => sameField(value, after.get(key)))
}

/**
 * `next` with the descriptors of `before` wherever nothing differs, and `before` itself when nothing differs at all. A
 * device is told as a whole when one of its properties changes; only that one should be drawn anew, of several hundred.
 */
export function keepProperties(
  before: PropertyDescriptor[],
  next: PropertyDescriptor[],
): PropertyDescriptor[] {
  const known = new Map(before.map((property) => [property.name, property]))
  const kept = next.map((property) => {
    const old = known.get(property.name)
    return old !== undefined && sameProperty(old, property) ? old : property
  })
  const unchanged = kept.length === before.length && kept.every((property, i) => property === before[i])
  return unchanged ? before : kept
}
