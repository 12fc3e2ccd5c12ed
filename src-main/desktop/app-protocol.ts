/** The built page at `app://coverslip/`, with a policy of its own for each load. */
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import type { CustomScheme } from 'electron'
import { assetPolicy, renderPage } from '../page/app-page.ts'

export const appOrigin = 'app://coverslip'

/** To be registered before Electron is ready: a real origin, so that storage, workers and fetch work as on the web. */
export const appScheme: CustomScheme = {
  scheme: 'app',
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
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
