/** Metadata as lines `name: value`, to be searched: bounded, each once. */

const mostLines = 400
const longestLine = 200
const mostDepth = 8

/** Lines of all values in `data`, named by their last key; lists of plain values are one line. */
export function metadataLines(data: unknown): readonly string[] {
  const lines = new Set<string>()
  collect(data, { name: '', depth: 0, lines })
  return [...lines]
}

type Place = { readonly name: string; readonly depth: number; readonly lines: Set<string> }

function collect(data: unknown, { name, depth, lines }: Place): void {
  if (lines.size >= mostLines || depth > mostDepth || data === undefined || data === null) return
  if (typeof data !== 'object') {
    for (const part of partsOf(String(data))) {
      if (lines.size >= mostLines) return
      lines.add((name === '' ? part : `${name}: ${part}`).slice(0, longestLine))
    }
    return
  }
  if (Array.isArray(data)) {
    const plain = data.every((value) => typeof value !== 'object')
    if (plain) collect(data.join(', '), { name, depth, lines })
    else for (const value of data) collect(value, { name, depth: depth + 1, lines })
    return
  }
  for (const [key, value] of Object.entries(data)) collect(value, { name: key, depth: depth + 1, lines })
}

/** Long texts line by line, and XML tag by tag. */
function partsOf(text: string): readonly string[] {
  const parts = text.length > longestLine ? text.split(/[\n\r<>]+/) : [text]
  return parts.map((part) => part.replaceAll(/\s+/g, ' ').trim()).filter((part) => part !== '')
}
