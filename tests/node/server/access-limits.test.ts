import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RefusalTally } from '../../../src-main/server/refusal-tally.ts'
import { AlertBoard } from '../../../src-main/engine/alert-board.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { FakeClock } from '../../fixtures/fake-clock.ts'
import {
  bearer,
  openEvents,
  openSocket,
  startTokenServer,
  type TokenServer,
} from '../../fixtures/token-server.ts'

let host: TokenServer
const raw: Socket[] = []

afterEach(async () => {
  for (const socket of raw.splice(0)) socket.destroy()
  await host.close()
})

/** A bare connection, and whether the server has ended it. */
function open(): { socket: Socket; ended: () => boolean; answer: () => string } {
  const socket = connect(host.server.port, '127.0.0.1')
  raw.push(socket)
  let ended = false
  let answer = ''
  socket.on('data', (data) => {
    answer += data.toString()
  })
  socket.on('close', () => {
    ended = true
  })
  socket.on('error', () => undefined)
  return { socket, ended: () => ended, answer: () => answer }
}

describe('A server that others reach', () => {
  it('waits for nobody who sends slowly, and cuts off no answer that takes long', async () => {
    host = await startTokenServer({ limits: { headersMs: 2000, requestMs: 3000 } })
    const { secret } = await host.token('operator')
    const events = await openEvents(host.url, bearer(secret))
    const silent = open()
    const headers = open()
    headers.socket.write('GET /api/devices HTTP/1.1\r\nHost: x\r\n')
    const drip = setInterval(() => headers.socket.write('X-A: b\r\n'), 50)
    const body = open()
    body.socket.write(
      `POST /api/stage/move HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    )
    await eventually('all ends', () => silent.ended() && headers.ended() && body.ended())
    clearInterval(drip)
    expect(headers.answer()).toContain('408')
    expect(body.answer()).toContain('408')
    expect(events.closed).toBe(false)
    await fetch(`${host.url}/api/devices/setProperty`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(secret) },
      body: '{"deviceId":"test-light","property":"on","value":true}',
    })
    await eventually('an event', () => events.events.some(({ type }) => type === 'deviceChanged'))
    events.close()
  })

  it('takes no more connections than it can serve, from one address and in all', async () => {
    host = await startTokenServer({ limits: { connectionsPerAddress: 5 } })
    const { secret } = await host.token('viewer')
    const watching = await Promise.all(Array.from({ length: 5 }, () => openEvents(host.url, bearer(secret))))
    const extra = Array.from({ length: 20 }, open)
    await eventually('the ends', () => extra.every(({ ended }) => ended()))
    expect(watching.some(({ closed }) => closed)).toBe(false)
    watching[0]?.close()
    await eventually('room', async () => (await fetch(host.url).catch(() => undefined)) !== undefined)
    for (const events of watching) events.close()
    await host.close()
    host = await startTokenServer({ limits: { connections: 3 } })
    const all = Array.from({ length: 10 }, open)
    await eventually('the ends', () => all.filter(({ ended }) => ended()).length === 7)
  })

  it('lets nobody in at an address be kept out by half requests from there', async () => {
    host = await startTokenServer({ limits: { connectionsPerAddress: 5 } })
    const { secret } = await host.token('viewer')
    const events = await openEvents(host.url, bearer(secret))
    const socket = openSocket(host.url, bearer(secret))
    await eventually('the socket', () => socket.connected)
    const half = Array.from({ length: 30 }, open)
    for (const { socket: sender } of half) sender.write('GET /api/devices HTTP/1.1\r\nHost: x\r\n')
    await eventually('most to be ended', () => half.filter(({ ended }) => ended()).length >= 27)
    const get = async () =>
      (await fetch(`${host.url}/api/alerts`, { headers: { connection: 'close', ...bearer(secret) } })).status
    for (let i = 0; i < 5; i++) expect(await get()).toBe(200)
    expect(events.closed).toBe(false)
    expect(socket.connected).toBe(true)
    socket.disconnect()
    events.close()
  })

  it('answers a flood of requests with 429, and others as ever', async () => {
    // A hundred are more than one a second allows, however long this computer takes for them.
    host = await startTokenServer({ limits: { perCaller: 1 } })
    const [loud, calm] = [await host.token('viewer'), await host.token('viewer')]
    const get = (secret: string) => fetch(`${host.url}/api/alerts`, { headers: bearer(secret) })
    const answers = await Promise.all(Array.from({ length: 100 }, () => get(loud.secret)))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(20)
    expect(await refused[0]?.json()).toMatchObject({ code: 'RATE_LIMITED' })
    expect(refused[0]?.headers.get('retry-after')).toBe('1')
    expect((await get(calm.secret)).status).toBe(200)
  })

  it('refuses oversize bodies, valid token or not', async () => {
    host = await startTokenServer()
    const send = (headers: Record<string, string>) =>
      fetch(`${host.url}/api/stage/move`, {
        method: 'POST',
        body: JSON.stringify({ deviceId: 'x'.repeat(2_000_000) }),
        headers: { 'content-type': 'application/json', ...headers },
      })
    expect((await send(bearer((await host.token('operator')).secret))).status).toBe(413)
    // It may be cut off before it has said everything.
    const stranger = await send({}).then(
      ({ status }) => status,
      () => 401,
    )
    expect(stranger).toBe(401)
  })

  it('survives garbage', async () => {
    host = await startTokenServer()
    for (const text of [
      '\0\0\0\0',
      'GET\r\n\r\n',
      `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(20_000)}`,
      '\x16\x03\x01\x02',
    ]) {
      const client = open()
      client.socket.end(text)
      await eventually('the end', client.ended)
    }
    expect(
      (await fetch(`${host.url}/api/alerts`, { headers: bearer((await host.token('viewer')).secret) }))
        .status,
    ).toBe(200)
  })
})

describe('Refusals', () => {
  it('are counted and logged once a minute; many wrong tokens alert the owner', async () => {
    host = await startTokenServer()
    const alerts = new AlertBoard()
    const clock = new FakeClock()
    const log = vi.fn<(line: string) => void>()
    const tally = new RefusalTally({ alerts, clock, log })
    tally.count('rate')
    for (let i = 0; i < 99; i += 1) tally.count('token')
    expect(alerts.list()).toEqual([])
    tally.count('token')
    expect(alerts.list()).toEqual([expect.objectContaining({ id: 'access:wrong-tokens' })])
    clock.pass(60_000)
    expect(log.mock.calls).toEqual([
      ['Refused in the last minute: 1 too fast, 100 without a valid access token.'],
    ])
    clock.pass(60_000)
    expect(alerts.list()).toEqual([])
    clock.pass(600_000)
    expect(log).toHaveBeenCalledTimes(1)
    tally.close()
  })
})
