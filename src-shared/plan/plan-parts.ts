/** Pieces that all parts of a plan's file format are made of. */
import { z } from 'zod'
import { leafIssues, plainWords } from '../field-problems.ts'

/** Values by index, computed when asked for: a plan of a million time points takes no memory. */
export type Indexed<T> = {
  readonly length: number
  /** @param index 0 to `length - 1`; what is returned beyond that means nothing. */
  at(index: number): T
}

/** `list` as an `Indexed`. @throws RangeError (of `at`) beyond the list's end. */
export function indexedOf<T>(list: readonly T[]): Indexed<T> {
  return {
    length: list.length,
    at(index) {
      const value = list[index]
      if (value === undefined) throw new RangeError(`No entry ${index} in a list of ${list.length}`)
      return value
    },
  }
}

/** A field that may be left out or null: useq-schema writes null for what is not set. */
export function optionalField<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined)
}

/** As `optionalField`, with a value for what is not set. */
export function fieldWithDefault<Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>) {
  return schema.nullish().transform((given) => given ?? value)
}

/** µm; a kilometre is a mistake, and what is shorter adds up to numbers. */
export const micrometres = z.number().min(-1e9).max(1e9)

/** As `schema` reads `value`; what it complains of are complaints of the transform that asks it, at the same paths. */
export function readAs<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  context: z.RefinementCtx,
): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: plainWords })
  if (parsed.success) return parsed.data
  passOn(parsed.error, context)
  return z.NEVER
}

function passOn({ issues }: z.ZodError, context: z.RefinementCtx): void {
  for (const issue of leafIssues(issues)) {
    const path = [...issue.path]
    if (issue.code === 'unrecognized_keys')
      context.addIssue({ code: 'unrecognized_keys', keys: issue.keys, path, input: issue.input ?? {} })
    else context.addIssue({ code: 'custom', message: issue.message, path, input: issue.input })
  }
}

type PlanVariant = {
  /** The keys that tell this kind from others. */
  readonly keys: readonly string[]
  readonly schema: z.ZodType
}

/**
 * One of several kinds of object that their keys tell apart, as useq-schema's unions do: the kind of which most keys
 * are there; of several, the first. Problems are those of that kind, at their exact paths.
 * @param what what it is, for the message when no kind fits: `z_plan`.
 */
export function oneOfKinds<const Kinds extends readonly PlanVariant[]>(what: string, kinds: Kinds) {
  type Output = z.output<Kinds[number]['schema']>
  return z.unknown().transform((value, context): Output => {
    const kind = kindOf(value, kinds)
    if (kind === undefined) {
      const forms = kinds.map(({ keys }) => `{${keys.join(', ')}}`).join(', ')
      context.addIssue({ code: 'custom', message: `is no ${what}: one of ${forms} is needed` })
      return z.NEVER
    }
    return readAs(kind.schema, value, context) as Output
  })
}

function kindOf<Kind extends PlanVariant>(value: unknown, kinds: readonly Kind[]): Kind | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const present = new Set(
    Object.entries(value).flatMap(([key, field]) => (field === null || field === undefined ? [] : [key])),
  )
  let best: { readonly kind: Kind; readonly matches: number } | undefined
  for (const kind of kinds) {
    const matches = kind.keys.filter((key) => present.has(key)).length
    if (matches > (best?.matches ?? 0)) best = { kind, matches }
  }
  return best?.kind
}
