/**
 * Metadata of Zarr nodes: v3 (`zarr.json`) and v2 (`.zarray`, `.zgroup`, `.zattrs`), brought to one form. They may come
 * from anywhere, so sizes are bounded before anything is read by them.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { bytesOfSample, type SampleType, sampleTypeSchema } from '../sample-type.ts'
import { leadsOut } from '../without-links.ts'
import { reasonOf } from '../unreadable.ts'
import { linksOut, unreadablePart } from './unreadable-part.ts'

/** A larger `zarr.json` is not one of an image. */
const maxJsonBytes = 64 * 1024 * 1024
/** Of a chunk in memory: half a gigabyte, as a plane has. */
const maxChunkBytes = 512 * 1024 * 1024
const maxShardChunks = 4 * 1024 * 1024
const maxRank = 8

/** A step between the bytes of a chunk and its samples, as `zarr.json` names it. */
export type Codec = { readonly name: string; readonly configuration: Readonly<Record<string, unknown>> }

/** An array of either version of Zarr. Lengths and places have a number for each axis. */
export type ZarrArray = {
  /** Of the array on the disk. */
  readonly folder: string
  readonly shape: readonly number[]
  readonly sampleType: SampleType
  /** What missing chunks stand for. */
  readonly fill: number
  /** Of what is decoded as one: inner chunks where there are shards. */
  readonly chunkShape: readonly number[]
  /** Files by their place in the grid of files, below `folder`. */
  readonly keyOf: (place: readonly number[]) => string
  readonly codecs: readonly Codec[]
  readonly shards: ShardLayout | undefined
}

/** How chunks lie in a file (Zarr v3, `sharding_indexed`). */
export type ShardLayout = {
  /** Chunks along each axis. */
  readonly chunks: readonly number[]
  readonly checksum: boolean
  readonly indexAt: 'start' | 'end'
}

/** What a folder of a dataset is. */
export type ZarrNode =
  | { readonly kind: 'group'; readonly attributes: Readonly<Record<string, unknown>> }
  | {
      readonly kind: 'array'
      readonly array: ZarrArray
      readonly attributes: Readonly<Record<string, unknown>>
    }

const length = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const shape = z.array(length).max(maxRank)
const chunks = z.array(length.min(1)).max(maxRank)
const attributes = z.record(z.string(), z.unknown()).default({})
const codec = z.object({
  name: z.string(),
  configuration: z.record(z.string(), z.unknown()).default({}),
})
const separator = z.enum(['/', '.'])

const groupSchema = z.object({ zarr_format: z.literal(3), node_type: z.literal('group'), attributes })

const arraySchema = z.object({
  zarr_format: z.literal(3),
  node_type: z.literal('array'),
  shape,
  data_type: z.string(),
  chunk_grid: z.object({ name: z.literal('regular'), configuration: z.object({ chunk_shape: chunks }) }),
  chunk_key_encoding: z.object({
    name: z.enum(['default', 'v2']),
    configuration: z.object({ separator: separator.optional() }).default({}),
  }),
  fill_value: z.unknown(),
  codecs: z.array(codec).max(16),
  attributes,
})

const shardingSchema = z.object({
  chunk_shape: chunks,
  codecs: z.array(codec).max(16),
  index_codecs: z.array(codec).max(4),
  index_location: z.enum(['start', 'end']).default('end'),
})

const arrayV2Schema = z.object({
  zarr_format: z.literal(2),
  shape,
  chunks,
  dtype: z.string(),
  fill_value: z.unknown(),
  order: z.enum(['C', 'F']).default('C'),
  compressor: z.record(z.string(), z.unknown()).nullable(),
  filters: z.array(z.unknown()).nullish(),
  dimension_separator: separator.default('.'),
})

/** Reads the metadata of the node `folder`, which is below `root`, or the root. @throws CoverslipError UNREADABLE_IMAGE naming file and reason */
export async function readZarrNode(folder: string, root = folder): Promise<ZarrNode> {
  const node = await findZarrNode(folder, root)
  if (node !== undefined) return node
  throw unreadablePart(folder, 'it has no zarr.json (or .zarray, .zgroup)')
}

