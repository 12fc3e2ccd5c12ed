import { commandRegister, type Writer } from '../registers.ts'
import { type CameraDescription, unsigned } from './camera-description.ts'
import type { FeatureText } from './feature.ts'
import { element } from './xml-text.ts'

/** Something that the camera does when it is told to. Returns the feature's name. */
export function addCommand(
  description: CameraDescription,
  feature: FeatureText & { readonly run: Writer<number> },
): string {
  const address = description.allot((at) => commandRegister(at, feature.run))
  const place = { address, length: 4, access: 'WO' } as const
  const register = description.register('IntReg', feature, place, unsigned)
  return description.feature('Command', feature, [element('pValue', register), element('CommandValue', 1)])
}
