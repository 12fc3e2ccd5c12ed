/** The built page at `app://coverslip/`, with a policy of its own for each load. */
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { CustomScheme } from 'electron'
import { Readable } from 'node:stream'
import { CoverslipError } from '../../src-shared/errors.ts'
import type { Gallery } from '../acquisition/gallery/gallery.ts'
import { assetPolicy, renderPage } from '../page/app-page.ts'
import { galleryFile, galleryFilesPath } from '../page/gallery-file.ts'

/** Origin of the app's page in Electron. */
export const appOrigin = 'app://coverslip'

/**
 * To be registered before Electron is ready: a real origin, so that storage, workers and fetch work as on the web, and
 * videos can be played.
 */
export const appScheme: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true, stream: true },
}

const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

/** Answers a request for a file below `folder`; anything else is 404. */
export async function serveAppFile(
  folder: string,
  request: Pick<Request, 'url' | 'method'>,
): Promise<Response> {
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.host !== new URL(appOrigin).host) return notFound()
  const file = join(folder, url.pathname === '/' ? 'index.html' : decode(url.pathname))
  if (!file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return notFound()
  let content: Buffer<ArrayBuffer>
  try {
    content = await readFile(file)
  } catch {
    // Missing, or a folder: the same to the page.
    return notFound()
  }
  if (extname(file) === '.html') {
    const { html, policy } = renderPage(content.toString('utf8'))
    return answer(html, '.html', policy)
  }
  return answer(content, extname(file), assetPolicy)
}

/** Answers a request for a file of the gallery; undefined when it asks for something else. */
export async function serveGalleryFile(
  gallery: Pick<Gallery, 'path'>,
  request: Pick<Request, 'url' | 'method' | 'headers'>,
): Promise<Response | undefined> {
  const { host, pathname, searchParams } = new URL(request.url)
  if (host !== new URL(appOrigin).host || !pathname.startsWith(galleryFilesPath)) return undefined
  const { method, headers } = request
  if (method !== 'GET' && method !== 'HEAD') return notFound()
  try {
    const found = await galleryFile(await gallery.path(decode(pathname.slice(galleryFilesPath.length))), {
      method,
      range: headers.get('range') ?? undefined,
      ifRange: headers.get('if-range') ?? undefined,
      ifNoneMatch: headers.get('if-none-match') ?? undefined,
      download: searchParams.has('download'),
    })
    const body = found.body instanceof Readable ? Readable.toWeb(found.body) : (found.body ?? null)
    return new Response(body, { status: found.status, headers: found.headers })
  } catch (error) {
    if (error instanceof CoverslipError && error.code === 'UNKNOWN_IMAGE') return notFound()
    throw error
  }
}

function answer(body: string | Buffer<ArrayBuffer>, ending: string, policy: string): Response {
  return new Response(body, {
    headers: {
      'content-type': contentTypes[ending] ?? 'application/octet-stream',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  })
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // Not UTF-8: no file of ours has such a name.
    return path
  }
}

function notFound(): Response {
  return new Response('Not found', { status: 404, headers: { 'content-type': 'text/plain' } })
}
