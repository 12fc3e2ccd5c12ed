/** XML from a device, read into a plain tree. */
import { SaxesParser } from 'saxes'
import { unusableDescription } from './description-error.ts'

/** An element with all that is in it. */
export type XmlElement = {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Its own text without white space around it; that of its children is not part of it. */
  readonly text: string
}

type OpenElement = {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: XmlElement[]
  text: string
}

/** Real descriptions have up to 5 MB and some 50 000 elements, seven deep. */
const limits = { characters: 32 * 1024 * 1024, elements: 500_000, depth: 64 }

/**
 * Reads a document. Only XML's own five entities and character references are known: a document type, which is where
 * entities are declared, is refused.
 * @throws DEVICE_FAILED for what is not well-formed, and beyond the limits (32 million characters, 64 deep).
 */
export function readXml(document: string): XmlElement {
  if (document.length > limits.characters) {
    throw unusableDescription(`it is larger than ${limits.characters / 1024 / 1024} MB`)
  }
  const parser = new SaxesParser()
  const open: OpenElement[] = []
  let elements = 0
  let root: XmlElement | undefined

  parser.on('error', (error) => {
    throw unusableDescription(`it is no valid XML (${error.message})`, error)
  })
  parser.on('doctype', () => {
    throw unusableDescription('it declares a document type, which is not allowed')
  })
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1
    if (elements > limits.elements) {
      throw unusableDescription(`it has more than ${limits.elements} elements`)
    }
    if (open.length === limits.depth) throw unusableDescription(`it is nested deeper than ${limits.depth}`)
    open.push({ name, attributes: new Map(Object.entries(attributes)), children: [], text: '' })
  })
  const addText = (text: string) => {
    const element = open.at(-1)
    if (element !== undefined) element.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const { text, ...element } = open.pop() ?? { name: '', attributes: new Map(), children: [], text: '' }
    const closed = { ...element, text: text.trim() }
    const parent = open.at(-1)
    if (parent === undefined) root = closed
    else parent.children.push(closed)
  })
  parser.write(document).close()
  if (root === undefined) throw unusableDescription('it is empty')
  return root
}
