import { CoverslipError } from '../../src-shared/errors.ts'

/** Options of a connection are a few values, not data; characters of JSON. */
const mostOptions = 64 * 1024

/** Options as they will be read from the file. @throws CoverslipError INVALID_INPUT, TOO_LARGE. */
export function plainOptions(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  let text: string
  try {
    text = JSON.stringify(options)
  } catch (error) {
    throw new CoverslipError('INVALID_INPUT', 'The options cannot be written down as JSON', { cause: error })
  }
  if (text.length > mostOptions) {
    throw new CoverslipError('TOO_LARGE', `The options have ${text.length} characters`, {
      hint: `At most ${mostOptions} are kept.`,
    })
  }
  const plain: Record<string, unknown> = JSON.parse(text)
  return plain
}
