/** Features as they are described to `CameraDescription`. */
import type { Writer } from '../registers.ts'

/** A number, or the name of the node that tells it. */
export type Limit = number | { readonly node: string }

/** What every feature tells of itself. */
export type FeatureText = {
  readonly name: string
  readonly title: string
  readonly tip: string
  readonly visibility?: 'Beginner' | 'Expert' | 'Guru'
  /** True: cannot change while a client streams. */
  readonly locked?: boolean
  /** Node that is 0 while the feature has no meaning. */
  readonly availableWhen?: string
  /** Names of the features that this one selects. */
  readonly selects?: readonly string[]
  /** Names of features whose change can change this one. */
  readonly invalidatedBy?: readonly string[]
  /** Set where the value changes by itself: how long it may be kept, ms. */
  readonly pollingMs?: number
}

/** A value of the camera's own, for which a register is made. */
export type OwnValue<Value> = { readonly read: () => Value; readonly write?: Writer<Value> }
/** What is behind a feature: such a value, a register that is there already (of the standard), or another node. */
export type Behind<Value> =
  | OwnValue<Value>
  | { readonly at: number; readonly access: 'RO' | 'RW' }
  | { readonly node: string }

/** A whole number of 32 bits. */
export type IntegerFeature = FeatureText & {
  readonly value: Behind<number>
  readonly min?: Limit
  readonly max?: Limit
  readonly inc?: Limit
  readonly unit?: string
  readonly representation?: 'Linear' | 'Logarithmic' | 'PureNumber' | 'HexNumber' | 'IPV4Address'
  /** Bits of the register, counted from the most significant one as GenICam does; default: all 32. */
  readonly bits?: { readonly first: number; readonly last: number }
}

/** A number with decimals. */
export type FloatFeature = FeatureText & {
  readonly min?: Limit
  readonly max?: Limit
  readonly unit?: string
  readonly representation?: 'Linear' | 'Logarithmic' | 'PureNumber'
}

/** One of several named values. */
export type EnumerationFeature = FeatureText & {
  readonly entries: readonly EnumerationEntry[]
  /** Undefined: a choice of the client's alone, as most selectors are. */
  readonly value?: Behind<number>
  readonly bits?: { readonly first: number; readonly last: number }
}
/** A named value. */
export type EnumerationEntry = { readonly name: string; readonly value: number; readonly tip?: string }

/** An address as the XML has it. */
export function hex(address: number): string {
  return `0x${address.toString(16)}`
}

/** A boolean as a number, 0 or 1. */
export function bitOf({ read, write }: OwnValue<boolean>): OwnValue<number> {
  if (write === undefined) return { read: () => Number(read()) }
  return { read: () => Number(read()), write: checkedWriter((bit) => write(bit === 1), new Set([0, 1])) }
}

/** Whether what is behind a feature can be written. */
export function accessOf(
  value: { readonly access: 'RO' | 'RW' } | { readonly write?: unknown },
): 'RO' | 'RW' {
  if ('access' in value) return value.access
  return value.write === undefined ? 'RO' : 'RW'
}

/** A writer that refuses values that are not known. */
export function checkedWriter(write: Writer<number>, known: ReadonlySet<number>): Writer<number> {
  return (value) => (known.has(value) ? write(value) : 'invalidParameter')
}
