/** Pieces of XML 1.0. */

/** Attributes of an element, each with a space before it; undefined ones are left out. */
export function xmlAttributes(
  facts: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  return Object.entries(facts)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${xmlEscaped(String(value))}"`]))
    .join('')
}

/** `text` between tags or in an attribute. XML has no place for control characters: they are replaced. */
export function xmlEscaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
