/** The HTTP server of a headless engine: the app, the API and the frame sockets on one port. */
import Fastify, { type FastifyInstance } from 'fastify'
import { CoverslipError } from '../../src-shared/errors.ts'
import { AccessControl } from '../access/access-control.ts'
import type { Access } from '../access/access.ts'
import { nothingShared, type ShareControl } from '../access/share-control.ts'
import type { Engine } from '../engine/create-engine.ts'
import { availableProtocols } from '../live-view/live-view-controller.ts'
import { admitRequests, type RequestRates } from './admission.ts'
import { addApi } from './api.ts'
import { addAppFiles } from './app-files.ts'
import { CallerConnections } from './caller-connections.ts'
import { type Entrance, localEntrance, tokenEntrance } from './entrance.ts'
import { serveFrames } from './frame-socket.ts'
import { fromFastifyError, httpError } from './http-error.ts'
import { createListener, type ListenerLimits, listenerLimits, type TlsCredentials } from './http-listener.ts'
import { addImSwitchFacade } from './imswitch/imswitch-facade.ts'
import { addLiveViewFacade } from './live-view-facade.ts'
import { serverUrl } from './machine-addresses.ts'
import { RefusalTally } from './refusal-tally.ts'
import { isLoopback } from './request-guard.ts'
import type { ServerContext } from './server-context.ts'
import { pathOf } from './session-cookie.ts'
import { addSession } from './session-routes.ts'
import { addWebrtcOffer } from './webrtc-offer.ts'
import { addWebrtcPage } from './webrtc-page.ts'
import { addWhep } from './whep.ts'

/** Largest request body, bytes. */
const bodyLimit = 1_000_000
const requestRates: RequestRates = { perCaller: 200, perAddress: 2000 }

export type ServerOptions = {
  readonly engine: Engine
  /** Absent: one that keeps nothing, for a server of this computer's own programs. */
  readonly access?: Access
  readonly share?: ShareControl
  readonly version: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Folder of the built app; absent: API and sockets only. */
  readonly appFolder?: string
  /** Folder of a built copy of ImSwitch's pages, served at `/imswitch/ui/`. */
  readonly imswitchUi?: string
  /**
   * `local` (default): only this computer's own programs come in, and may do everything. `tokens`: everybody needs an
   * access token, which every other address than loopback demands.
   */
  readonly entrance?: Entrance['kind']
  /** Absent: unencrypted. */
  readonly tls?: TlsCredentials
  /** Others than the usual limits of a server with the entrance `tokens`. */
  readonly limits?: Partial<ListenerLimits & RequestRates>
}

export type RunningServer = { readonly url: string; readonly port: number; close(): Promise<void> }

/**
 * Serves `engine`; resolves when connections are accepted.
 * @throws CoverslipError PORT_IN_USE, HOST_REFUSED.
 */
export async function createServer(options: ServerOptions): Promise<RunningServer> {
  const { engine, host, tls, entrance: kind = 'local' } = options
  if (kind === 'local' && !isLoopback(host)) {
    throw new CoverslipError('HOST_REFUSED', `Others reach ${host}: it can be served with access tokens only`)
  }
  const limits = { ...listenerLimits, ...requestRates, ...options.limits }
  const tally = new RefusalTally({ alerts: engine.alerts })
  const app = Fastify({
    bodyLimit,
    // Server-sent events stay open for ever: closing must not wait for them.
    forceCloseConnections: true,
    serverFactory: (handler) =>
      createListener(handler, { tls, tally, limits: kind === 'tokens' ? limits : undefined }),
  })
  const access = options.access ?? (await AccessControl.open())
  const connections = new CallerConnections()
  const allowedOrigins = () => engine.settings.settings.remote.allowedOrigins
  const entrance =
    kind === 'local'
      ? localEntrance(allowedOrigins)
      : tokenEntrance({ access, connections, tally, allowedOrigins })
  const context: ServerContext = {
    engine,
    host: { version: options.version, transport: 'network', protocols: [...availableProtocols] },
    access,
    share: options.share ?? nothingShared,
    callerOf: entrance.callerOf,
    refusal: entrance.refusal,
  }
  admitRequests(app, { entrance, tally, rates: limits, allowedOrigins })
  answerErrors(app)
  addSession(app, { context, entrance, tally, secure: tls !== undefined })
  await addWaysIn(app, context, options)
  if (options.appFolder !== undefined) await addAppFiles(app, options.appFolder)

  const watch = access.onRevoked((callerIds) => {
    for (const callerId of callerIds) {
      engine.viewers.disconnectCaller(callerId)
      connections.end(callerId)
    }
  })
  app.addHook('onClose', async () => {
    watch()
    tally.close()
    if (options.access === undefined) await access.close()
  })
  await listen(app, options)
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  const url = serverUrl(tls === undefined ? 'http' : 'https', host, port)
  return { url, port, close: () => app.close() }
}

/** Everything that is served beside the app's files, a line each. */
async function addWaysIn(
  app: FastifyInstance,
  context: ServerContext,
  { imswitchUi }: ServerOptions,
): Promise<void> {
  await addApi(app, context)
  await addLiveViewFacade(app, context)
  await addWebrtcOffer(app, context)
  await addWhep(app, context)
  await addWebrtcPage(app)
  const frames = serveFrames(app.server, context)
  app.addHook('preClose', async () => frames.close())
  await addImSwitchFacade(app, context, { uiFolder: imswitchUi })
}

function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, _request, reply) => {
    const body = fromFastifyError(error instanceof Error ? error : new Error(String(error)))
    if (body.status >= 500) console.error(error)
    return reply.code(body.status).send(body)
  })
  app.setNotFoundHandler(({ method, url }, reply) =>
    reply
      .code(404)
      .send({ ...httpError('INVALID_INPUT', `There is no ${method} ${pathOf(url)}`), status: 404 }),
  )
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
