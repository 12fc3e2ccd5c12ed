/** The order of block ids. */

/** Standard ids go from 1 to 65535 and round again. */
const standardIds = 0xffff

/** How many blocks `to` comes after `from`; negative: before it. */
export function blockDistance(from: number, to: number, extendedIds: boolean): number {
  if (extendedIds) return to - from
  const forward = (to - from + standardIds) % standardIds
  return forward > standardIds / 2 ? forward - standardIds : forward
}
