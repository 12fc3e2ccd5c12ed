/** The HTTP server of a headless engine: the app, the API and the frame sockets on one port. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyInstance } from 'fastify'
import type { HostInfo } from '../../src-shared/contract/events.ts'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Access } from '../access/access.ts'
import { localCaller } from '../access/local-caller.ts'
import { openAccess } from '../access/open-access.ts'
import { nothingShared, type ShareControl } from '../access/share-control.ts'
import type { Engine } from '../engine/create-engine.ts'
import { availableProtocols } from '../live-view/live-view-controller.ts'
import { assetPolicy, renderPage } from '../page/app-page.ts'
import { addApi } from './api.ts'
import { serveFrames } from './frame-socket.ts'
import { fromFastifyError, httpError } from './http-error.ts'
import { refusal } from './request-guard.ts'
import type { ServerContext } from './server-context.ts'

/** Largest request body, bytes. */
const bodyLimit = 1_000_000

export type ServerOptions = {
  readonly engine: Engine
  /** Absent: only this computer's own programs come in, and may do everything. */
  readonly access?: Access
  readonly share?: ShareControl
  readonly version: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Folder of the built app; absent: API and sockets only. */
  readonly appFolder?: string
}

export type RunningServer = { readonly url: string; readonly port: number; close(): Promise<void> }

/**
 * Serves `engine`; resolves when connections are accepted.
 * @throws CoverslipError PORT_IN_USE, HOST_REFUSED.
 */
export async function createServer(options: ServerOptions): Promise<RunningServer> {
  const { engine, host } = options
  // Server-sent events stay open for ever: closing must not wait for them.
  const app = Fastify({ bodyLimit, forceCloseConnections: true })
  const info: HostInfo = {
    version: options.version,
    transport: 'network',
    protocols: [...availableProtocols],
  }
  const context: ServerContext = {
    engine,
    host: info,
    access: options.access ?? openAccess(),
    share: options.share ?? nothingShared,
    callerOf: () => localCaller,
    refusal: ({ headers }) => refusal(headers, host),
  }
  app.addHook('onRequest', async (request, reply) => {
    const why = context.refusal(request.raw)
    if (why !== undefined) await reply.code(403).send(httpError('HOST_REFUSED', why))
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer')
  })
  app.setErrorHandler((error, _request, reply) => {
    const body = fromFastifyError(error instanceof Error ? error : new Error(String(error)))
    if (body.status >= 500) console.error(error)
    return reply.code(body.status).send(body)
  })
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .send({ ...httpError('INVALID_INPUT', `There is no ${request.method} ${request.url}`), status: 404 }),
  )
  await addApi(app, context)
  if (options.appFolder !== undefined) await addApp(app, options.appFolder)
  const frames = serveFrames(app.server, context)
  app.addHook('preClose', async () => frames.close())
  await listen(app, options)
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, port, close: () => app.close() }
}

/** The built React app; its page gets a fresh nonce at each load. */
async function addApp(app: FastifyInstance, folder: string): Promise<void> {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  app.get('/', (_request, reply) => {
    const page = renderPage(html)
    return reply
      .type('text/html')
      .header('content-security-policy', page.policy)
      .header('cache-control', 'no-store')
      .send(page.html)
  })
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    setHeaders: (reply) => {
      void reply.header('content-security-policy', assetPolicy)
    },
  })
}

async function listen(app: FastifyInstance, { host, port }: ServerOptions): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      throw new CoverslipError('PORT_IN_USE', `Port ${port} of ${host} is in use`, {
        hint: `Coverslip may be running already: open http://${host}:${port}. Otherwise choose another port with --port.`,
        cause: error,
      })
    }
    throw new CoverslipError(
      'HOST_REFUSED',
      `Cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: 'Choose an address of this machine with --host, and a port above 1023 with --port.',
        cause: error,
      },
    )
  }
}
