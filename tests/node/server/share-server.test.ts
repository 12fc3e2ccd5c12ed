import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generate } from 'selfsigned'
import { io } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AccessControl } from '../../../src-main/access/access-control.ts'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { reachableHosts } from '../../../src-main/server/machine-addresses.ts'
import { selfSignedCredentials } from '../../../src-main/server/self-signed.ts'
import { ShareServer } from '../../../src-main/server/share-server.ts'
import type { SharingState } from '../../../src-shared/sharing.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'

let dataFolder: string
let engine: Engine
let access: AccessControl
let share: ShareServer

const here = { enabled: true, host: '127.0.0.1', port: 0 } as const

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'coverslip-share-'))
  await start()
})
afterEach(async () => {
  await stop()
  await rm(dataFolder, { recursive: true })
})

async function start(): Promise<void> {
  engine = await createEngine({ connections: [testConnection()], dataFolder })
  access = await AccessControl.open({ dataFolder })
  share = new ShareServer({ engine, access, version: '0', dataFolder })
  await share.start()
}

async function stop(): Promise<void> {
  await share.close()
  await engine.close()
  await access.close()
}

const certificate = () => readFile(join(dataFolder, 'tls-certificate.pem'), 'utf8')

/** Status of a GET by somebody who trusts that one certificate only. */
async function status(url: string, secret: string, ca?: string): Promise<number | undefined> {
  const trusted = ca ?? (await certificate())
  return new Promise((resolve, reject) => {
    get(url, { ca: trusted, agent: false, headers: { authorization: `Bearer ${secret}` } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', reject)
  })
}

const urlOf = (state: SharingState): string => (state.state === 'on' ? (state.urls[0] ?? '') : state.state)

describe('Sharing', () => {
  it('is off until somebody shares, and ends when he stops', async () => {
    expect(share.state()).toEqual({ state: 'off' })
    const told: string[] = []
    share.on(({ state }) => told.push(state))
    const { secret } = await access.createToken({ label: 'Anna', role: 'viewer' })
    expect(share.links(secret)).toEqual([])
    const url = urlOf(await share.change(here))
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(share.links(secret)).toEqual([`${url}/#token=${secret}`])
    expect(await status(`${url}/api/devices`, secret)).toBe(200)
    expect(await status(`${url}/api/devices`, 'A'.repeat(43))).toBe(401)
    expect(await share.change({ enabled: false })).toEqual({ state: 'off' })
    await expect(status(`${url}/api/devices`, secret)).rejects.toThrow('ECONNREFUSED')
    expect(told).toEqual(['on', 'off'])
  })

  it('leaves nobody watching when it ends, by whichever way the frames came', async () => {
    await share.change({ ...here, tls: 'off' })
    const ended: string[] = []
    for (const callerId of ['local', 'token.browser']) {
      engine.viewers.join({
        viewer: {
          id: callerId,
          callerId,
          label: callerId,
          role: 'viewer',
          address: '',
          client: 'webrtc',
          disconnect: () => ended.push(callerId),
        },
        detectorName: 'camera',
        protocol: () => 'webrtc',
        counts: () => ({ frames: 0, bytes: 0, skipped: 0 }),
      })
    }
    await share.change({ enabled: false })
    expect(ended).toEqual(['token.browser'])
  })

  it('comes with a certificate of this computer, which is accepted when it is pinned', async () => {
    const state = await share.change(here)
    const pem = await certificate()
    const parsed = new X509Certificate(pem)
    expect(state).toMatchObject({ certificateFingerprint: parsed.fingerprint256 })
    expect(parsed.checkHost('localhost')).toBe('localhost')
    expect(parsed.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(parsed.validToDate.getTime() - parsed.validFromDate.getTime()).toBeLessThan(825 * 86_400_000)
    expect((await stat(join(dataFolder, 'tls-key.pem'))).mode & 0o777).toBe(0o600)
    const { secret } = await access.createToken({ label: 'Anna', role: 'viewer' })
    await expect(status(`${urlOf(state)}/api/devices`, secret, 'none')).rejects.toThrow()
    const socket = io(urlOf(state), {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      ca: pem,
      extraHeaders: { authorization: `Bearer ${secret}` },
    })
    await eventually('the socket', () => socket.connected)
    await access.revokeToken(access.tokens()[0]?.id ?? '')
    await eventually('its end', () => !socket.connected)
  })

  it('keeps tokens, certificate and settings over a restart', async () => {
    await share.change(here)
    const { secret } = await access.createToken({ label: 'Anna', role: 'viewer' })
    const before = await certificate()
    await stop()
    await start()
    expect(share.state().state).toBe('on')
    expect(await certificate()).toBe(before)
    expect(await status(`${urlOf(share.state())}/api/devices`, secret)).toBe(200)
    expect((await stat(join(dataFolder, 'settings.json'))).mode & 0o777).toBe(0o600)
  })

  it('stays as it is when nothing of it changes, and moves when something does', async () => {
    const url = urlOf(await share.change(here))
    expect(urlOf(await share.change({ allowedOrigins: ['https://lab.example.org'] }))).toBe(url)
    const plain = urlOf(await share.change({ tls: 'off' }))
    expect(plain).toMatch(/^http:/)
    expect((await fetch(`${plain}/api/devices`)).status).toBe(401)
    expect(engine.settings.settings.remote).toMatchObject({
      tls: 'off',
      allowedOrigins: ['https://lab.example.org'],
    })
  })

  it('says so when its port is taken, and works with another', async () => {
    const other = createTcpServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    expect(await share.change({ ...here, port })).toMatchObject({
      state: 'failed',
      message: expect.stringContaining(String(port)),
      hint: expect.any(String),
    })
    expect(engine.alerts.list()).toEqual([expect.objectContaining({ id: 'sharing' })])
    expect((await share.change({ port: 0 })).state).toBe('on')
    expect(engine.alerts.list()).toEqual([])
    other.close()
  })

  it('obeys the last of many changes at once', async () => {
    await Promise.all([
      share.change(here),
      share.change({ enabled: false }),
      share.change({ enabled: true, tls: 'off' }),
    ])
    expect(urlOf(share.state())).toMatch(/^http:/)
  })

  it('serves with the user’s own certificate, and says what is wrong with one', async () => {
    const make = async (name: string, notAfterDate: Date) => {
      const files = {
        certificateFile: join(dataFolder, `${name}.crt`),
        keyFile: join(dataFolder, `${name}.key`),
      }
      const made = await generate([{ name: 'commonName', value: 'localhost' }], {
        keyType: 'ec',
        notBeforeDate: new Date(0),
        notAfterDate,
      })
      await writeFile(files.certificateFile, made.cert)
      await writeFile(files.keyFile, made.private)
      return { ...files, cert: made.cert }
    }
    const good = await make('good', new Date(Date.now() + 1e9))
    const expired = await make('expired', new Date(Date.now() - 1e9))
    const broken = join(dataFolder, 'broken.pem')
    await writeFile(broken, 'no PEM')
    const own = { ...here, tls: 'own' } as const
    const { certificateFile, keyFile } = good
    for (const [patch, message] of [
      [{}, 'two files'],
      [{ certificateFile: '/no/such.crt', keyFile }, '/no/such.crt'],
      [{ certificateFile: broken, keyFile }, 'holds no certificate'],
      [{ certificateFile, keyFile: broken }, 'holds no private key'],
      [{ certificateFile, keyFile: expired.keyFile }, 'does not belong'],
      [{ certificateFile: expired.certificateFile, keyFile: expired.keyFile }, 'expired'],
    ] as const) {
      expect(await share.change({ ...own, ...patch })).toMatchObject({
        state: 'failed',
        message: expect.stringContaining(message),
        hint: expect.any(String),
      })
    }
    const state = await share.change({ ...own, certificateFile, keyFile })
    const { secret } = await access.createToken({ label: 'Anna', role: 'viewer' })
    const url = urlOf(state).replace('127.0.0.1', 'localhost')
    expect(await status(`${url}/api/devices`, secret, good.cert)).toBe(200)
  })
})

describe('The certificate of this computer', () => {
  it('is made anew before it expires, and when it is damaged', async () => {
    const now = Date.now()
    const first = await selfSignedCredentials({ dataFolder, now })
    expect(await selfSignedCredentials({ dataFolder, now: now + 700 * 86_400_000 })).toEqual(first)
    const second = await selfSignedCredentials({ dataFolder, now: now + 725 * 86_400_000 })
    expect(second.key).not.toBe(first.key)
    await writeFile(join(dataFolder, 'tls-key.pem'), first.key)
    const third = await selfSignedCredentials({ dataFolder, now })
    expect(third.key).not.toBe(first.key)
    expect(new X509Certificate(third.certificate).publicKey.asymmetricKeyType).toBe('ec')
  })
})

describe('The addresses of this computer', () => {
  it('are those that others reach', () => {
    const addresses = { v4: ['192.0.2.5', '198.51.100.7'], v6: ['2001:db8::5'] }
    expect(reachableHosts('0.0.0.0', addresses)).toEqual(['192.0.2.5', '198.51.100.7'])
    expect(reachableHosts('::', addresses)).toEqual(['192.0.2.5', '198.51.100.7', '2001:db8::5'])
    expect(reachableHosts('192.0.2.5', addresses)).toEqual(['192.0.2.5'])
    expect(reachableHosts('0.0.0.0', { v4: [], v6: [] })).toEqual(['127.0.0.1'])
  })
})
