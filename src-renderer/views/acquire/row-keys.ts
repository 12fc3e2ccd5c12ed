/**
 * Lists that are edited row by row. Each entry has a key that stays with it when others are removed, or it is moved or
 * changed: what stands in the fields of its row goes with it.
 */

/** By list, as lists are never changed in place. */
const known = new WeakMap<readonly unknown[], readonly number[]>()
let made = 0

function keysFor(entries: readonly unknown[]): readonly number[] {
  return entries.map(() => ++made)
}

/** The keys of the entries; a list from elsewhere has new ones. */
export function rowKeys(list: readonly unknown[]): readonly number[] {
  const keys = known.get(list) ?? keysFor(list)
  known.set(list, keys)
  return keys
}

function kept<T>(list: readonly T[], keys: readonly number[]): readonly T[] {
  known.set(list, keys)
  return list
}

/** `list` with another `entry` at `index`, in the same row. */
export function changed<T>(list: readonly T[], index: number, entry: T): readonly T[] {
  return kept(list.with(index, entry), rowKeys(list))
}

/** `list` without the entry at `index`. */
export function without<T>(list: readonly T[], index: number): readonly T[] {
  return kept(list.toSpliced(index, 1), rowKeys(list).toSpliced(index, 1))
}

/** `list` with `entry` at its end. */
export function withAdded<T>(list: readonly T[], entry: T): readonly T[] {
  return kept([...list, entry], [...rowKeys(list), ...keysFor([entry])])
}

/** `list` with the entry at `index` moved by `by` places; the same list where there is no such place. */
export function moved<T>(list: readonly T[], index: number, by: -1 | 1): readonly T[] {
  return list[index] === undefined || list[index + by] === undefined
    ? list
    : kept(swapped(list, index, by), swapped(rowKeys(list), index, by))
}

function swapped<T>(list: readonly T[], index: number, by: -1 | 1): readonly T[] {
  const first = Math.min(index, index + by)
  return [...list.slice(0, first), ...list.slice(first, first + 2).toReversed(), ...list.slice(first + 2)]
}
