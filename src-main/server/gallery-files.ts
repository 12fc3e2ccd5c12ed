/** `GET /gallery/files/<id>`: files of the gallery as they are, for viewers; `?download` to keep them. */
import type { FastifyInstance } from 'fastify'
import { galleryFile, galleryFilesPath } from '../page/gallery-file.ts'
import { guarded, look, type ServerContext } from './server-context.ts'

/** Adds the addresses below `galleryFilesPath` to the server. */
export function addGalleryFiles(app: FastifyInstance, context: ServerContext): void {
  app.route<{ Params: { '*': string }; Querystring: { download?: string } }>({
    // By name: the HEAD that Fastify adds by itself says 0 bytes.
    method: ['GET', 'HEAD'],
    url: `${galleryFilesPath}*`,
    handler: async (request, reply) => {
      const { method, headers, params, query } = request
      const answer = await guarded(context, request.raw, { ...look, action: 'gallery.file' }, async () =>
        galleryFile(await context.engine.gallery.path(params['*']), {
          method,
          range: headers.range,
          ifRange: typeof headers['if-range'] === 'string' ? headers['if-range'] : undefined,
          ifNoneMatch: headers['if-none-match'],
          download: query.download !== undefined,
        }),
      )
      return reply.code(answer.status).headers(answer.headers).send(answer.body)
    },
  })
}
