import {
  type PropertyDescriptor,
  type PropertyLevel,
  propertyLevelSchema,
  standardProperty,
} from '../../src-shared/devices.ts'

/** Camera settings one needs all the time, in this order. */
const mainProperties: readonly string[] = [
  standardProperty.exposureMs,
  standardProperty.gain,
  standardProperty.frameRate,
  standardProperty.binning,
  standardProperty.pixelFormat,
]

/** Properties that mean the same on every device, in the order in which they are shown. */
const standardProperties: readonly string[] = Object.values(standardProperty)

/** Category under which the property browser shows them, before all others. */
export const standardCategory = 'Standard'

/** Properties of one category. */
export type PropertyGroup = { readonly category: string; readonly properties: readonly PropertyDescriptor[] }

type GroupedProperties = {
  readonly main: readonly PropertyDescriptor[]
  /** The others by category, in the order in which the device names them. */
  readonly others: readonly PropertyGroup[]
}

function byCategory(properties: readonly PropertyDescriptor[]): readonly PropertyGroup[] {
  const groups = Map.groupBy(properties, ({ category }) => category)
  return [...groups].map(([category, list]) => ({ category, properties: list }))
}

/** Those of `properties` that `names` names, in its order, and the rest. */
function split(properties: readonly PropertyDescriptor[], names: readonly string[]) {
  return {
    named: names.flatMap((name) => properties.filter((property) => property.name === name)),
    rest: properties.filter(({ name }) => !names.includes(name)),
  }
}

/** Splits a camera's properties into those always on show and the rest. */
export function groupProperties(properties: readonly PropertyDescriptor[]): GroupedProperties {
  const { named, rest } = split(properties, mainProperties)
  return { main: named, others: byCategory(rest) }
}

/** Whether each word of `text` occurs in the property's title, name, category or description. */
function matches(property: PropertyDescriptor, text: string): boolean {
  const { title, name, category, description = '' } = property
  const searched = `${title} ${name} ${category} ${description}`.toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.includes(word))
}

/** The groups with only those properties that `text` finds. */
export function searchProperties(groups: readonly PropertyGroup[], text: string): readonly PropertyGroup[] {
  const wanted = text.trim()
  if (wanted === '') return groups
  return groups
    .map(({ category, properties }) => ({
      category,
      properties: properties.filter((property) => matches(property, wanted)),
    }))
    .filter(({ properties }) => properties.length > 0)
}

/** Whether somebody who chose `chosen` is shown properties of `level`. */
export function isWithin(level: PropertyLevel, chosen: PropertyLevel): boolean {
  const { options } = propertyLevelSchema
  return options.indexOf(level) <= options.indexOf(chosen)
}

type BrowsedProperties = {
  /** The standard ones first, then by category in the order of the device. */
  readonly groups: readonly PropertyGroup[]
  readonly shown: number
  /** How many more the search finds beyond the level, and the lowest level that shows one of them. */
  readonly beyond: { readonly count: number; readonly level: PropertyLevel } | undefined
}

/** What the property browser shows of a device. */
export function browseProperties(
  properties: readonly PropertyDescriptor[],
  { level, search }: { readonly level: PropertyLevel; readonly search: string },
): BrowsedProperties {
  const wanted = search.trim()
  const found = wanted === '' ? properties : properties.filter((property) => matches(property, wanted))
  const within = found.filter((property) => isWithin(property.level, level))
  const { named, rest } = split(within, standardProperties)
  const standard = named.length === 0 ? [] : [{ category: standardCategory, properties: named }]
  const next = propertyLevelSchema.options.find((option) =>
    found.some((property) => property.level === option && !isWithin(option, level)),
  )
  return {
    groups: [...standard, ...byCategory(rest)],
    shown: within.length,
    beyond: next === undefined ? undefined : { count: found.length - within.length, level: next },
  }
}
