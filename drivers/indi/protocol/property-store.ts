import { protocolError } from './indi-error.ts'
import {
  type ElementChange,
  type IndiMessage,
  type IndiVector,
  parseIndiNumber,
  parseIndiState,
} from './indi-message.ts'

/** Most properties of one server; a camera has about a hundred. */
const maxVectors = 10_000
/** Most characters of names and texts in all of them. */
const maxCharacters = 16 * 2 ** 20

/** All properties that a server has defined, with their present values. */
export class PropertyStore {
  readonly #devices = new Map<string, Map<string, IndiVector>>()
  #count = 0
  #characters = 0

  devices(): readonly string[] {
    return [...this.#devices.keys()]
  }

  /** The properties of a device, in the order of their definition. */
  vectors(device: string): readonly IndiVector[] {
    return [...(this.#devices.get(device)?.values() ?? [])]
  }

  vector(device: string, name: string): IndiVector | undefined {
    return this.#devices.get(device)?.get(name)
  }

  /**
   * Takes a message in.
   * @returns whether it changed anything
   * @throws CoverslipError DEVICE_FAILED when the server defines properties, or grows their texts, without end.
   */
  apply(message: IndiMessage): boolean {
    switch (message.type) {
      case 'define':
        this.#define(message.vector)
        return true
      case 'set': {
        const vectors = this.#devices.get(message.device)
        const vector = vectors?.get(message.name)
        if (vectors === undefined || vector === undefined) return false
        const changed = withChanges(vector, message.elements)
        this.#put(vectors, { ...changed, state: message.state ?? vector.state })
        return true
      }
      case 'delete':
        return this.#delete(message.device, message.name)
      case 'note':
        return false
    }
  }

  #define(vector: IndiVector): void {
    const vectors = this.#devices.get(vector.device) ?? new Map<string, IndiVector>()
    if (!vectors.has(vector.name)) this.#count += 1
    if (this.#count > maxVectors) throw protocolError(`more than ${maxVectors} properties`)
    this.#put(vectors, vector)
    this.#devices.set(vector.device, vectors)
  }

  #put(vectors: Map<string, IndiVector>, vector: IndiVector): void {
    this.#characters += charactersOf(vector) - charactersOf(vectors.get(vector.name))
    if (this.#characters > maxCharacters)
      throw protocolError(`more than ${maxCharacters} characters of texts`)
    vectors.set(vector.name, vector)
  }

  #delete(device: string, name: string | undefined): boolean {
    const vectors = this.#devices.get(device)
    if (vectors === undefined) return false
    const gone = [...vectors.values()].filter((vector) => name === undefined || vector.name === name)
    for (const vector of gone) {
      vectors.delete(vector.name)
      this.#characters -= charactersOf(vector)
    }
    if (vectors.size === 0) this.#devices.delete(device)
    this.#count -= gone.length
    return gone.length > 0
  }
}

function charactersOf(vector: IndiVector | undefined): number {
  if (vector === undefined) return 0
  let count = vector.name.length + vector.label.length + vector.group.length
  for (const element of vector.elements) {
    count += element.name.length + element.label.length
    if ('value' in element && typeof element.value === 'string') count += element.value.length
  }
  return count
}

function withChanges(vector: IndiVector, changes: readonly ElementChange[]): IndiVector {
  const byName = new Map(changes.map((change) => [change.name, change]))
  switch (vector.kind) {
    case 'Number':
      return {
        ...vector,
        elements: vector.elements.map((element) => {
          const change = byName.get(element.name)
          if (change === undefined) return element
          const { value, min = element.min, max = element.max } = change
          return { ...element, value: parseIndiNumber(value), min, max }
        }),
      }
    case 'Switch':
      return { ...vector, elements: merged(vector.elements, byName, (value) => value === 'On') }
    case 'Text':
      return { ...vector, elements: merged(vector.elements, byName, (value) => value) }
    case 'Light':
      return {
        ...vector,
        elements: merged(vector.elements, byName, (value) => parseIndiState(value) ?? 'Idle'),
      }
    case 'BLOB':
      return vector
  }
}

function merged<Value, Element extends { readonly name: string; readonly value: Value }>(
  elements: readonly Element[],
  changes: ReadonlyMap<string, ElementChange>,
  parse: (text: string) => Value,
): readonly Element[] {
  return elements.map((element) => {
    const change = changes.get(element.name)
    return change === undefined ? element : { ...element, value: parse(change.value) }
  })
}
