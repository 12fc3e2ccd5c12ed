/** ` name="value"` of each fact that is known. */
export function xmlAttributes(
  facts: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  return Object.entries(facts)
    .flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${xmlEscaped(String(value))}"`]))
    .join('')
}

/** XML 1.0 has no place for control characters. */
export function xmlEscaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
