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
import { addGalleryFiles } from './gallery-files.ts'
import { errorBody, httpError } from './http-error.ts'
import { createListener, type ListenerLimits, listenerLimits, type TlsCredentials } from './http-listener.ts'
import { addImSwitchFacade } from './imswitch/imswitch-facade.ts'
import { addLiveViewFacade } from './live-view-facade.ts'
import { listen } from './listen.ts'
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

/** What a server serves, and to whom. */
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

/** A server that accepts connections. */
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
    isFromForeignPage: entrance.isFromForeignPage,
  }
  admitRequests(app, { entrance, tally, rates: limits, allowedOrigins })
  answerErrors(app)
  addSession(app, { context, entrance, tally, secure: tls !== undefined })
  const watch = access.onRevoked((tokenIds) => {
    for (const tokenId of tokenIds) {
      engine.viewers.disconnectUsersOf(tokenId)
      connections.end(tokenId)
    }
  })
  app.addHook('onClose', async () => {
    watch()
    tally.close()
    if (options.access === undefined) await access.close()
  })
  try {
    await addWaysIn(app, context, options)
    if (options.appFolder !== undefined) await addAppFiles(app, options.appFolder)
    const scheme = tls === undefined ? 'http' : 'https'
    const place = await listen(app, { host, port: options.port, scheme })
    return { ...place, close: () => app.close() }
  } catch (error) {
    await app.close()
    throw error
  }
}

/** Everything that is served beside the app's files, a line each. */
async function addWaysIn(
  app: FastifyInstance,
  context: ServerContext,
  { imswitchUi }: ServerOptions,
): Promise<void> {
  await addApi(app, context)
  addGalleryFiles(app, context)
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
    const body = errorBody(error)
    return reply.code(body.status).send(body)
  })
  app.setNotFoundHandler(({ method, url }, reply) =>
    reply
      .code(404)
      .send({ ...httpError('INVALID_INPUT', `There is no ${method} ${pathOf(url)}`), status: 404 }),
  )
}
