import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** That page was built without a policy in mind: it brings styles and scripts of its own, but only from here. */
const uiPolicy = [
  "default-src 'self' 'unsafe-inline' data: blob:",
  "connect-src 'self' ws: wss: data: blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'self'",
].join('; ')

/** Serves a built copy of ImSwitch's pages at `/imswitch/ui/`, for everybody: they hold no secret. */
export async function addImSwitchUi(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(async (files) => {
    files.addHook('onRoute', (route) => {
      route.config = { ...route.config, isPublic: true }
    })
    for (const path of ['/imswitch', '/imswitch/', '/imswitch/ui'])
      files.get(path, (_request, reply) => reply.redirect('/imswitch/ui/index.html'))
    await files.register(fastifyStatic, {
      root: folder,
      prefix: '/imswitch/ui/',
      decorateReply: false,
      setHeaders: (reply) => {
        void reply.header('content-security-policy', uiPolicy)
      },
    })
  })
}
