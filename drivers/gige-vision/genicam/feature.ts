/** Features of a GenICam device as a node map tells them: everything that a property browser needs. */
import type { CoverslipError } from '../../../src-shared/errors.ts'

/** Type of a feature's value. */
export type FeatureKind = 'integer' | 'float' | 'enumeration' | 'boolean' | 'command' | 'string' | 'register'

/** Whether a feature may be used now: not implemented, not available, read only, write only, both (GenICam 2.8.5). */
export type AccessMode = 'NI' | 'NA' | 'RO' | 'WO' | 'RW'

/** Whom a feature is for (GenICam's Visibility). */
export type Visibility = 'beginner' | 'expert' | 'guru' | 'invisible'

/** How the maker suggests to show a number (GenICam's Representation). */
export type Representation =
  | 'linear'
  | 'logarithmic'
  | 'boolean'
  | 'pureNumber'
  | 'hexNumber'
  | 'ipV4Address'
  | 'macAddress'

/** Value of a feature: integers are bigint (64-bit, signed), enumerations the name of their entry. */
export type FeatureValue = bigint | number | string | boolean | Uint8Array

/** A group of features in the order of the device's description; a category may hold others. */
export type Category = {
  readonly name: string
  readonly displayName: string
  readonly tooltip: string | undefined
  readonly description: string | undefined
  readonly visibility: Visibility
  /** Names of its features; the same feature may be in several categories. */
  readonly features: readonly string[]
  readonly categories: readonly Category[]
}

/** One value of an enumeration. */
export type EnumerationEntry = {
  /** Symbolic name: what is read and set. */
  readonly name: string
  readonly displayName: string
  readonly tooltip: string | undefined
  readonly value: bigint
}

type FeatureBase = {
  readonly name: string
  readonly displayName: string
  readonly tooltip: string | undefined
  readonly description: string | undefined
  readonly visibility: Visibility
  /** Display names of the categories that lead to it: `['Acquisition Control']`; empty: it is in none. */
  readonly categoryPath: readonly string[]
  readonly accessMode: AccessMode
  /** Features whose value depends on this one (it is their selector). */
  readonly selects: readonly string[]
  /** Its selectors: it has one value for each of their values. */
  readonly selectedBy: readonly string[]
  /** True for what belongs in a saved configuration of the device. */
  readonly streamable: boolean
  /** Milliseconds after which a value may have changed by itself. */
  readonly pollingMs: number | undefined
  /** Why it cannot be evaluated, where the device's description of it is faulty; `accessMode` is then `NA`. */
  readonly fault: CoverslipError | undefined
}

/** A feature with what holds of it now. `value` is undefined while it cannot be read. */
export type Feature =
  | (FeatureBase & {
      readonly kind: 'integer'
      readonly value: bigint | undefined
      readonly min: bigint
      readonly max: bigint
      /** Distance of allowed values, counted from `min`; at least 1. */
      readonly inc: bigint
      readonly unit: string | undefined
      readonly representation: Representation
    })
  | (FeatureBase & {
      readonly kind: 'float'
      readonly value: number | undefined
      /** -Infinity where there is no limit. */
      readonly min: number
      readonly max: number
      /** Undefined: any value between the limits. */
      readonly inc: number | undefined
      readonly unit: string | undefined
      readonly representation: Representation
    })
  | (FeatureBase & {
      readonly kind: 'enumeration'
      readonly value: string | undefined
      /** Those that may be chosen now. */
      readonly entries: readonly EnumerationEntry[]
    })
  | (FeatureBase & { readonly kind: 'boolean'; readonly value: boolean | undefined })
  | (FeatureBase & { readonly kind: 'command' })
  | (FeatureBase & {
      readonly kind: 'string'
      readonly value: string | undefined
      readonly maxLength: number
    })
  | (FeatureBase & {
      readonly kind: 'register'
      readonly value: Uint8Array | undefined
      readonly length: number
    })

/** A feature whose value is of this type. */
export type FeatureOfKind<Kind extends FeatureKind> = Extract<Feature, { kind: Kind }>
