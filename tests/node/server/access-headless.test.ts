import { mkdir, readFile } from 'node:fs/promises'
import { get } from 'node:https'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HeadlessHosts } from '../../fixtures/headless-hosts.ts'

let hosts: HeadlessHosts
beforeEach(async () => {
  hosts = await HeadlessHosts.open()
})
afterEach(() => hosts.close())

/** As for other computers, but on this one's own address: `--require-token` does the same. */
const coverslip = (...args: string[]) => hosts.start('--require-token', '--port', '0', ...args)

const link = /(https?:\/\/\S+\/#token=\S+)/
const parts = (text: string) => {
  const [url = '', secret = ''] = text.split('/#token=')
  return { url, secret }
}

describe('The headless host for other computers', () => {
  it('prints a link for its owner once, and keeps it valid', async () => {
    const first = coverslip()
    const { url, secret } = parts(await first.printed(link))
    const fingerprint = await first.printed(/SHA-256 of its certificate: (\S+)/)
    const ca = await readFile(join(hosts.folder, 'tls-certificate.pem'), 'utf8')
    const session = (base: string, token: string) =>
      new Promise<string>((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}` }
        get(`${base}/api/access/session`, { ca, agent: false, headers }, (response) => {
          let text = ''
          response.on('data', (data: Buffer) => {
            text += data.toString()
          })
          response.on('end', () => resolve(text))
        }).on('error', reject)
      })
    expect(JSON.parse(await session(url, secret))).toMatchObject({ caller: { role: 'owner' } })
    expect(JSON.parse(await session(url, 'A'.repeat(43)))).toMatchObject({ code: 'UNAUTHORIZED' })
    expect(await first.end()).toBe(0)
    expect(first.output().match(/#token=/g)).toHaveLength(1)

    const second = coverslip()
    const again = await second.printed(/Coverslip is on (\S+)/)
    await second.printed(/(--new-link)/)
    expect(second.output()).not.toContain('#token=')
    expect(second.output()).toContain(fingerprint)
    expect(JSON.parse(await session(again, secret))).toMatchObject({ caller: { role: 'owner' } })
    expect(await second.end()).toBe(0)
  })

  it('makes more links when asked, also without encryption', async () => {
    const host = coverslip('--tls', 'off', '--new-link', '--role', 'viewer')
    const { url, secret } = parts(await host.printed(link))
    expect(url).toMatch(/^http:/)
    const ask = async (path: string, init: RequestInit = {}) =>
      fetch(url + path, { ...init, headers: { authorization: `Bearer ${secret}` } })
    expect(await (await ask('/api/access/session')).json()).toMatchObject({ caller: { role: 'viewer' } })
    expect((await ask('/api/liveview/stop', { method: 'POST' })).status).toBe(403)
    await host.printed(/(not encrypted)/)
  })

  it('does not start where it cannot keep tokens', async () => {
    // Nothing can be written in place of a folder.
    await mkdir(join(hosts.folder, 'access.probe.new'))
    const host = coverslip()
    expect(await host.exit).toBe(1)
    expect(host.output()).toContain('can be served with access tokens only')
    expect(host.output()).toContain('--data')
    expect(host.output()).not.toContain('Coverslip is on')
  })
})
