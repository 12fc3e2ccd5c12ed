import { type IndiVector, parseIndiNumber, parseIndiState } from './indi-message.ts'

/** The kinds of INDI's properties. */
export const vectorKinds = ['Number', 'Switch', 'Text', 'Light', 'BLOB'] as const

/** An element of a message as it came. */
export type RawElement = {
  readonly tag: string
  readonly attributes: ReadonlyMap<string, string>
  readonly text: string
}

/** The property that a `def...Vector` message describes; elements without a name are left out. */
export function defineVector(
  kind: IndiVector['kind'],
  id: { readonly device: string; readonly name: string },
  attributes: ReadonlyMap<string, string>,
  raw: readonly RawElement[],
): IndiVector {
  const permission = attributes.get('perm')
  const base = {
    ...id,
    label: attributes.get('label') || id.name,
    group: attributes.get('group') || 'General',
    state: parseIndiState(attributes.get('state')) ?? 'Idle',
    permission: permission === 'rw' || permission === 'wo' ? permission : 'ro',
  } as const
  const elements = raw.flatMap((element) => {
    const name = element.attributes.get('name')
    if (name === undefined || name === '') return []
    return [{ element, names: { name, label: element.attributes.get('label') || name } }]
  })
  switch (kind) {
    case 'Number':
      return {
        ...base,
        kind,
        elements: elements.map(({ element, names }) => ({ ...names, ...numberOf(element) })),
      }
    case 'Switch': {
      const rule = attributes.get('rule')
      return {
        ...base,
        kind,
        rule: rule === 'OneOfMany' || rule === 'AtMostOne' ? rule : 'AnyOfMany',
        elements: elements.map(({ element, names }) => ({ ...names, value: element.text === 'On' })),
      }
    }
    case 'Text':
      return {
        ...base,
        kind,
        elements: elements.map(({ element, names }) => ({ ...names, value: element.text })),
      }
    case 'Light':
      return {
        ...base,
        kind,
        elements: elements.map(({ element, names }) => ({
          ...names,
          value: parseIndiState(element.text) ?? 'Idle',
        })),
      }
    case 'BLOB':
      return { ...base, kind, elements: elements.map(({ names }) => names) }
  }
}

function numberOf({ attributes, text }: RawElement) {
  const limit = (name: 'min' | 'max') => {
    const value = parseIndiNumber(attributes.get(name) ?? '')
    return Number.isNaN(value) ? 0 : value
  }
  return {
    value: parseIndiNumber(text),
    format: attributes.get('format') ?? '',
    min: limit('min'),
    max: limit('max'),
  }
}
