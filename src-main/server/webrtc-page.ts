/**
 * `/webrtc_stream.html`: a viewer that works in any browser without the app's bundle, also with the camera of another
 * server. Its files are the same for everybody and hold no secret.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { servedFolderUrl } from '../worker-url.ts'

/** Nothing inline, nothing foreign; but the microscope may be on another server. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self' http: https:",
  "media-src 'self' blob: mediastream:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Adds the page and its files to `app`. */
export async function addWebrtcPage(app: FastifyInstance): Promise<void> {
  const folder = servedFolderUrl('page/webrtc-stream')
  const html = await readFile(new URL('index.html', folder), 'utf8')
  await app.register(async (files) => {
    files.addHook('onRoute', (route) => {
      route.config = { ...route.config, isPublic: true }
    })
    files.get('/webrtc_stream.html', (_request, reply) =>
      reply
        .type('text/html')
        .header('content-security-policy', policy)
        .header('cache-control', 'no-cache')
        .send(html),
    )
    await files.register(fastifyStatic, {
      root: fileURLToPath(folder),
      prefix: '/webrtc_stream/',
      index: false,
      decorateReply: false,
      setHeaders: (reply) => {
        void reply.header('content-security-policy', policy)
      },
    })
  })
}
