import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { assetPolicy, renderPage } from '../page/app-page.ts'

/**
 * The built React app, for everybody: it holds no secret, and asks for a link where it has none. Its page gets a fresh
 * nonce at each load.
 */
export async function addAppFiles(app: FastifyInstance, folder: string): Promise<void> {
  const html = await readFile(join(folder, 'index.html'), 'utf8')
  await app.register(async (files) => {
    files.addHook('onRoute', (route) => {
      route.config = { ...route.config, isPublic: true }
    })
    files.get('/', (_request, reply) => {
      const page = renderPage(html)
      return reply
        .type('text/html')
        .header('content-security-policy', page.policy)
        .header('cache-control', 'no-store')
        .send(page.html)
    })
    await files.register(fastifyStatic, {
      root: folder,
      index: false,
      setHeaders: (reply) => {
        void reply.header('content-security-policy', assetPolicy)
      },
    })
  })
}
