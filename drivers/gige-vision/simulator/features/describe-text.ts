import type { CameraDescription } from './camera-description.ts'
import type { FeatureText } from './feature.ts'
import { element } from './xml-text.ts'

/** A text in a register that is there already. Returns the feature's name. */
export function addText(
  description: CameraDescription,
  feature: FeatureText & { readonly at: number; readonly bytes: number; readonly access: 'RO' | 'RW' },
): string {
  const { at, bytes, access } = feature
  const place = { address: at, length: bytes, access }
  const register = description.register('StringReg', feature, place, [])
  return description.feature('String', feature, [element('pValue', register)])
}
