/** The façade's OpenAPI description, and the page that shows it. */
import { z } from 'zod'
import { swaggerPage, swaggerScript } from '../swagger-page.ts'
import type { Controller, ImSwitchCall } from './imswitch-call.ts'

/** The page that shows the description. */
export const docsPage = swaggerPage({ title: 'Coverslip: ImSwitch API', script: '/docs/init.js' })
/** Script of that page. */
export const docsInit = swaggerScript('/openapi.json')

/** Paths without a prefix, as older clients expect them. */
export function openApi(controllers: readonly Controller[], version: string) {
  const paths = controllers.flatMap(({ name, calls }) =>
    Object.entries(calls).map(([method, call]): [string, unknown] => [
      `/${name}/${method}`,
      { [call.verb.toLowerCase()]: operation(name, method, call) },
    ]),
  )
  const fact = (name: string): [string, unknown] => [
    `/${name}`,
    { get: { operationId: name, tags: ['ImSwitch'], responses: success } },
  ]
  return {
    openapi: '3.1.0',
    info: {
      title: 'Coverslip, ImSwitch interface',
      version: /^\d+\.\d+(\.\d+)?/.exec(version)?.[0] ?? '0.0.0',
    },
    servers: [{ url: '/imswitch/api' }, { url: '/' }],
    paths: Object.fromEntries<unknown>([
      ...paths,
      ...['version', 'getAvailableControllers', 'plugins', 'hostname'].map(fact),
      ['/FileManager/', { get: { operationId: 'listFiles', tags: ['FileManager'], responses: success } }],
    ]),
    components: { schemas: {} },
  }
}

const success = { 200: { description: 'Successful response', content: { 'application/json': {} } } }

function operation(controller: string, method: string, { query, body }: ImSwitchCall) {
  const schema = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' })
  const required = new Set(schema.required)
  const parameters = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: required.has(name),
    schema: property,
  }))
  return {
    operationId: `${controller}_${method}`,
    tags: [controller],
    parameters,
    ...(body === undefined
      ? {}
      : { requestBody: { content: { 'application/json': { schema: bodySchema(body) } } } }),
    responses: success,
  }
}

function bodySchema(body: z.ZodType): unknown {
  const { $schema: _meta, ...schema } = z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' })
  return schema
}