/** As `readZarrNode`; undefined when there is no node. @throws CoverslipError UNREADABLE_IMAGE */
export async function findZarrNode(folder: string, root = folder): Promise<ZarrNode | undefined> {
  const path = join(folder, 'zarr.json')
  const json = await readJson(path, root)
  if (json === undefined) return findNodeV2(folder, root)
  if (groupSchema.safeParse(json).success) {
    return { kind: 'group', attributes: parsed(groupSchema, json, path).attributes }
  }
  return {
    kind: 'array',
    array: arrayOf(folder, json),
    attributes: parsed(arraySchema, json, path).attributes,
  }
}

/** As `readZarrNode`, of an array. @throws CoverslipError UNREADABLE_IMAGE */
export async function readZarrArray(folder: string, root = folder): Promise<ZarrArray> {
  const node = await readZarrNode(folder, root)
  if (node.kind === 'array') return node.array
  throw unreadablePart(folder, 'it is a group, not an array')
}

async function findNodeV2(folder: string, root: string): Promise<ZarrNode | undefined> {
  const path = join(folder, '.zarray')
  const json = await readJson(path, root)
  const own = (await readJson(join(folder, '.zattrs'), root)) ?? {}
  const ownAttributes = parsed(attributes, own, join(folder, '.zattrs'))
  if (json !== undefined) {
    return {
      kind: 'array',
      array: arrayOfV2(folder, parsed(arrayV2Schema, json, path)),
      attributes: ownAttributes,
    }
  }
  if ((await readJson(join(folder, '.zgroup'), root)) !== undefined)
    return { kind: 'group', attributes: ownAttributes }
  return undefined
}

/** The array `folder` whose `zarr.json` is `metadata`. @throws CoverslipError UNREADABLE_IMAGE */
export function arrayOf(folder: string, metadata: unknown): ZarrArray {
  const path = join(folder, 'zarr.json')
  const json = parsed(arraySchema, metadata, path)
  const { name, configuration } = json.chunk_key_encoding
  const between = configuration.separator ?? (name === 'default' ? '/' : '.')
  const outer = json.chunk_grid.configuration.chunk_shape
  const [first, ...others] = json.codecs
  const isSharded = first?.name === 'sharding_indexed'
  if (json.codecs.some((one) => one.name === 'sharding_indexed') && (!isSharded || others.length > 0))
    throw unreadablePart(path, 'its shards are themselves encoded')
  const sharding = isSharded ? parsed(shardingSchema, first.configuration, path) : undefined
  const chunkShape = sharding?.chunk_shape ?? outer
  return bounded(path, {
    folder,
    shape: json.shape,
    sampleType: sampleTypeOf(json.data_type, path),
    fill: fillOf(json.fill_value),
    chunkShape,
    keyOf: (place) => (name === 'default' ? ['c', ...place] : place).join(between) || '0',
    codecs: sharding?.codecs ?? json.codecs,
    shards: sharding === undefined ? undefined : shardLayoutOf(sharding, outer, path),
  })
}

function shardLayoutOf(
  { chunk_shape: inner, index_codecs: codecs, index_location: indexAt }: z.infer<typeof shardingSchema>,
  outer: readonly number[],
  path: string,
): ShardLayout {
  const along = outer.map((side, axis) => side / (inner[axis] ?? 0))
  if (inner.length !== outer.length || along.some((count) => !Number.isInteger(count)))
    throw unreadablePart(path, 'its chunks do not divide its shards')
  if (productOf(along) > maxShardChunks) throw unreadablePart(path, 'its shards have too many chunks')
  const names = codecs.map(({ name }) => name).join(' ')
  const isBig = codecs[0]?.configuration['endian'] === 'big'
  if ((names !== 'bytes' && names !== 'bytes crc32c') || isBig)
    throw unreadablePart(path, `the index of its shards is encoded by ${names}`)
  return { chunks: along, checksum: names.endsWith('crc32c'), indexAt }
}

