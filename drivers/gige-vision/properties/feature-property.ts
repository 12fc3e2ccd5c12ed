/** GenICam features as properties of a device. */
import type { PropertyDescriptorInput, PropertyLevel, PropertyValue } from '../../../src-shared/devices.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { Feature, FeatureOfKind, FeatureValue, Visibility } from '../genicam/feature.ts'
import { ipFromNumber, ipToNumber } from '../protocol/addresses.ts'

/** What the driver itself sets while it runs: shown, but not to be changed by hand. */
const managed = new Set([
  'DeviceAccessStatus',
  'GevCCP',
  'GevCurrentIPConfiguration',
  'GevGVCPHeartbeatDisable',
  'GevHeartbeatTimeout',
  'DeviceLinkHeartbeatMode',
  'DeviceLinkHeartbeatTimeout',
  'GevMCPHostPort',
  'GevMCDA',
  'GevSCDA',
  'GevSCPHostPort',
  'GevSCPInterfaceIndex',
  'GevSCPSBigEndian',
  'GevSCPSDoNotFragment',
  'GevSCPSPacketSize',
  'PayloadSize',
  'TLParamsLocked',
])
/** What starts and stops acquisitions is done by the program, and a test packet means nothing to the user. */
const hidden = new Set([
  'AcquisitionStart',
  'AcquisitionStop',
  'AcquisitionAbort',
  'AcquisitionArm',
  'GevSCPSFireTestPacket',
])

const levels: Readonly<Record<Exclude<Visibility, 'invisible'>, PropertyLevel>> = {
  beginner: 'beginner',
  expert: 'expert',
  guru: 'guru',
}
/** Registers are shown up to this length, bytes. */
const mostRegisterBytes = 64
const largest = BigInt(Number.MAX_SAFE_INTEGER)

/** What belongs to each property, whatever its type. */
function commonOf(feature: Feature) {
  const { name, displayName, categoryPath, visibility, accessMode, description, tooltip } = feature
  const help = description ?? tooltip
  return {
    name,
    title: displayName,
    category: categoryPath.join(' / ') || 'Other',
    ...(help === undefined ? {} : { description: help }),
    readOnly: accessMode === 'RO' || managed.has(name),
    level: visibility === 'invisible' ? 'guru' : levels[visibility],
  } as const
}

/** The feature as a property; undefined when it has nothing to show now, or is none for the user. */
export function featureProperty(feature: Feature): PropertyDescriptorInput | undefined {
  const { name, visibility, accessMode } = feature
  if (hidden.has(name) || visibility === 'invisible' || accessMode === 'NI' || accessMode === 'NA')
    return undefined
  const common = commonOf(feature)
  switch (feature.kind) {
    case 'command':
      return accessMode === 'RO' ? undefined : { ...common, readOnly: false, type: 'command', value: false }
    case 'boolean':
      return feature.value === undefined ? undefined : { ...common, type: 'boolean', value: feature.value }
    case 'string':
      return feature.value === undefined ? undefined : { ...common, type: 'text', value: feature.value }
    case 'register':
      if (feature.value === undefined || feature.length > mostRegisterBytes) return undefined
      return { ...common, readOnly: true, type: 'text', value: Buffer.from(feature.value).toString('hex') }
    case 'enumeration':
      return optionProperty(common, feature)
    case 'integer':
      return isText(feature)
        ? feature.value === undefined
          ? undefined
          : { ...common, type: 'text', value: integerText(feature, feature.value) }
        : numberProperty(common, {
            value: feature.value === undefined ? undefined : Number(feature.value),
            min: Number(feature.min),
            max: Number(feature.max),
            step: Number(feature.inc),
            unit: feature.unit,
            scale: feature.representation === 'logarithmic' ? 'log' : 'linear',
          })
    case 'float':
      return numberProperty(common, {
        value: feature.value,
        min: feature.min,
        max: feature.max,
        step: feature.inc,
        unit: feature.unit,
        scale: feature.representation === 'logarithmic' ? 'log' : 'linear',
      })
  }
}

