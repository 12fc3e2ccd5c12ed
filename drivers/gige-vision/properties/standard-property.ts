/** Properties that mean the same on every camera, made of the features that the SFNC defines for them. */
import type { PropertyDescriptorInput, PropertyValue } from '../../../src-shared/devices.ts'
import { isWritable as takesValues } from '../genicam/access-mode.ts'
import type { Feature } from '../genicam/feature.ts'
import type { NodeMap } from '../genicam/node-map.ts'

/** Features by name, those that the camera has. */
export type Features = ReadonlyMap<string, Feature>

/** A property that means the same on every camera, made of features. */
export interface StandardProperty {
  readonly name: string
  /** The features it is made of. */
  readonly features: readonly string[]
  /** Those that it stands for, so that they are not shown besides. */
  readonly replaces: readonly string[]
  /** Undefined while the camera does not have it. */
  describe(features: Features): PropertyDescriptorInput | undefined
  set(nodeMap: NodeMap, value: PropertyValue, features: Features): Promise<void>
}

/** Whether a feature can be written now. */
export function isWritable(feature: Feature | undefined): boolean {
  return feature !== undefined && takesValues(feature.accessMode)
}
