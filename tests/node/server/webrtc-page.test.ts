import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { addWebrtcPage } from '../../../src-main/server/webrtc-page.ts'
import { startTestServer } from '../../fixtures/test-server.ts'

describe('/webrtc_stream.html', () => {
  it('and all its files are served under a policy that lets nothing foreign run', async () => {
    const app = Fastify()
    await addWebrtcPage(app)
    const page = await app.inject('/webrtc_stream.html')
    expect(page.statusCode).toBe(200)
    const links = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => `/${link}`)
    expect(links).toContain('/webrtc_stream/page.js')
    const script = await app.inject('/webrtc_stream/page.js')
    const imports = [...script.body.matchAll(/from '\.\/([^']+)'/g)].map(
      ([, file]) => `/webrtc_stream/${file}`,
    )
    expect(imports.length).toBeGreaterThan(2)
    for (const url of ['/webrtc_stream.html', ...links, ...imports]) {
      const { statusCode, headers } = await app.inject(url)
      expect([url, statusCode]).toEqual([url, 200])
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'; script-src 'self'")
      expect(policy).not.toMatch(/unsafe/)
    }
    // Inline, the policy would forbid it.
    expect(page.body).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/)
    expect((await app.inject('/webrtc_stream/../webrtc-stream.ts')).statusCode).toBe(404)
    await app.close()
  })

  it('needs neither the app nor a token', async () => {
    const host = await startTestServer()
    expect((await fetch(`${host.url}/webrtc_stream.html`)).status).toBe(200)
    await host.close()
  })
})