type Common = ReturnType<typeof commonOf>

function optionProperty(
  common: Common,
  { value, entries }: FeatureOfKind<'enumeration'>,
): PropertyDescriptorInput | undefined {
  if (value === undefined) return undefined
  const names = entries.map(({ name }) => name)
  return { ...common, type: 'option', value, options: names.includes(value) ? names : [value, ...names] }
}

/** The number of a feature, as properties have numbers. */
export type NumberOfFeature = {
  readonly value: number | undefined
  readonly min: number
  readonly max: number
  readonly step: number | undefined
  readonly unit: string | undefined
  readonly scale: 'linear' | 'log'
}

/** A number with the limits that are some; a device's own value always lies within them. */
export function numberProperty<Base extends { readonly readOnly: boolean }>(
  base: Base,
  { value, min, max, step, unit, scale }: NumberOfFeature,
) {
  if (value === undefined || !Number.isFinite(value)) return undefined
  const shown = { ...base, type: 'number' as const, value, ...(unit === undefined ? {} : { unit }) }
  if (base.readOnly) return shown
  const least =
    Number.isFinite(min) && Math.abs(min) <= Number.MAX_SAFE_INTEGER ? Math.min(min, value) : undefined
  const most =
    Number.isFinite(max) && Math.abs(max) <= Number.MAX_SAFE_INTEGER ? Math.max(max, value) : undefined
  const steps = step === undefined ? undefined : (value - (least ?? 0)) / step
  const onStep =
    steps !== undefined && Math.abs(steps - Math.round(steps)) <= 1e-6 * Math.max(1, Math.abs(steps))
  return {
    ...shown,
    ...(least === undefined ? {} : { min: least }),
    ...(most === undefined ? {} : { max: most }),
    ...(step !== undefined && step > 0 && onStep ? { step } : {}),
    scale: scale === 'log' && (least ?? 0) > 0 ? ('log' as const) : ('linear' as const),
  }
}

/** Integers that a number cannot hold, and those that are addresses, are texts. */
function isText({ value = 0n, representation }: FeatureOfKind<'integer'>): boolean {
  const isAddress = representation === 'ipV4Address' || representation === 'macAddress'
  return isAddress || value > largest || value < -largest
}

function integerText({ representation }: FeatureOfKind<'integer'>, value: bigint): string {
  if (representation === 'ipV4Address') return ipFromNumber(Number(BigInt.asUintN(32, value)))
  if (representation !== 'macAddress') return value.toString()
  return (BigInt.asUintN(48, value).toString(16).padStart(12, '0').match(/../g) ?? []).join(':')
}

/**
 * A property's value as the feature takes it; undefined: it is a command.
 * @throws CoverslipError INVALID_INPUT when a text is not what the feature needs.
 */
export function featureValue(feature: Feature, value: PropertyValue): FeatureValue | undefined {
  switch (feature.kind) {
    case 'command':
      return undefined
    case 'integer':
      if (typeof value !== 'string') return value
      return parseInteger(feature, value)
    case 'enumeration':
    case 'boolean':
    case 'float':
    case 'string':
    case 'register':
      return value
  }
}

function parseInteger({ name, representation }: FeatureOfKind<'integer'>, text: string): bigint {
  try {
    if (representation === 'ipV4Address') return BigInt(ipToNumber(text))
    if (representation === 'macAddress') return BigInt(`0x${text.replaceAll(':', '')}`)
    return BigInt(text.trim())
  } catch (error) {
    throw new CoverslipError('INVALID_INPUT', `${name} cannot be "${text}"`, {
      hint:
        representation === 'ipV4Address'
          ? 'It takes an address like 192.168.0.10.'
          : 'It takes a whole number, as 1234 or 0x4d2.',
      cause: error,
    })
  }
}