function arrayOfV2(folder: string, json: z.infer<typeof arrayV2Schema>): ZarrArray {
  const path = join(folder, '.zarray')
  const { compressor } = json
  if ((json.filters ?? []).length > 0) throw unreadablePart(path, 'it has filters')
  const sampleType = sampleTypeOfV2(json.dtype, path)
  const rank = json.shape.length
  const fortran = Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
  const id = compressor === null ? undefined : String(compressor['id'])
  return bounded(path, {
    folder,
    shape: json.shape,
    sampleType,
    fill: fillOf(json.fill_value),
    chunkShape: json.chunks,
    keyOf: (place) => place.join(json.dimension_separator) || '0',
    codecs: [
      ...(json.order === 'F' ? [{ name: 'transpose', configuration: { order: fortran } }] : []),
      { name: 'bytes', configuration: { endian: json.dtype.startsWith('>') ? 'big' : 'little' } },
      ...(id === undefined ? [] : [{ name: id, configuration: compressor ?? {} }]),
    ],
    shards: undefined,
  })
}

/** @throws CoverslipError UNREADABLE_IMAGE for chunks that memory could not hold */
function bounded(path: string, array: ZarrArray): ZarrArray {
  const { shape: sides, chunkShape, sampleType } = array
  if (sides.length !== chunkShape.length || sides.length < 2)
    throw unreadablePart(path, `its shape has ${sides.length} axes and its chunks ${chunkShape.length}`)
  if (productOf(chunkShape) * bytesOfSample(sampleType) > maxChunkBytes)
    throw unreadablePart(path, `its chunks of ${chunkShape.join(' x ')} pixels are too large`)
  return array
}

function sampleTypeOf(name: string, path: string): SampleType {
  const type = sampleTypeSchema.safeParse(name === 'bool' ? 'uint8' : name).data
  if (type !== undefined) return type
  throw unreadablePart(path, `its pixels are ${name}; Coverslip shows ${sampleTypeSchema.options.join(', ')}`)
}

const kindsOfV2: Readonly<Record<string, string>> = { u: 'uint', i: 'int', f: 'float' }

/** Of numpy's names: byte order, kind, bytes. */
function sampleTypeOfV2(dtype: string, path: string): SampleType {
  const [, kind = '', bytes] = /^[<|>]([uifb])(\d)$/.exec(dtype) ?? []
  if (kind === 'b') return 'uint8'
  return sampleTypeOf(kind === '' ? dtype : `${kindsOfV2[kind] ?? kind}${8 * Number(bytes)}`, path)
}

/** Real numbers may be named; whatever makes no sense is 0. */
function fillOf(value: unknown): number {
  if (value === 'NaN') return Number.NaN
  if (value === 'Infinity' || value === '-Infinity') return Number(value)
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

/** Of no numbers it is 1. */
export function productOf(numbers: readonly number[]): number {
  return numbers.reduce((product, number) => product * number, 1)
}

/** The JSON of a file of the dataset `root`; undefined when it is not there. @throws CoverslipError UNREADABLE_IMAGE */
async function readJson(path: string, root: string): Promise<unknown> {
  try {
    if (await leadsOut(path, root)) throw linksOut(path)
    const { size } = await stat(path)
    if (size > maxJsonBytes) throw unreadablePart(path, `it is ${size} bytes long`)
    const json: unknown = JSON.parse(await readFile(path, 'utf8'))
    return json
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (error instanceof CoverslipError) throw error
    if (error instanceof SyntaxError) throw unreadablePart(path, 'it is not valid JSON', error)
    throw unreadablePart(path, reasonOf(error), error)
  }
}

/** @throws CoverslipError UNREADABLE_IMAGE naming the field */
export function parsed<Schema extends z.ZodType>(
  schema: Schema,
  json: unknown,
  path: string,
): z.output<Schema> {
  const result = schema.safeParse(json)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw unreadablePart(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`, result.error)
}
