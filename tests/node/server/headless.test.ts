import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'
import { HeadlessHosts } from '../../fixtures/headless-hosts.ts'

let hosts: HeadlessHosts
beforeEach(async () => {
  hosts = await HeadlessHosts.open()
})
afterEach(() => hosts.close())

function coverslip(...args: string[]) {
  const host = hosts.start(...args)
  return { ...host, url: () => host.printed(/(http:\/\/127\.0\.0\.1:\d+)/) }
}

describe('The headless host', () => {
  it('serves the demo microscope, and ends cleanly on a signal', async () => {
    const host = coverslip('--port', '0')
    const devices: unknown = await (await fetch(`${await host.url()}/api/devices`)).json()
    expect(devices).toEqual(expect.arrayContaining([expect.objectContaining({ demo: true })]))
    host.child.kill('SIGTERM')
    expect(await host.exit).toBe(0)
  })

  it('keeps settings in its data folder', async () => {
    const first = coverslip('--port', '0')
    const headers = { 'content-type': 'application/json' }
    await fetch(`${await first.url()}/api/settings`, {
      method: 'POST',
      headers,
      body: '{"longExposureMs":500}',
    })
    first.child.kill('SIGINT')
    expect(await first.exit).toBe(0)
    const second = coverslip('--port', '0')
    expect(await (await fetch(`${await second.url()}/api/settings`)).json()).toMatchObject({
      longExposureMs: 500,
    })
  })

  it('shares with others beside its own server, also after a restart', async () => {
    const post = async (url: string, body: unknown) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json()
    }
    const first = coverslip('--port', '0')
    const local = await first.url()
    const sharing = { enabled: true, host: '127.0.0.1', port: 0, tls: 'off' }
    expect(await post(`${local}/api/sharing`, sharing)).toMatchObject({ state: 'on' })
    const made = await post(`${local}/api/access/tokens`, { label: 'Anna', role: 'viewer' })
    const [url, secret] = String(made.links[0]).split('/#token=')
    expect((await fetch(`${url}/api/devices`)).status).toBe(401)
    expect((await fetch(`${url}/api/devices?token=${secret}`)).status).toBe(200)
    first.child.kill('SIGTERM')
    expect(await first.exit).toBe(0)
    const second = coverslip('--port', '0')
    const again = await eventually('sharing', () => /Others come in at (\S+)/.exec(second.output())?.[1])
    expect((await fetch(`${again}/api/devices?token=${secret}`)).status).toBe(200)
  })

  it('starts with default settings when the file is broken, keeps it, and says so', async () => {
    await writeFile(join(hosts.folder, 'settings.json'), '{"sharing": "all"}')
    const host = coverslip('--port', '0')
    const alerts: unknown = await (await fetch(`${await host.url()}/api/alerts`)).json()
    expect(alerts).toEqual([
      expect.objectContaining({
        id: 'settings',
        message: expect.stringContaining('sharing'),
        hint: expect.stringContaining('settings.json.bad'),
      }),
    ])
    expect(await readFile(join(hosts.folder, 'settings.json.bad'), 'utf8')).toBe('{"sharing": "all"}')
  })

  it.each([
    [['--prot', '8001'], 'Did you mean --port?'],
    [['--port', 'eighty'], 'A port is a whole number'],
    [['--port', '99999'], 'A port is a whole number'],
    [['--replay-fps', '0'], 'above 0'],
    [['somewhere'], 'too many arguments'],
    [['--host', '203.0.113.7'], 'Choose an address of this machine'],
    [['--new-link'], 'Add --host'],
    [['--require-token', '--role', 'viewer'], 'Add --new-link'],
    [['--require-token', '--tls', 'own', '--key', 'x.pem'], 'both --certificate and --key'],
    [['--require-token', '--tls', 'off', '--key', 'x.pem'], 'do not go with --tls off'],
    [['--require-token', '--certificate', '/no/x.crt', '--key', '/no/x.key'], '/no/x.crt'],
    [['--replay', '/no/such/folder'], '/no/such/folder'],
  ])('answers %j with what is right', async (args, message) => {
    const host = coverslip(...args)
    expect(await host.exit).toBe(1)
    expect(host.output()).toContain(message)
    expect(host.output()).not.toMatch(/^\s+at /m)
  })

  it('lists its options', async () => {
    const host = coverslip('--help')
    expect(await host.exit).toBe(0)
    for (const option of ['--headless', '--host', '--port', '--data', '--replay'])
      expect(host.output()).toContain(option)
  })

  it('says that its port is taken', async () => {
    const first = coverslip('--port', '0')
    const { port } = new URL(await first.url())
    const second = coverslip('--port', port)
    expect(await second.exit).toBe(1)
    expect(second.output()).toContain(`Port ${port} of 127.0.0.1 is in use`)
  })
})
