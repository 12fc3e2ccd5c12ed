import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'

const entry = fileURLToPath(new URL('../../../src-main/server/headless.ts', import.meta.url))

let folder: string
let started: { child: ChildProcess; exit: Promise<number | null> }[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-headless-'))
  started = []
})
afterEach(async () => {
  for (const { child, exit } of started) {
    child.kill('SIGKILL')
    await exit
  }
  await rm(folder, { recursive: true })
})

/** Runs the headless host as for other computers, but on this one's own address: `--require-token` does the same. */
function coverslip(...args: string[]) {
  const child = spawn(process.execPath, [entry, '--headless', '--require-token', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const exit = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)))
  started.push({ child, exit })
  const printed = (pattern: RegExp) => eventually(String(pattern), () => pattern.exec(output)?.[1])
  const end = async () => {
    child.kill('SIGTERM')
    return exit
  }
  return { exit, end, printed, output: () => output }
}

const link = /(https?:\/\/\S+\/#token=\S+)/
const parts = (text: string) => {
  const [url = '', secret = ''] = text.split('/#token=')
  return { url, secret }
}

describe('The headless host for other computers', () => {
  it('prints a link for its owner once, and keeps it valid', async () => {
    const first = coverslip('--data', folder)
    const { url, secret } = parts(await first.printed(link))
    const fingerprint = await first.printed(/SHA-256 of its certificate: (\S+)/)
    const ca = await readFile(join(folder, 'tls-certificate.pem'), 'utf8')
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

    const second = coverslip('--data', folder)
    const again = await second.printed(/Coverslip is on (\S+)/)
    await second.printed(/(--new-link)/)
    expect(second.output()).not.toContain('#token=')
    expect(second.output()).toContain(fingerprint)
    expect(JSON.parse(await session(again, secret))).toMatchObject({ caller: { role: 'owner' } })
    expect(await second.end()).toBe(0)
  })

  it('makes more links when asked, also without encryption', async () => {
    const host = coverslip('--data', folder, '--tls', 'off', '--new-link', '--role', 'viewer')
    const { url, secret } = parts(await host.printed(link))
    expect(url).toMatch(/^http:/)
    const ask = async (path: string, init: RequestInit = {}) =>
      fetch(url + path, { ...init, headers: { authorization: `Bearer ${secret}` } })
    expect(await (await ask('/api/access/session')).json()).toMatchObject({ caller: { role: 'viewer' } })
    expect((await ask('/api/liveview/stop', { method: 'POST' })).status).toBe(403)
    expect(host.output()).toContain('not encrypted')
  })

  it('does not start where it cannot keep tokens', async () => {
    // Nothing can be written in place of a folder.
    await mkdir(join(folder, 'access.probe.new'))
    const host = coverslip('--data', folder)
    expect(await host.exit).toBe(1)
    expect(host.output()).toContain('can be served with access tokens only')
    expect(host.output()).toContain('--data')
    expect(host.output()).not.toContain('Coverslip is on')
  })
})
