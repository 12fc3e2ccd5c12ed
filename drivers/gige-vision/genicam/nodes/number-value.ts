/** Where the value of Integer, Float, Enumeration and Boolean nodes comes from and goes to. */
import { descriptionError } from '../description-error.ts'
import type { Evaluation } from '../evaluation.ts'
import type { AccessMode } from '../feature.ts'
import type { NodeScope } from '../node-scope.ts'
import type { NodeXml } from '../node-xml.ts'
import type { Reference } from '../reference.ts'
import { referenceOf, referencesOf } from '../value-sources.ts'
import { StoredValue } from './stored-value.ts'

type Num = bigint | number

/** One place of a value: another node, or the node itself. */
type Place = Reference | StoredValue<Num>

/** A number that is kept in one place, and written to several where the description says so. */
export interface NumberValue {
  read(evaluation: Evaluation): Promise<Num>
  write(value: Num, evaluation: Evaluation): Promise<void>
  access(evaluation: Evaluation): Promise<AccessMode>
  /** The node whose limits and style are also those of this value; undefined: none. */
  readonly source: Reference | undefined
}

/**
 * `Value`, `pValue` (with `pValueCopy`: written as well), or an index with `ValueIndexed`, `pValueIndexed` and a default.
 * @param parse a number as written.
 */
export function readNumberValue(
  xml: NodeXml,
  scope: NodeScope,
  parse: (text: string, what: string) => Num,
): NumberValue {
  const index = referenceOf(xml, scope, 'pIndex')
  if (index !== undefined) return indexedValue(xml, scope, parse, index)
  const reference = referenceOf(xml, scope, 'pValue')
  const text = xml.text('Value')
  if (reference !== undefined) return referredValue(reference, referencesOf(xml, scope, 'pValueCopy'))
  if (text === undefined) throw descriptionError(xml.name, 'it has neither Value nor pValue')
  return placedValue(new StoredValue(xml.name, parse(text, 'Value')))
}

function placedValue(place: Place): NumberValue {
  return {
    read: (evaluation) => readPlace(place, evaluation),
    write: (value, evaluation) => writePlace(place, value, evaluation),
    access: (evaluation) => accessOf(place, evaluation),
    source: place instanceof StoredValue ? undefined : place,
  }
}

function referredValue(reference: Reference, copies: readonly Reference[]): NumberValue {
  const value = placedValue(reference)
  if (copies.length === 0) return value
  return {
    ...value,
    async write(written, evaluation) {
      for (const place of [reference, ...copies]) await writePlace(place, written, evaluation)
    },
  }
}

function indexedValue(
  xml: NodeXml,
  scope: NodeScope,
  parse: (text: string, what: string) => Num,
  index: Reference,
): NumberValue {
  const places = new Map<bigint, Place>()
  const indexOf = (attributes: ReadonlyMap<string, string>) =>
    xml.toInteger(attributes.get('Index') ?? '', 'Index')
  for (const { attributes, text } of xml.all('ValueIndexed')) {
    places.set(indexOf(attributes), new StoredValue(xml.name, parse(text, 'ValueIndexed')))
  }
  for (const { attributes, text } of xml.all('pValueIndexed')) {
    places.set(indexOf(attributes), scope.reference(xml.name, text))
  }
  const defaultText = xml.text('ValueDefault')
  const otherwise: Place | undefined =
    referenceOf(xml, scope, 'pValueDefault') ??
    (defaultText === undefined ? undefined : new StoredValue(xml.name, parse(defaultText, 'ValueDefault')))
  const chosen = async (evaluation: Evaluation) => {
    const number = await index.integer(evaluation)
    const place = places.get(number) ?? otherwise
    if (place === undefined) throw descriptionError(xml.name, `it has no value for index ${number}`)
    return place
  }
  return {
    read: async (evaluation) => readPlace(await chosen(evaluation), evaluation),
    write: async (value, evaluation) => writePlace(await chosen(evaluation), value, evaluation),
    access: async (evaluation) => accessOf(await chosen(evaluation), evaluation),
    source: undefined,
  }
}

function readPlace(place: Place, evaluation: Evaluation): Promise<Num> {
  return place instanceof StoredValue ? Promise.resolve(place.get()) : place.number(evaluation)
}

async function writePlace(place: Place, value: Num, evaluation: Evaluation): Promise<void> {
  if (place instanceof StoredValue) place.set(value, evaluation)
  else await place.writeNumber(value, evaluation)
}

function accessOf(place: Place, evaluation: Evaluation): Promise<AccessMode> {
  return place instanceof StoredValue ? Promise.resolve('RW') : place.access(evaluation)
}
