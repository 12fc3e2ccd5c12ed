/** The text of an XML document in the encoding that it declares (XML 1.0, appendix F); UTF-8 where it declares none. */
export function decodeXml(document: Uint8Array): string {
  const text = new TextDecoder(encodingOf(document)).decode(document)
  // Cameras fill the rest of the memory that they set aside with zeros.
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1
  return text.slice(0, end)
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1')
  const [, encoding = 'utf-8'] =
    /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([\w-]+)["']/.exec(start) ?? []
  return isKnown(encoding) ? encoding : 'utf-8'
}

function isKnown(encoding: string): boolean {
  try {
    return new TextDecoder(encoding).encoding !== ''
  } catch (error) {
    // What is not known is read as UTF-8: names and numbers are ASCII in any encoding that cameras use.
    if (error instanceof RangeError) return false
    throw error
  }
}
