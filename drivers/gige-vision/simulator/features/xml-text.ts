import { xmlAttributes, xmlEscaped } from '../../../../src-shared/xml-text.ts'

/** An XML element; content that is an array is further elements. Elements without content are left out. */
export function element(
  name: string,
  content: string | number | bigint | readonly string[] | undefined,
  attributes: Readonly<Record<string, string>> = {},
): string {
  if (content === undefined) return ''
  const inner = typeof content === 'object' ? content.join('') : xmlEscaped(String(content))
  return `<${name}${xmlAttributes(attributes)}>${inner}</${name}>`
}
