import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AccessControl } from '../../../src-main/access/access-control.ts'
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
let clock: FakeClock

beforeEach(async () => {
  clock = new FakeClock()
  host = await startTokenServer({ access: await AccessControl.open({ clock }) })
})
afterEach(() => host.close())

const post = (path: string, body: unknown, secret: string) =>
  fetch(host.url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...bearer(secret) },
  })

/** Everything that somebody with a token can have open. */
async function everything(secret: string) {
  const events = await openEvents(host.url, bearer(secret))
  const socket = openSocket(host.url, bearer(secret))
  await eventually('the snapshot', () => events.events[0]?.type === 'snapshot')
  await socket.emitWithAck('subscribe', { detectorName: 'Test camera' })
  // What has no socket of this server, e.g. a WebRTC peer.
  let peerEnded = false
  const [callerId] = [events.events[0]?.['caller']].map((caller) =>
    typeof caller === 'object' && caller !== null && 'id' in caller ? String(caller.id) : '',
  )
  const viewer = {
    id: `peer ${secret}`,
    callerId: callerId ?? '',
    label: '',
    role: 'viewer',
    address: '',
  } as const
  host.engine.viewers.join({
    viewer: {
      ...viewer,
      client: 'webrtc',
      disconnect: () => {
        peerEnded = true
      },
    },
    detectorName: 'test-camera',
    protocol: () => 'webrtc',
    counts: () => ({ frames: 0, bytes: 0, skipped: 0 }),
  })
  return {
    events,
    socket,
    ended: () => events.closed && !socket.connected && peerEnded,
    peerEnded: () => peerEnded,
  }
}

describe('Whoever loses access', () => {
  it('is cut off at once, whatever he has open, and nobody else is', async () => {
    const lost = await host.token('viewer')
    const kept = await host.token('viewer')
    const [first, second] = [await everything(lost.secret), await everything(kept.secret)]
    await host.access.revokeToken(lost.id)
    await eventually('the end', first.ended)
    await eventually('the socket of the other', () => second.socket.connected)
    expect(second.events.closed || second.peerEnded()).toBe(false)
    expect((await post('/api/liveview/start', {}, lost.secret)).status).toBe(401)
    second.events.close()
    second.socket.disconnect()
  })

  it('is cut off however many have come with the same token since', async () => {
    const { access } = host
    const { secret, id } = await host.token('viewer')
    const first = await everything(secret)
    for (let n = 0; n < 6000; n++) access.identify(secret, { id: `browser ${n}`, address: '' })
    await access.revokeToken(id)
    await eventually('the end', first.ended)
  })

  it('is cut off when the token expires', async () => {
    const { secret } = await host.token('operator', 1)
    const connections = await everything(secret)
    await post('/api/stage/move', { deviceId: 'test-stage', x: 1 }, secret)
    expect(host.access.control().holder?.label).toBe('The operator')
    clock.pass(3_599_999)
    expect(connections.socket.connected).toBe(true)
    clock.pass(1)
    await eventually('the end', connections.ended)
    expect(host.access.control()).toEqual({})
  })
})

describe('Control', () => {
  it('goes from one operator to another, and both see it', async () => {
    const [anna, ben] = [await host.token('operator'), await host.token('operator')]
    const streams = [
      await openEvents(host.url, bearer(anna.secret)),
      await openEvents(host.url, bearer(ben.secret)),
    ]
    const [annas, bens] = streams
    await eventually('both snapshots', () => streams.every(({ events }) => events[0]?.type === 'snapshot'))
    const move = { deviceId: 'test-stage', x: 1 }
    expect((await post('/api/stage/move', move, anna.secret)).status).toBe(200)
    const refused = await post('/api/stage/move', move, ben.secret)
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({
      code: 'CONTROL_TAKEN',
      message: expect.stringContaining('The operator'),
      data: { hint: expect.stringContaining('Take control') },
    })
    // What must never wait does not.
    expect((await post('/api/stage/stop', { deviceId: 'test-stage' }, ben.secret)).status).toBe(200)

    expect(await (await post('/api/access/takeControl', {}, ben.secret)).json()).toMatchObject({
      status: 'asked',
    })
    const asked = await eventually('the request', () =>
      annas?.events.find(
        ({ type, control }) => type === 'controlChanged' && JSON.stringify(control).includes('request'),
      ),
    )
    expect(asked).toMatchObject({ control: { request: { caller: { label: 'The operator', address: '' } } } })
    clock.pass(30_000)
    const holders = (events: readonly { type: string }[] = []) =>
      events.flatMap((event) => (event.type === 'controlChanged' ? [JSON.stringify(event)] : []))
    await eventually('the change', () => holders(bens?.events).at(-1)?.includes(`"${ben.id}.`))
    expect((await post('/api/stage/move', move, ben.secret)).status).toBe(200)
    expect((await post('/api/stage/move', move, anna.secret)).status).toBe(409)

    // Gone without a word: after a while nobody operates.
    bens?.close()
    await eventually('the end of his events', () => {
      clock.pass(10_000)
      return host.access.control().holder === undefined
    })
    expect((await post('/api/stage/move', move, anna.secret)).status).toBe(200)
    annas?.close()
  })
})
