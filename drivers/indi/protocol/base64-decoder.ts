/** Base64 (RFC 4648 §4) as it comes in: pieces of any length, with line breaks anywhere. */

const space = 0x40
const padding = 0x41
const invalid = 0x80

/** Value of each character; others than the 64 have one of the bits above 0x3f. */
const values = new Uint8Array(256).fill(invalid)
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value
for (const character of ' \t\r\n') values[character.charCodeAt(0)] = space
values['='.charCodeAt(0)] = padding

/** Why a text is no Base64. */
export type Base64Problem = 'too long' | 'no base64'

/** Decodes one text after the other into memory that is used again and grows up to the limit of the text at hand. */
export class Base64Decoder {
  #bytes = new Uint8Array(0)
  #length = 0
  #limit = 0
  /** Bits of characters that do not make up a byte yet, and how many characters they come from. */
  #bits = 0
  #characters = 0
  #padded = false
  #problem: Base64Problem | undefined

  /** What has been decoded since `begin`; valid until the next `begin`. */
  get content(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** What is wrong with the text so far. */
  get problem(): Base64Problem | undefined {
    return this.#problem
  }

  /** A text begins that may decode to at most `limit` bytes; memory for `expected` of them is taken at once. */
  begin(limit: number, expected: number): void {
    this.#length = 0
    this.#limit = limit
    this.#bits = 0
    this.#characters = 0
    this.#padded = false
    this.#problem = undefined
    this.#reserve(Math.min(limit, expected))
  }

  /** The next piece of the text. Once there is a problem, what follows is passed over. */
  write(text: Uint8Array): void {
    if (this.#problem !== undefined) return
    const most = this.#length + Math.ceil(((text.length + this.#characters) * 3) / 4)
    this.#reserve(Math.min(most, this.#limit))
    let at = 0
    while (at < text.length) {
      if (this.#characters === 0 && !this.#padded) at = this.#takeQuads(text, at)
      if (at < text.length && !this.#takeCharacter(text[at++] ?? 0)) return
    }
  }

  /** Takes whole groups of four characters, up to the first that needs a closer look. */
  #takeQuads(text: Uint8Array, from: number): number {
    const bytes = this.#bytes
    const room = Math.min(bytes.length, this.#limit) - this.#length
    const most = Math.min(text.length, from + 4 * Math.floor(room / 3))
    let at = from
    let to = this.#length
    for (; at + 4 <= most; at += 4) {
      const a = values[text[at] ?? 0] ?? invalid
      const b = values[text[at + 1] ?? 0] ?? invalid
      const c = values[text[at + 2] ?? 0] ?? invalid
      const d = values[text[at + 3] ?? 0] ?? invalid
      if ((a | b | c | d) > 0x3f) break
      bytes[to] = (a << 2) | (b >> 4)
      bytes[to + 1] = (b << 4) | (c >> 2)
      bytes[to + 2] = (c << 6) | d
      to += 3
    }
    this.#length = to
    return at
  }

  #takeCharacter(character: number): boolean {
    const value = values[character] ?? invalid
    if (value === space) return true
    if (value === padding) {
      this.#padded = true
      return true
    }
    if (value === invalid || this.#padded) return this.#fail('no base64')
    this.#bits = ((this.#bits << 6) | value) & 0xffff
    this.#characters = (this.#characters + 1) % 4
    // The first character of four is not a whole byte yet; each other one completes one.
    if (this.#characters === 1) return true
    if (this.#length === this.#limit) return this.#fail('too long')
    const left = this.#characters === 0 ? 0 : 8 - 2 * this.#characters
    this.#bytes[this.#length++] = this.#bits >> left
    return true
  }

  /** Makes room for `length` bytes in all. */
  #reserve(length: number): void {
    if (length <= this.#bytes.length) return
    // Doubling keeps the number of copies small, whatever length was announced.
    const grown = new Uint8Array(Math.min(this.#limit, Math.max(length, 2 * this.#bytes.length)))
    grown.set(this.content)
    this.#bytes = grown
  }

  #fail(problem: Base64Problem): false {
    this.#problem = problem
    return false
  }
}
