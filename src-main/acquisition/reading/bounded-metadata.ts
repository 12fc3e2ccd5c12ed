/** Characters of JSON: nobody reads more, and every viewer gets it. */
const longest = 2 ** 20

/** What a file of others says of itself, without what would make it too long altogether. */
export function boundedMetadata(said: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  let length = 0
  const kept = Object.entries(said).filter(([key, value]) => {
    const own = key.length + (JSON.stringify(value)?.length ?? 0)
    if (length + own > longest) return false
    length += own
    return true
  })
  return Object.fromEntries(kept)
}
