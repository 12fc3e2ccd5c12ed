/**
 * Writes docs/http-api.md from the contract (`src-shared/contract`), so that it says what the server does.
 *
 *     node build/http-api-docs.mjs           # npm run docs
 *     node build/http-api-docs.mjs --print   # to the standard output instead
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { closing, introduction } from './http-api-texts.mjs'
import { continueUnderModernNode, projectRoot } from './with-node.mjs'

/** Types that many calls share: JSON Schema as text → name, and name → JSON Schema. */
const named = new Map()
const types = new Map()

async function sharedTypes() {
  const [access, devices, hardware, doctor, liveView, streams, viewers, settings] = await Promise.all([
    import('../src-shared/access.ts'),
    import('../src-shared/devices.ts'),
    import('../src-shared/hardware.ts'),
    import('../src-shared/doctor.ts'),
    import('../src-shared/live-view.ts'),
    import('../src-shared/stream-params.ts'),
    import('../src-shared/viewers.ts'),
    import('../src-shared/settings.ts'),
  ])
  return {
    Device: devices.deviceStateSchema,
    Property: devices.deviceStateSchema.shape.properties.element,
    Connection: hardware.connectionInfoSchema,
    Driver: hardware.driverInfoSchema,
    Discovery: hardware.discoverySchema,
    DoctorCheck: doctor.doctorCheckSchema,
    Protocol: streams.protocolSchema,
    StreamParams: streams.streamParamsSchema,
    StreamParamsPatch: streams.streamParamsPatchSchema,
    IceServer: streams.iceServerSchema,
    ActiveStream: liveView.activeStreamSchema,
    Settings: settings.settingsSchema,
    Whip: settings.whipSettingsSchema,
    Caller: access.callerSchema,
    ControlState: access.controlStateSchema,
    AccessToken: access.accessTokenSchema,
    Viewer: viewers.viewerInfoSchema,
  }
}

/** A schema without what differs by its place. */
function keyOf({ $schema: _schema, default: _default, title: _title, description: _description, ...schema }) {
  return JSON.stringify(schema)
}

/** Every parameter of every protocol, with limits and defaults. */
async function streamParameters(schemaOf) {
  const { paramsSchemaOf } = await import('../src-shared/stream-params.ts')
  const tables = Object.entries(paramsSchemaOf).map(([protocol, schema]) => {
    const { properties } = schemaOf(schema, 'input')
    const rows = Object.entries(properties)
      .filter(([name]) => name !== 'protocol')
      .flatMap(([name, field]) => fieldRows(name, field, false, {}))
    return [`### ${protocol}`, ['| field | type | | |', '|---|---|---|---|', ...rows].join('\n')].join('\n\n')
  })
  return [
    '## Stream parameters',
    '`StreamParams` are all fields of one protocol and `protocol` itself; `StreamParamsPatch` are any of its fields.',
    ...tables,
  ].join('\n\n')
}

/** Told in a section of their own. */
const toldElsewhere = ['StreamParams', 'StreamParamsPatch']

function typeSection() {
  const listed = [...types].filter(([name]) => !toldElsewhere.includes(name))
  const texts = listed.map(([name, schema]) => {
    const text = typeText(schema, {}, '', name)
    return `type ${name} =${text.startsWith('\n') ? '' : ' '}${text}`
  })
  return `## Types\n\nUnits and meanings are in \`src-shared\`, where each field is declared.\n\n\`\`\`ts\n${texts.join('\n\n')}\n\`\`\``
}

/** The text of docs/http-api.md. */
async function httpApiDocs() {
  const [{ contract }, { errorMap }, { z }] = await Promise.all([
    import('../src-shared/contract/contract.ts'),
    import('../src-shared/contract/error-map.ts'),
    import('zod'),
  ])
  // Events are no zod schema.
  const schemaOf = (schema, io) =>
    schema === undefined || !('_zod' in schema)
      ? undefined
      : z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  const calls = Object.entries(contract).flatMap(([group, procedures]) =>
    Object.entries(procedures).map(([name, procedure]) => {
      const { route, meta, inputSchema, outputSchema } = procedure['~orpc']
      return {
        name: `${group}.${name}`,
        ...route,
        ...meta,
        input: schemaOf(inputSchema, 'input'),
        output: schemaOf(outputSchema, 'output'),
        isEvents: outputSchema !== undefined && !('_zod' in outputSchema),
      }
    }),
  )
  for (const [name, schema] of Object.entries(await sharedTypes())) {
    for (const io of ['input', 'output']) named.set(keyOf(schemaOf(schema, io)), name)
    types.set(name, schemaOf(schema, 'output'))
  }
  const tags = [...new Set(calls.flatMap((call) => call.tags ?? ['Other']))]
  const sections = tags.map((tag) =>
    [`## ${tag}`, ...calls.filter((call) => (call.tags ?? ['Other']).includes(tag)).map(describeCall)].join(
      '\n\n',
    ),
  )
  return `${[introduction, overview(calls), ...sections, await streamParameters(schemaOf), typeSection(), errors(errorMap), closing].join('\n\n')}\n`
}

