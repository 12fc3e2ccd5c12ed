import type { IndiVector } from './indi-message.ts'
import { encodeText } from './xml-stream.ts'

/** Asks for all properties, or those of one device. */
export function getProperties(device?: string): string {
  return `<getProperties version="1.7"${device === undefined ? '' : ` device="${encodeText(device)}"`}/>\n`
}

/** Asks for a device's BLOBs along with everything else; without this none are sent. */
export function enableBlob(device: string): string {
  return `<enableBLOB device="${encodeText(device)}">Also</enableBLOB>\n`
}

/** New values by element: numbers, texts, or whether a switch is on. */
export type NewValues = ReadonlyMap<string, number | string | boolean>

/**
 * Sets a property. Numbers and texts are sent in full, as INDI wants, with their present values where they do not
 * change; of switches those that change. A present number beyond its limits (some start so) is sent as the limit: servers
 * refuse the whole property otherwise.
 */
export function newVector(vector: IndiVector, values: NewValues): string {
  const present = presentValues(vector)
  const elements = vector.elements.flatMap((element) => {
    const value = values.get(element.name) ?? present.get(element.name)
    if (value === undefined) return []
    const text = typeof value === 'boolean' ? (value ? 'On' : 'Off') : encodeText(String(value))
    return [`  <one${vector.kind} name="${encodeText(element.name)}">${text}</one${vector.kind}>\n`]
  })
  const id = `device="${encodeText(vector.device)}" name="${encodeText(vector.name)}"`
  return `<new${vector.kind}Vector ${id}>\n${elements.join('')}</new${vector.kind}Vector>\n`
}

function presentValues(vector: IndiVector): NewValues {
  if (vector.kind === 'Text') return new Map(vector.elements.map(({ name, value }) => [name, value]))
  if (vector.kind !== 'Number') return new Map()
  return new Map(
    vector.elements.map(({ name, value, min, max }) => [
      name,
      min < max ? Math.min(max, Math.max(min, value)) : value,
    ]),
  )
}
