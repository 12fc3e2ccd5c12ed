/** The native HTTP API under `/api`, derived from the contract, with its OpenAPI page at `/api/docs`. */
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import fastifyStatic from '@fastify/static'
import { OpenAPIGenerator } from '@orpc/openapi'
import { OpenAPIHandler } from '@orpc/openapi/fastify'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'
import type { FastifyInstance } from 'fastify'
import { contract } from '../../src-shared/contract/contract.ts'
import { router } from '../engine/router.ts'
import { httpError } from './http-error.ts'
import type { ServerContext } from './server-context.ts'
import { pathOf, withoutToken } from './session-cookie.ts'
import { swaggerPage, swaggerPolicy, swaggerScript } from './swagger-page.ts'

const docsPage = swaggerPage({ title: 'Coverslip HTTP API', script: '/api/docs/init.js' })
const docsInit = swaggerScript('/api/openapi.json')

/** Adds the API's routes to `app`. */
export async function addApi(app: FastifyInstance, context: ServerContext): Promise<void> {
  const handler = new OpenAPIHandler(router)
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const spec = await generator.generate(contract, {
    info: {
      title: 'Coverslip',
      version: context.host.version,
      description:
        'Control of a microscope: devices, live view, settings. Frames come over socket.io at /socket.io/.',
    },
    servers: [{ url: '/api' }],
  })

  const swaggerUi = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  await app.register(fastifyStatic, {
    root: swaggerUi,
    prefix: '/api/docs/assets/',
    decorateReply: false,
    index: false,
  })
  app.get('/api/docs', (_request, reply) =>
    reply.type('text/html').header('content-security-policy', swaggerPolicy).send(docsPage),
  )
  app.get('/api/docs/init.js', (_request, reply) => reply.type('text/javascript').send(docsInit))
  app.get('/api/openapi.json', (_request, reply) => reply.send(spec))

  app.all('/api/*', async (request, reply) => {
    const caller = context.callerOf(request.raw)
    request.raw.url = withoutToken(request.raw.url ?? '')
    const { matched } = await handler.handle(request, reply, {
      prefix: '/api',
      context: { ...context, caller },
    })
    if (matched) return reply
    return reply.code(404).send({
      ...httpError('INVALID_INPUT', `There is no ${request.method} ${pathOf(request.url)}`, 'See /api/docs.'),
      status: 404,
    })
  })
}
