/** The data of `text` where it is JSON, else the text itself: what files say of themselves is either. */
export function jsonOrText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
