/** An XML element; content that is an array is further elements. Elements without content are left out. */
export function element(
  name: string,
  content: string | number | bigint | readonly string[] | undefined,
  attributes: Readonly<Record<string, string>> = {},
): string {
  if (content === undefined) return ''
  const start = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
  const inner = typeof content === 'object' ? content.join('') : escapeXml(String(content))
  return `<${name}${start.join('')}>${inner}</${name}>`
}

/** `text` as content of an element or attribute. */
function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
