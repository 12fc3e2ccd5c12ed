/** The façade's OpenAPI description, and the page that shows it. */
import { z } from 'zod'
import type { Controller, ImSwitchCall } from './imswitch-call.ts'

/** Swagger UI's files are served with our own API's page. */
export const docsPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Coverslip: ImSwitch API</title>
<link rel="stylesheet" href="/api/docs/assets/swagger-ui.css">
<div id="docs"></div>
<script src="/api/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</html>
`
export const docsInit = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true })\n`
export const docsPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

/** Paths without a prefix, as older clients expect them. */
export function openApi(controllers: readonly Controller[], version: string) {
  const paths = controllers.flatMap(({ name, calls }) =>
    Object.entries(calls).map(([method, call]) => [
      `/${name}/${method}`,
      { [call.verb.toLowerCase()]: operation(name, method, call) },
    ]),
  )
  const fact = (name: string) => [
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
    paths: Object.fromEntries([
      ...paths,
      ...['version', 'getAvailableControllers', 'plugins', 'hostname'].map(fact),
      ['/FileManager/', { get: { operationId: 'listFiles', tags: ['FileManager'], responses: success } }],
    ]) as Record<string, unknown>,
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
