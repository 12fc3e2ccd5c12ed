import { Base64Decoder } from './base64-decoder.ts'
import { protocolError } from './indi-error.ts'
import {
  type ElementChange,
  type IndiBlob,
  type IndiMessage,
  parseIndiNumber,
  parseIndiState,
} from './indi-message.ts'
import { defineVector, type RawElement, vectorKinds } from './vector-definition.ts'
import { decodeText, type XmlHandler } from './xml-stream.ts'

/** Longest text of one value that is no BLOB, bytes. */
export const maxTextBytes = 64 * 1024
/** Most values of one message. */
const maxElements = 2000
/** Longest texts of one message together, bytes. */
const maxMessageBytes = 4 * 2 ** 20

/** Who takes what is read. */
export type MessageReaderOptions = {
  message(message: IndiMessage): void
  blob(blob: IndiBlob): void
  /** Largest BLOB, bytes, that is wanted of this property; 0: none, and what comes is passed over. */
  blobLimit(device: string, vector: string): number
  /** The host's monotonic clock, ns. */
  now(): bigint
}

type OpenMessage = {
  readonly tag: string
  readonly attributes: ReadonlyMap<string, string>
  readonly elements: RawElement[]
}

/** Puts the messages together that the elements of an INDI stream make up; messages it does not know are passed over. */
export class MessageReader implements XmlHandler {
  readonly #options: MessageReaderOptions
  readonly #base64 = new Base64Decoder()
  readonly #text = Buffer.alloc(maxTextBytes)
  #textLength = 0
  /** Of all texts of the message so far. */
  #messageBytes = 0
  #depth = 0
  #message: OpenMessage | undefined
  #element: { readonly tag: string; readonly attributes: ReadonlyMap<string, string> } | undefined
  #blob: { readonly limit: number; readonly beganNs: bigint } | undefined

  constructor(options: MessageReaderOptions) {
    this.#options = options
  }

  /** Whether a BLOB is under way. */
  get inBlob(): boolean {
    return this.#blob !== undefined
  }

  open(tag: string, attributes: ReadonlyMap<string, string>): void {
    this.#depth += 1
    if (this.#depth === 1) {
      this.#message = { tag, attributes, elements: [] }
      this.#messageBytes = 0
    }
    if (this.#message === undefined || this.#depth === 1) return
    if (this.#depth > 2) throw protocolError(`<${tag}> within <${this.#element?.tag ?? ''}>`)
    if (this.#message.elements.length === maxElements)
      throw protocolError(`a message of more than ${maxElements} values`)
    this.#element = { tag, attributes }
    this.#textLength = 0
    if (tag === 'oneBLOB') this.#beginBlob(this.#message, attributes)
  }

  text(bytes: Uint8Array): void {
    if (this.#blob !== undefined) {
      if (this.#blob.limit > 0) this.#base64.write(bytes)
      return
    }
    if (this.#element === undefined) return
    if (this.#textLength + bytes.length > maxTextBytes)
      throw protocolError(`a text of more than ${maxTextBytes} bytes`)
    this.#messageBytes += bytes.length
    if (this.#messageBytes > maxMessageBytes)
      throw protocolError(`a message of more than ${maxMessageBytes} bytes of text`)
    this.#text.set(bytes, this.#textLength)
    this.#textLength += bytes.length
  }

  close(): void {
    this.#depth -= 1
    if (this.#message === undefined) return
    if (this.#depth === 1) this.#endElement(this.#message)
    if (this.#depth > 0) return
    const message = this.#message
    this.#message = undefined
    this.#endMessage(message)
  }

  #beginBlob(message: OpenMessage, attributes: ReadonlyMap<string, string>): void {
    const limit = this.#options.blobLimit(
      message.attributes.get('device') ?? '',
      message.attributes.get('name') ?? '',
    )
    this.#blob = { limit, beganNs: this.#options.now() }
    if (limit > 0) this.#base64.begin(limit, byteCount(attributes.get('len') ?? attributes.get('size')) ?? 0)
  }

  #endElement(message: OpenMessage): void {
    const element = this.#element
    this.#element = undefined
    if (element === undefined) return
    if (this.#blob !== undefined) return this.#endBlob(message, element.attributes)
    const text = this.#text.toString('utf8', 0, this.#textLength).trim()
    message.elements.push({ ...element, text: decodeText(text) })
  }

  #endBlob(message: OpenMessage, attributes: ReadonlyMap<string, string>): void {
    const blob = this.#blob
    this.#blob = undefined
    if (blob === undefined || blob.limit === 0) return
    this.#options.blob({
      device: message.attributes.get('device') ?? '',
      vector: message.attributes.get('name') ?? '',
      format: attributes.get('format') ?? '',
      size: byteCount(attributes.get('size')) ?? 0,
      beganNs: blob.beganNs,
      content: this.#blobContent(blob.limit, attributes),
    })
  }

  #blobContent(limit: number, attributes: ReadonlyMap<string, string>): IndiBlob['content'] {
    const { content, problem } = this.#base64
    if (problem === 'no base64') return { problem: 'its text is not base64' }
    if (problem === 'too long')
      return { problem: `it is longer than the ${limit} bytes that the camera can deliver` }
    const isCompressed = attributes.get('format')?.endsWith('.z') === true
    const announced = byteCount(attributes.get('len') ?? (isCompressed ? undefined : attributes.get('size')))
    if (announced !== undefined && announced !== content.length)
      return { problem: `${announced} bytes were announced, but ${content.length} came` }
    return content
  }

  #endMessage({ tag, attributes, elements }: OpenMessage): void {
    const device = attributes.get('device') ?? ''
    const name = attributes.get('name')
    const note = attributes.get('message')
    if (tag === 'message') {
      if (note !== undefined) this.#options.message({ type: 'note', device, text: note })
      return
    }
    if (device === '') return
    if (tag === 'delProperty') {
      this.#options.message({ type: 'delete', device, name })
      return
    }
    const kind = vectorKinds.find((candidate) => tag.slice(3) === `${candidate}Vector`)
    if (kind === undefined || name === undefined || name === '') return
    // What happened is told first: it explains the state that follows.
    if (note !== undefined) this.#options.message({ type: 'note', device, text: note })
    if (tag.startsWith('def')) {
      this.#options.message({
        type: 'define',
        vector: defineVector(kind, { device, name }, attributes, elements),
      })
    } else if (tag.startsWith('set')) {
      const state = parseIndiState(attributes.get('state'))
      this.#options.message({ type: 'set', device, name, state, elements: elements.flatMap(changeOf) })
    }
  }
}

function changeOf({ attributes, text }: RawElement): ElementChange[] {
  const name = attributes.get('name')
  if (name === undefined) return []
  return [{ name, value: text, min: limitOf(attributes.get('min')), max: limitOf(attributes.get('max')) }]
}

function limitOf(text: string | undefined): number | undefined {
  const limit = text === undefined ? Number.NaN : parseIndiNumber(text)
  return Number.isNaN(limit) ? undefined : limit
}

function byteCount(text: string | undefined): number | undefined {
  const count = Number(text)
  return text !== undefined && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}
