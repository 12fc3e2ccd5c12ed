import { type PropertyDescriptor, standardProperty } from '../../src-shared/devices.ts'

/** Camera settings one needs all the time, in this order. */
const mainProperties: readonly string[] = [
  standardProperty.exposureMs,
  standardProperty.gain,
  standardProperty.frameRate,
  standardProperty.binning,
  standardProperty.pixelFormat,
]

export type PropertyGroup = { readonly category: string; readonly properties: readonly PropertyDescriptor[] }

export type GroupedProperties = {
  readonly main: readonly PropertyDescriptor[]
  /** The others by category, in the order in which the device names them. */
  readonly others: readonly PropertyGroup[]
}

/** Splits a camera's properties into those always on show and the rest. */
export function groupProperties(properties: readonly PropertyDescriptor[]): GroupedProperties {
  const main = mainProperties.flatMap((name) => properties.filter((property) => property.name === name))
  const groups = new Map<string, PropertyDescriptor[]>()
  for (const property of properties) {
    if (mainProperties.includes(property.name)) continue
    const group = groups.get(property.category) ?? []
    group.push(property)
    groups.set(property.category, group)
  }
  return { main, others: [...groups].map(([category, list]) => ({ category, properties: list })) }
}

/** The groups with only those properties whose title, name or category contains `text`. */
export function searchProperties(groups: readonly PropertyGroup[], text: string): readonly PropertyGroup[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return groups
  return groups
    .map(({ category, properties }) => ({
      category,
      properties: properties.filter(({ name, title }) =>
        `${title} ${name} ${category}`.toLowerCase().includes(wanted),
      ),
    }))
    .filter(({ properties }) => properties.length > 0)
}