function overview(calls) {
  const rows = calls.map(
    ({ method, path, summary, role, control }) =>
      `| ${method} | [\`/api${path}\`](#${anchor(method, path)}) | ${needs(role, control)} | ${summary} |`,
  )
  return ['## All calls', ['| | path | needs | |', '|---|---|---|---|', ...rows].join('\n')].join('\n\n')
}

const anchor = (method, path) =>
  `${method} /api${path}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-')

function needs(role, control) {
  return control ? `${role} in control` : role
}

function describeCall({ method, path, summary, role, control, name, input, output, isEvents }) {
  const parts = [
    `### ${method} \`/api${path}\``,
    `${summary}. Needs: **${needs(role, control)}**.${role === 'viewer' || method === 'GET' ? '' : ` In the audit log: \`${name}\`.`}`,
  ]
  if (input !== undefined) parts.push(describeInput(method, input))
  if (isEvents) parts.push('Answer: server-sent events, see [Events](#events).')
  else if (output === undefined) parts.push('Answer: empty.')
  else parts.push(describeAnswer(typeText(output, output.$defs ?? {})))
  return parts.join('\n\n')
}

function describeAnswer(text) {
  return /^\w+(\[\])?$/.test(text) ? `Answer: \`${text}\`.` : `Answer:\n\n\`\`\`ts\n${text}\n\`\`\``
}

function describeInput(method, schema) {
  const definitions = schema.$defs ?? {}
  const place = method === 'GET' ? 'In the query' : 'JSON body'
  const { properties, required = [] } = resolve(schema, definitions)
  if (properties === undefined) return `${place}:\n\n\`\`\`ts\n${typeText(schema, definitions)}\n\`\`\``
  const rows = Object.entries(properties).flatMap(([name, field]) =>
    fieldRows(name, field, required.includes(name), definitions),
  )
  return [`${place}:`, ['| field | type | | |', '|---|---|---|---|', ...rows].join('\n')].join('\n\n')
}

/** A row for a field, and one for each field of an object within it. */
function fieldRows(name, field, isRequired, definitions) {
  const schema = resolve(field, definitions)
  const need = isRequired
    ? 'required'
    : schema.default === undefined
      ? ''
      : `default \`${JSON.stringify(schema.default)}\``
  const nested =
    !named.has(keyOf(schema)) && schema.properties !== undefined && Object.keys(schema.properties).length > 0
  const type = nested ? 'object' : typeText(schema, definitions).replaceAll(/\s*\n\s*/g, ' ')
  const row = `| \`${name}\` | ${cell(`\`${type}\``)} | ${need} | ${cell(meaning(schema))} |`
  if (!nested) return [row]
  const inner = Object.entries(schema.properties).flatMap(([key, value]) =>
    fieldRows(`${name}.${key}`, value, (schema.required ?? []).includes(key), definitions),
  )
  return [row, ...inner]
}

/** What a field is for, and what it may be. */
function meaning(schema) {
  const { title, description, unit } = schema
  const words = description?.replace(/\.$/, '') ?? title
  return [words, unit === undefined ? undefined : `in ${unit}`, limits(schema)].filter(Boolean).join('; ')
}

/** JSON Schema says the largest safe integer of every integer: that is no limit worth telling. */
function limits({ minimum, maximum, exclusiveMinimum, minLength, maxLength, maxItems, pattern }) {
  const isLimit = (value) => value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER
  return [
    isLimit(minimum) ? `from ${minimum}` : undefined,
    exclusiveMinimum === undefined ? undefined : `above ${exclusiveMinimum}`,
    isLimit(maximum) ? `up to ${maximum}` : undefined,
    minLength === undefined || minLength < 2 ? undefined : `at least ${minLength} characters`,
    maxLength === undefined ? undefined : `at most ${maxLength} characters`,
    maxItems === undefined ? undefined : `at most ${maxItems}`,
    pattern === undefined || maxLength !== undefined ? undefined : `like \`${pattern}\``,
  ]
    .filter(Boolean)
    .join(', ')
}

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function resolve(schema, definitions) {
  const name = schema.$ref?.replace('#/$defs/', '')
  return name === undefined ? schema : { ...definitions[name], ...schema }
}

