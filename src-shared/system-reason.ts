/**
 * Why something failed, to complete a sentence such as "… cannot be read: ". Node's errors of files name the whole path,
 * which viewers elsewhere would see, so they are told in words.
 * @param words by error code: `ENOENT`
 */
export function systemReason(error: unknown, words: Readonly<Record<string, string>>): string {
  if (!(error instanceof Error)) return String(error)
  if (!('syscall' in error && 'code' in error)) return error.message
  const code = String(error.code)
  return words[code] ?? `the system says ${code}`
}
