/**
 * What an INDI server sends, as plain data. Source: INDI protocol 1.7 (E. C. Downey, 2007) and what libindi 1.9 adds
 * to it: limits in `setNumberVector`, `len` of a BLOB.
 */

/** State of a property. */
export type IndiState = 'Idle' | 'Ok' | 'Busy' | 'Alert'
/** Who may read and write a property: we read (`ro`), write (`wo`), or both. */
export type IndiPermission = 'ro' | 'wo' | 'rw'
/** How many switches of a property can be on. */
export type SwitchRule = 'OneOfMany' | 'AtMostOne' | 'AnyOfMany'

type ElementBase = {
  readonly name: string
  readonly label: string
}
/** One number of a property. */
export type NumberElement = ElementBase & {
  readonly value: number
  /** printf format of the value; `%m` means sexagesimal. */
  readonly format: string
  /** No limits where `min` is not below `max`. */
  readonly min: number
  readonly max: number
}
/** One switch of a property. */
export type SwitchElement = ElementBase & { readonly value: boolean }
/** One text of a property. */
export type TextElement = ElementBase & { readonly value: string }
/** One state that a device shows. */
export type LightElement = ElementBase & { readonly value: IndiState }

type VectorBase = {
  readonly device: string
  readonly name: string
  readonly label: string
  readonly group: string
  readonly state: IndiState
  readonly permission: IndiPermission
}
/** A property of numbers. */
export type NumberVector = VectorBase & {
  readonly kind: 'Number'
  readonly elements: readonly NumberElement[]
}
/** A property of switches. */
export type SwitchVector = VectorBase & {
  readonly kind: 'Switch'
  readonly rule: SwitchRule
  readonly elements: readonly SwitchElement[]
}
/** A property of texts. */
export type TextVector = VectorBase & { readonly kind: 'Text'; readonly elements: readonly TextElement[] }
/** A property that shows states. */
export type LightVector = VectorBase & { readonly kind: 'Light'; readonly elements: readonly LightElement[] }
/** A property of large data. */
export type BlobVector = VectorBase & { readonly kind: 'BLOB'; readonly elements: readonly ElementBase[] }
/** One property of a device: INDI calls it a vector, as it holds several values that change together. */
export type IndiVector = NumberVector | SwitchVector | TextVector | LightVector | BlobVector

/** A change of one element: its value as text, and for numbers new limits where they are given. */
export type ElementChange = {
  readonly name: string
  readonly value: string
  readonly min: number | undefined
  readonly max: number | undefined
}

/** A message of a server. */
export type IndiMessage =
  | { readonly type: 'define'; readonly vector: IndiVector }
  | {
      readonly type: 'set'
      readonly device: string
      readonly name: string
      readonly state: IndiState | undefined
      readonly elements: readonly ElementChange[]
    }
  /** Without a name, the whole device is gone. */
  | { readonly type: 'delete'; readonly device: string; readonly name: string | undefined }
  | { readonly type: 'note'; readonly device: string; readonly text: string }

/** A binary object, usually an image. */
export type IndiBlob = {
  readonly device: string
  readonly vector: string
  /** File extension that says what it is: `.fits`, `.fits.z`. */
  readonly format: string
  /** Length without compression, as announced, bytes. */
  readonly size: number
  /** When its first byte arrived, host's monotonic clock, ns. */
  readonly beganNs: bigint
  /** The bytes, valid during the call only; or why there are none. */
  readonly content: Uint8Array | { readonly problem: string }
}

/**
 * A number as INDI writes it: decimal, or sexagesimal with up to three parts separated by colons, semicolons or spaces
 * (`-10:30:18` is -10.505). NaN where it is none.
 */
export function parseIndiNumber(text: string): number {
  const trimmed = text.trim()
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed)
  const parts = /^([+-]?)(\d+)[:; ]+(\d+(?:\.\d*)?)(?:[:; ]+(\d+(?:\.\d*)?))?$/.exec(trimmed)
  if (parts === null) return Number.NaN
  const [, sign, whole, minutes, seconds = '0'] = parts
  const value = Number(whole) + Number(minutes) / 60 + Number(seconds) / 3600
  return sign === '-' ? -value : value
}

/** `text` as a state; undefined where it is none. */
export function parseIndiState(text: string | undefined): IndiState | undefined {
  const trimmed = text?.trim()
  return trimmed === 'Idle' || trimmed === 'Ok' || trimmed === 'Busy' || trimmed === 'Alert'
    ? trimmed
    : undefined
}
