/** Units of one kind and what each is, in the kind's smallest. */
type UnitKind = Readonly<Record<string, number>>

const times: UnitKind = { µs: 1, ms: 1e3, s: 1e6, min: 6e7 }
const lengths: UnitKind = { nm: 1, µm: 1e3, mm: 1e6 }

/** How keyboards without µ and × write units; the Greek letter looks the same as the micro sign. */
function spelled(unit: string): string {
  return unit
    .trim()
    .replace('\u03bc', 'µ')
    .replace(/^u(?=[ms]\b)/i, 'µ')
    .replace(/^x$/i, '×')
}

/**
 * By what a number in the unit `typed` is multiplied to be one in a field's `own`; undefined when that is no unit of it.
 * @param own may say more behind the unit: `µm X`
 */
export function unitFactor(typed: string, own: string): number | undefined {
  const [from, to] = [spelled(typed), spelled(own)]
  const [short = ''] = to.split(' ')
  if (from === to || from === short) return 1
  for (const kind of [times, lengths]) {
    const [fromSize, toSize] = [kind[from.toLowerCase()], kind[short]]
    if (fromSize !== undefined && toSize !== undefined) return fromSize / toSize
  }
  return undefined
}
