import { type Document, isScalar, type LineCounter, visit, YAMLParseError } from 'yaml'

/** The first name that a mapping of `document` has twice; undefined: there is none. */
export function repeatedKey(document: Document, lines: LineCounter): YAMLParseError | undefined {
  let repeated: YAMLParseError | undefined
  visit(document, {
    Map(_, { items }) {
      const names = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (names.has(key.value)) {
          const [from = 0, to = from] = key.range ?? []
          repeated = new YAMLParseError([from, to], 'DUPLICATE_KEY', 'Map keys must be unique')
          repeated.linePos = [lines.linePos(from)]
          return visit.BREAK
        }
        names.add(key.value)
      }
      return undefined
    },
  })
  return repeated
}
