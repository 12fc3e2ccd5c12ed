/** Features that are numbers. Each function returns the feature's name. */
import { doubleRegister, longRegister } from '../registers.ts'
import { bigEndian, type CameraDescription } from './camera-description.ts'
import {
  accessOf,
  type Behind,
  type FeatureText,
  type FloatFeature,
  type IntegerFeature,
  type Limit,
  type OwnValue,
} from './feature.ts'
import { element } from './xml-text.ts'

/** An integer of 32 bits. */
export function addInteger(description: CameraDescription, feature: IntegerFeature): string {
  const { value, bits, min, max, inc, unit, representation } = feature
  return description.feature('Integer', feature, [
    element('pValue', description.number(feature, value, bits)),
    ...limits({ min, max, inc }),
    element('Unit', unit),
    element('Representation', representation),
  ])
}

/** An integer of 64 bits. */
export function addLong(
  description: CameraDescription,
  feature: FeatureText & {
    readonly value: Exclude<Behind<bigint>, { node: string }>
    readonly unit?: string
  },
): string {
  const { value, unit } = feature
  const address =
    'at' in value ? value.at : description.allot((at) => longRegister(at, value.read, value.write))
  const place = { address, length: 8, access: accessOf(value) }
  const register = description.register('IntReg', feature, place, [element('Sign', 'Signed'), bigEndian])
  return description.feature('Integer', feature, [element('pValue', register), element('Unit', unit)])
}

/** A float of 64 bits. */
export function addFloat(
  description: CameraDescription,
  feature: FloatFeature & { readonly value: OwnValue<number> },
): string {
  const { value } = feature
  const address = description.allot((at) => doubleRegister(at, value.read, value.write))
  const place = { address, length: 8, access: accessOf(value) }
  return addFloatOf(description, feature, description.register('FloatReg', feature, place, [bigEndian]))
}

/** A float that is kept as an integer: `toRaw` makes the register's value of FROM, `fromRaw` the feature's of TO. */
export function addConverted(
  description: CameraDescription,
  feature: FloatFeature & {
    readonly value: Behind<number>
    readonly toRaw: string
    readonly fromRaw: string
  },
): string {
  const { value, toRaw, fromRaw, name } = feature
  const converter = `${name}Converter`
  description.node(
    element(
      'Converter',
      [
        element('FormulaTo', toRaw),
        element('FormulaFrom', fromRaw),
        element('pValue', description.number(feature, value)),
        element('Slope', 'Increasing'),
      ],
      { Name: converter },
    ),
  )
  return addFloatOf(description, feature, converter)
}

/** A float whose value another node tells. */
function addFloatOf(description: CameraDescription, feature: FloatFeature, node: string): string {
  const { min, max, unit, representation } = feature
  return description.feature('Float', feature, [
    element('pValue', node),
    ...limits({ min, max }),
    element('Unit', unit),
    element('Representation', representation),
  ])
}

type Limits = { readonly [Name in 'min' | 'max' | 'inc']?: Limit | undefined }

function limits({ min, max, inc }: Limits): readonly string[] {
  return [limit('Min', min), limit('Max', max), limit('Inc', inc)]
}

function limit(name: string, value: Limit | undefined): string {
  return typeof value === 'object' ? element(`p${name}`, value.node) : element(name, value)
}
