/** Items that are read at once. */
const atOnce = 16

/** `work` on all, a few at a time, in order. */
export async function inTurns<Item, Result>(
  all: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (let i = 0; i < all.length; i += atOnce)
    results.push(...(await Promise.all(all.slice(i, i + atOnce).map(work))))
  return results
}
