/** Form fields from a zod schema, by way of its JSON schema: titles, units, ranges, options and help are its metadata. */
import { z } from 'zod'
import { paramsSchemaOf, type Protocol } from '../../src-shared/stream-params.ts'

type FieldBase = {
  readonly name: string
  readonly title: string
  readonly unit: string | undefined
  readonly description: string | undefined
}
/** A field of a form, made from the schema of what is asked for. */
export type SchemaField =
  | (FieldBase & {
      readonly type: 'number'
      readonly min: number | undefined
      readonly max: number | undefined
      readonly integer: boolean
    })
  | (FieldBase & { readonly type: 'option'; readonly options: readonly string[] })
  | (FieldBase & { readonly type: 'boolean' })

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function fieldOf(name: string, schema: unknown): SchemaField | undefined {
  if (!isRecord(schema) || 'const' in schema) return undefined
  const base: FieldBase = {
    name,
    title: textOf(schema['title']) ?? name,
    unit: textOf(schema['unit']),
    description: textOf(schema['description']),
  }
  if (Array.isArray(schema['enum'])) {
    return { ...base, type: 'option', options: schema['enum'].filter((option) => typeof option === 'string') }
  }
  const { type } = schema
  if (type === 'boolean') return { ...base, type }
  if (type !== 'number' && type !== 'integer') return undefined
  const min = numberOf(schema['minimum'])
  const max = numberOf(schema['maximum'])
  return { ...base, type: 'number', min, max, integer: type === 'integer' }
}

/** The fields of `schema` that a simple control can edit; constants, lists and objects are left out. */
export function schemaFields(schema: z.ZodObject): readonly SchemaField[] {
  const { properties } = z.toJSONSchema(schema, { io: 'input' })
  return Object.entries(properties ?? {}).flatMap(([name, property]) => fieldOf(name, property) ?? [])
}

/** The window of 8-bit streams is set at the histogram, so the form leaves it out. */
const windowFields: ReadonlySet<string> = new Set(['windowMode', 'windowLow', 'windowHigh', 'gamma'])

/** Fields that mean something only beside certain values of others. */
const shownWhen: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => boolean>> = {
  level: ({ compression }) => compression === 'zstd',
  filter: ({ compression }) => compression !== 'none',
  reduction: ({ subsampling }) => subsampling !== 1,
}

/** The form of a protocol's stream settings, for `params`. */
export function streamFields(
  protocol: Protocol,
  params: Readonly<Record<string, unknown>>,
): readonly SchemaField[] {
  return schemaFields(paramsSchemaOf[protocol]).filter(
    ({ name }) => !windowFields.has(name) && (shownWhen[name]?.(params) ?? true),
  )
}
