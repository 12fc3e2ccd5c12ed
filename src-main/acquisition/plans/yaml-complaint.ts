import { YAMLParseError } from 'yaml'

type Complaint = {
  readonly code: string
  /** Begins the reader's message, where one code is for several mistakes. */
  readonly says?: string
  readonly words: string
}

const indentation =
  'lines that belong together must begin at the same column, each entry of a list with a dash; is a space too many?'
const oneLine =
  'a name and its value belong on one line, as in "exposure: 10"; is a colon missing, or one too many?'

/** What is wrong where the reader of YAML stopped, in words for whoever has written the text; the first that fits. */
const complaints: readonly Complaint[] = [
  { code: 'BAD_ALIAS', words: 'a text that begins with * needs quotes' },
  { code: 'BAD_INDENT', says: 'Flow', words: 'a closing bracket is missing' },
  { code: 'BAD_INDENT', words: indentation },
  { code: 'BAD_SCALAR_START', words: 'a text that begins with this sign needs quotes' },
  { code: 'BLOCK_AS_IMPLICIT_KEY', words: oneLine },
  { code: 'BLOCK_IN_FLOW', words: 'within brackets, commas separate entries, and not lines with dashes' },
  { code: 'DUPLICATE_KEY', words: 'this name is there twice' },
  { code: 'MISSING_CHAR', says: 'Sequence item', words: indentation },
  { code: 'MISSING_CHAR', says: 'Missing closing', words: 'a closing quote is missing' },
  { code: 'MISSING_CHAR', words: 'a comma, a bracket, or a space after a colon is missing' },
  { code: 'MULTILINE_IMPLICIT_KEY', words: oneLine },
  { code: 'MULTIPLE_DOCS', words: 'a second text begins here (---): a file holds one plan' },
  { code: 'TAB_AS_INDENT', words: 'the line begins with a tab: use spaces' },
  { code: 'TAG_RESOLVE_FAILED', words: 'a text that begins with ! needs quotes' },
  { code: 'UNEXPECTED_TOKEN', words: 'this was not expected; is a bracket, a comma or a colon missing?' },
]
/** Longer lines are cut, characters. */
const mostShown = 60

/** Why `text` could not be read: line, column, what stands there, and what was expected. */
export function yamlComplaint(text: string, error: unknown): string {
  if (!(error instanceof YAMLParseError)) return error instanceof Error ? error.message : String(error)
  const [at] = error.linePos ?? []
  const [reason = ''] = error.message.split(' at line ', 1)
  const known = complaints.find(({ code, says = '' }) => code === error.code && reason.startsWith(says))
  const what = known?.words ?? reason
  if (at === undefined) return what
  const line = text.split(/\r\n|\r|\n/)[at.line - 1]?.trim() ?? ''
  const shown = line.length > mostShown ? `${line.slice(0, mostShown)}…` : line
  const where = `line ${at.line}, column ${at.col}`
  return shown === '' ? `${where}: ${what}` : `${where} (${shown}): ${what}`
}
