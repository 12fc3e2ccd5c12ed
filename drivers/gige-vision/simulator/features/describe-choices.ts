/** Features that are one of a few things. Each function returns the feature's name. */
import type { CameraDescription } from './camera-description.ts'
import { type Behind, bitOf, checkedWriter, type EnumerationFeature, type FeatureText } from './feature.ts'
import { element } from './xml-text.ts'

/** One of several named values; the camera refuses all others. */
export function addEnumeration(description: CameraDescription, feature: EnumerationFeature): string {
  const { entries, value, bits } = feature
  const known = new Set(entries.map((entry) => entry.value))
  const checked =
    value === undefined || !('read' in value) || value.write === undefined
      ? value
      : { read: value.read, write: checkedWriter(value.write, known) }
  return description.feature('Enumeration', feature, [
    ...entries.map((entry) =>
      element('EnumEntry', [element('ToolTip', entry.tip), element('Value', entry.value)], {
        Name: entry.name,
        NameSpace: 'Standard',
      }),
    ),
    checked === undefined
      ? element('Value', entries[0]?.value)
      : element('pValue', description.number(feature, checked, bits)),
  ])
}

/** On or off. */
export function addBoolean(
  description: CameraDescription,
  feature: FeatureText & { readonly value: Behind<boolean> },
): string {
  const { value } = feature
  const number = 'read' in value ? bitOf(value) : value
  return description.feature('Boolean', feature, [element('pValue', description.number(feature, number))])
}
