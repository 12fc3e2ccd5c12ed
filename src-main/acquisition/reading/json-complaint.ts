/**
 * Why `text` is no JSON, in words for whoever looks at the file; completes "… cannot be read: ".
 * @param error of `JSON.parse`, whose place it names
 */
export function jsonComplaint(text: string, { message }: SyntaxError): string {
  if (text.trim() === '') return 'it is empty'
  const [, position] = /at position (\d+)/.exec(message) ?? []
  const isCut =
    position === undefined ? /end of JSON/.test(message) : Number(position) >= text.trimEnd().length
  if (isCut || message.startsWith('Unterminated')) return 'it ends too early, as if it had been cut off'
  if (position === undefined) return 'it is no JSON text'
  const before = text.slice(0, Number(position))
  const line = before.split('\n').length
  const column = before.length - before.lastIndexOf('\n')
  return `line ${line}, column ${column} is no JSON; a comma, a bracket or a quote may be missing there`
}