/** A schema in the notation of TypeScript. */
function typeText(given, definitions, indent = '', defining) {
  const schema = resolve(given, definitions)
  const name = named.get(keyOf(schema))
  if (name !== undefined && name !== defining) return name
  if ('const' in schema) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  const union = schema.anyOf ?? schema.oneOf
  if (union !== undefined) return unionText(union, definitions, indent)
  if (schema.allOf !== undefined)
    return schema.allOf.map((each) => typeText(each, definitions, indent)).join(' & ')
  switch (schema.type) {
    case 'array':
      return arrayText(schema, definitions, indent)
    case 'object':
      return objectText(schema, definitions, indent)
    case 'integer':
      return 'integer'
    case undefined:
      return 'unknown'
    default:
      return Array.isArray(schema.type) ? schema.type.join(' | ') : schema.type
  }
}

function unionText(union, definitions, indent) {
  const texts = [...new Set(union.map((each) => typeText(each, definitions, indent)))]
  return texts.some((text) => text.includes('\n'))
    ? texts.map((text) => `\n${indent}  | ${text.replaceAll('\n', '\n  ')}`).join('')
    : texts.join(' | ')
}

function arrayText({ items, prefixItems }, definitions, indent) {
  if (prefixItems !== undefined)
    return `[${prefixItems.map((each) => typeText(each, definitions, indent)).join(', ')}]`
  const text = typeText(items ?? {}, definitions, indent)
  return text.includes(' | ') && !text.startsWith('{') ? `(${text})[]` : `${text}[]`
}

function objectText({ properties = {}, required = [], additionalProperties }, definitions, indent) {
  const entries = Object.entries(properties)
  if (entries.length === 0) {
    const value = typeof additionalProperties === 'object' ? additionalProperties : {}
    return `Record<string, ${typeText(value, definitions, indent)}>`
  }
  const fields = entries.map(([name, field]) => {
    const { title, unit, description } = resolve(field, definitions)
    const note = [unit === undefined ? undefined : `${title ?? ''} (${unit})`.trim(), description]
    const comment = note.filter(Boolean).length === 0 ? '' : ` // ${note.filter(Boolean).join('; ')}`
    const type = typeText(field, definitions, `${indent}  `)
    const mark = required.includes(name) ? ':' : '?:'
    return { text: `${name}${mark}${type.startsWith('\n') ? '' : ' '}${type}`, comment }
  })
  const oneLine = `{ ${fields.map(({ text }) => text).join(', ')} }`
  const fits = oneLine.length + indent.length <= 90 && !oneLine.includes('\n')
  if (fits && fields.every(({ comment }) => comment === '')) return oneLine
  const lines = fields.map(({ text, comment }) => `${indent}  ${text}${comment}`)
  return `{\n${lines.join('\n')}\n${indent}}`
}

function errors(errorMap) {
  const byStatus = Map.groupBy(Object.entries(errorMap), ([, { status }]) => status)
  const rows = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, entries]) => `| ${status} | ${entries.map(([code]) => `\`${code}\``).join(', ')} |`)
  return `## Errors

Every call may fail with any of these. The body is always

\`\`\`json
{ "defined": true, "code": "UNKNOWN_DEVICE", "status": 404, "message": "There is no camera \\"Cam 7\\"", "data": { "hint": "…", "details": {} } }
\`\`\`

\`message\` names the thing, \`data.hint\` the remedy, \`data.details\` what a program may want (the field, its limits).

${['| status | codes |', '|---|---|', ...rows].join('\n')}`
}

await continueUnderModernNode()
const text = await httpApiDocs()
if (process.argv.includes('--print')) process.stdout.write(text)
else {
  await writeFile(join(projectRoot, 'docs/http-api.md'), text)
  console.log('Wrote docs/http-api.md')
}
