/**
 * What clients of the live-view façade and of the MJPEG stream write, as the engine's calls want it: query or JSON,
 * camelCase or snake_case, parameters in `params` or beside the other fields, names of the original design too.
 */
import { z } from 'zod'
import { CoverslipError } from '../../src-shared/errors.ts'
import {
  protocolSchema,
  type StreamParamsPatch,
  streamParamsPatchSchema,
} from '../../src-shared/stream-params.ts'
import { frameRateOf } from './throttle.ts'

/** Names of the original design for parameters of ours. */
const otherNames: Readonly<Record<string, string>> = {
  jpegQuality: 'quality',
  subsamplingFactor: 'subsampling',
  compressionAlgorithm: 'compression',
  compressionLevel: 'level',
  fps: 'frameRate',
}

/** Numbers and lists that a query carries as text. */
const textual = new Set(['compression', 'filter', 'reduction', 'windowMode', 'codec'])

const fieldsSchema = z.strictObject({
  detectorName: z.string().min(1).max(200).nullish(),
  protocol: protocolSchema.nullish(),
  force: z.union([z.boolean(), z.enum(['true', 'false', '1', '0']).transform(isTrue)]).default(false),
})

/** What a start asks for, under whatever names it was given. */
export type LiveViewInput = {
  readonly detectorName?: string
  readonly protocol?: z.infer<typeof protocolSchema>
  readonly force: boolean
  readonly params: StreamParamsPatch
}

const fieldNames = new Set(['detectorName', 'protocol', 'force'])
const paramNames = new Set([...Object.keys(streamParamsPatchSchema.shape), 'throttleMs'])

/**
 * Reads a query or a JSON body. Of a query, names that are nothing here are ignored (pages add one to circumvent
 * caches); in a body they are mistakes.
 * @throws CoverslipError INVALID_INPUT naming the field.
 */
export function readLiveViewInput(
  input: unknown,
  { ignoreUnknown }: { readonly ignoreUnknown: boolean },
): LiveViewInput {
  const given = camelCased(input ?? {})
  const nested = given['params']
  const params: Record<string, unknown> = camelCased(
    typeof nested === 'string' ? fromJson(nested) : (nested ?? {}),
  )
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    if (name === 'params') continue
    if (fieldNames.has(name)) fields[name] = value
    else if (paramNames.has(name)) params[name] = ignoreUnknown ? fromText(name, value) : value
    else if (!ignoreUnknown) fields[name] = value
  }
  const { detectorName, protocol, force } = check(fieldsSchema, fields)
  return {
    ...(detectorName === undefined || detectorName === null ? {} : { detectorName }),
    ...(protocol === undefined || protocol === null ? {} : { protocol }),
    force,
    params: check(streamParamsPatchSchema, withFrameRate(params)),
  }
}

function isTrue(text: string): boolean {
  return text === 'true' || text === '1'
}

/** `input` with its keys in camelCase, and in our words. */
function camelCased(input: unknown): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new CoverslipError('INVALID_INPUT', 'An object with named fields is expected')
  return Object.fromEntries(
    Object.entries(input).map(([key, value]: [string, unknown]) => {
      const name = key.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
      return [otherNames[name] ?? name, value]
    }),
  )
}

/** The original design gives the shortest time between frames instead of a rate. */
function withFrameRate({ throttleMs, ...params }: Record<string, unknown>): Record<string, unknown> {
  if (throttleMs === undefined) return params
  const period = check(z.object({ throttleMs: z.coerce.number().min(0).max(10_000) }), { throttleMs })
  return { frameRate: frameRateOf(period.throttleMs), ...params }
}

function fromText(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || textual.has(name)) return value
  return name === 'iceServers' ? fromJson(value) : value.trim() === '' ? value : Number(value)
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CoverslipError('INVALID_INPUT', `Not JSON: ${text.slice(0, 100)}`, { cause: error })
  }
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  const problems = checked.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  )
  throw new CoverslipError('INVALID_INPUT', problems.join('; '))
}
