/**
 * XML as INDI sends it: elements one after the other on a connection that never ends, without a root around them.
 * Every byte is taken as it arrives, nothing waits for an end, and no more than one tag is kept in memory.
 *
 * Understood are elements, attributes, the five named and the numeric character references, comments and processing
 * instructions (both skipped). There is no document type, so there are no entities to expand.
 */
import { protocolError } from './indi-error.ts'

/** Longest tag with its attributes, bytes. INDI's own limit for a name or a label is 64. */
export const maxTagBytes = 16 * 1024
/** Deepest nesting; INDI uses two levels. */
const maxDepth = 8

/** Takes the pieces of the stream as they come. */
export interface XmlHandler {
  open(name: string, attributes: ReadonlyMap<string, string>): void
  /** A piece of an element's text, undecoded; the view is valid during the call only. */
  text(bytes: Uint8Array): void
  close(name: string): void
}

const [lessThan, greaterThan, doubleQuote, singleQuote, slash, exclamation, question] =
  new TextEncoder().encode('<>"\'/!?')
const decoder = new TextDecoder()
const encoder = new TextEncoder()
const commentStart = encoder.encode('!--')
const commentEnd = encoder.encode('--')
const nothing = new Map<string, string>()

const namePattern = /^[A-Za-z_][\w.:-]*/
const attributePattern = /\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y

/** Reads a stream of XML elements that has neither beginning nor end. */
export class XmlStream {
  readonly #handler: XmlHandler
  /** Names of the open elements. */
  readonly #path: string[] = []
  /** What lies between `<` and `>` so far. */
  readonly #tag = new Uint8Array(maxTagBytes)
  #tagLength = 0
  #inTag = false
  /** The quote that an attribute's value ends with, while inside one. */
  #quote: number | undefined

  constructor(handler: XmlHandler) {
    this.#handler = handler
  }

  /**
   * Takes the next bytes of the stream.
   * @throws CoverslipError DEVICE_FAILED when this is no XML, or more than the limits allow; nothing can follow then.
   */
  write(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) at = this.#inTag ? this.#takeTag(bytes, at) : this.#takeText(bytes, at)
  }

  #takeText(bytes: Uint8Array, from: number): number {
    const found = bytes.indexOf(lessThan ?? 0, from)
    const end = found === -1 ? bytes.length : found
    if (end > from) {
      const text = bytes.subarray(from, end)
      if (this.#path.length > 0) this.#handler.text(text)
      else if (!text.every(isSpace)) throw protocolError('text outside of any element, which is no INDI')
    }
    if (found === -1) return end
    this.#inTag = true
    this.#tagLength = 0
    this.#quote = undefined
    return found + 1
  }

  #takeTag(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0
      if (byte === greaterThan && this.#tagEnds()) {
        this.#inTag = false
        this.#endTag()
        return at + 1
      }
      if (this.#tagLength === maxTagBytes) throw protocolError(`a tag of more than ${maxTagBytes} bytes`)
      this.#tag[this.#tagLength++] = byte
      if (this.#quote !== undefined) {
        if (byte === this.#quote) this.#quote = undefined
      } else if ((byte === doubleQuote || byte === singleQuote) && !this.#startsWith(exclamation)) {
        this.#quote = byte
      }
    }
    return bytes.length
  }

  #startsWith(byte: number | undefined): boolean {
    return this.#tagLength > 0 && this.#tag[0] === byte
  }

  /** Whether a `>` here ends the tag: not within a quoted value, and not within a comment. */
  #tagEnds(): boolean {
    if (this.#quote !== undefined) return false
    if (!this.#startsWith(exclamation)) return true
    const length = this.#tagLength
    const isComment = commentStart.every((byte, i) => i < length && this.#tag[i] === byte)
    if (!isComment) return true
    return length >= 5 && commentEnd.every((byte, i) => this.#tag[length - 2 + i] === byte)
  }

  #endTag(): void {
    if (this.#startsWith(question)) return
    if (this.#startsWith(exclamation)) {
      if (commentStart.every((byte, i) => this.#tag[i] === byte)) return
      throw protocolError('a document type or character data section, which INDI does not have')
    }
    const tag = decoder.decode(this.#tag.subarray(0, this.#tagLength))
    if (this.#startsWith(slash)) return this.#close(tag.slice(1).trimEnd())
    const isEmpty = tag.endsWith('/')
    const inner = isEmpty ? tag.slice(0, -1) : tag
    const name = namePattern.exec(inner)?.[0]
    if (name === undefined) throw protocolError(`the tag ${quote(tag)}, which is no XML`)
    if (this.#path.length === maxDepth) throw protocolError('elements nested too deeply')
    this.#path.push(name)
    this.#handler.open(name, attributesOf(inner, name.length))
    if (isEmpty) this.#close(name)
  }

  #close(name: string): void {
    const open = this.#path.pop()
    if (open !== name) throw protocolError(`</${quote(name)}> where ${open ?? 'nothing'} was open`)
    this.#handler.close(name)
  }
}

function attributesOf(tag: string, from: number): ReadonlyMap<string, string> {
  if (from === tag.length) return nothing
  const attributes = new Map<string, string>()
  let at = from
  for (;;) {
    attributePattern.lastIndex = at
    const match = attributePattern.exec(tag)
    if (match === null) break
    const [all, name, inDouble, inSingle] = match
    if (name !== undefined) attributes.set(name, decodeText(inDouble ?? inSingle ?? ''))
    at += all.length
  }
  if (tag.slice(at).trim() !== '') throw protocolError(`the tag ${quote(tag)}, which is no XML`)
  return attributes
}

const named = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])
const references = new Map([...named].map(([name, character]) => [character, `&${name};`]))

/** `text` with its character references replaced; those that do not exist stay as they are. */
export function decodeText(text: string): string {
  if (!text.includes('&')) return text
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{1,8}));/g, (all, decimal, hex, name) => {
    if (typeof name === 'string') return named.get(name) ?? all
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all
  })
}

/** `text` as it may stand in an element or an attribute. */
export function encodeText(text: string): string {
  return text.replaceAll(/[<>&"']/g, (character) => references.get(character) ?? character)
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
}

/** The beginning of what came, to be shown in an error. */
function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60))
}
