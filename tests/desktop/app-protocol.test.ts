import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appOrigin, serveAppFile } from '../../src-main/desktop/app-protocol.ts'
import { appFolder } from '../browser/app-page.ts'
import { temporaryFolder } from '../fixtures/image-fixtures.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let page: string

beforeAll(async () => {
  folder = await temporaryFolder()
  page = join(folder.path, 'renderer')
  await mkdir(join(page, 'assets'), { recursive: true })
  await writeFile(join(page, 'index.html'), '<meta nonce="__CSP_NONCE__"><p>the page</p>')
  await writeFile(join(page, 'assets', 'a b.js'), 'export {}')
  await writeFile(join(folder.path, 'secret.txt'), 'secret')
  await mkdir(join(folder.path, 'renderer-other'))
  await writeFile(join(folder.path, 'renderer-other', 'secret.txt'), 'secret')
})
afterAll(() => folder.remove())

const get = (path: string, method = 'GET') => serveAppFile(page, { url: `${appOrigin}${path}`, method })

test('serves the page with a nonce of its own at each load', async () => {
  const nonces = new Set<string>()
  for (let load = 0; load < 2; load++) {
    const response = await get('/')
    expect(response.headers.get('content-type')).toBe('text/html')
    const nonce = /nonce="([^"]+)"/.exec(await response.text())?.[1] ?? ''
    expect(nonce.length).toBeGreaterThanOrEqual(22)
    expect(response.headers.get('content-security-policy')).toContain(`'nonce-${nonce}'`)
    nonces.add(nonce)
  }
  expect(nonces.size).toBe(2)
})

test('serves the files beside it', async () => {
  const response = await get('/assets/a%20b.js')
  expect(response.headers.get('content-type')).toBe('text/javascript')
  expect(await response.text()).toBe('export {}')
})

test('serves ffmpeg’s core, which makes videos where the browser cannot, as WebAssembly that may run', async () => {
  const assets = join(appFolder, 'assets')
  const core = (await readdir(assets)).find((name) => /^ffmpeg-core-.*\.wasm$/.test(name)) ?? ''
  const response = await serveAppFile(appFolder, { url: `${appOrigin}/assets/${core}`, method: 'GET' })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/wasm')
  expect((await response.arrayBuffer()).byteLength).toBe((await stat(join(assets, core))).size)
  const [worker = ''] = (await readdir(join(appFolder, 'workers'))).filter((name) =>
    name.startsWith('export-'),
  )
  const script = await serveAppFile(appFolder, { url: `${appOrigin}/workers/${worker}`, method: 'GET' })
  const policy = script.headers.get('content-security-policy')
  expect(policy).toContain("'wasm-unsafe-eval'")
  expect(policy).toContain("connect-src 'self'")
})

test.each([
  '/none.js',
  '/assets',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/..%5csecret.txt',
  '/..%2frenderer-other%2fsecret.txt',
  '/%ff',
  '/%00',
])('answers 404 to %s', async (path) => {
  const response = await get(path)
  expect(response.status).toBe(404)
  expect(await response.text()).not.toContain('secret')
})

test('answers nothing but GET on its own host', async () => {
  expect((await get('/', 'POST')).status).toBe(404)
  expect((await serveAppFile(page, { url: 'app://elsewhere/', method: 'GET' })).status).toBe(404)
})
