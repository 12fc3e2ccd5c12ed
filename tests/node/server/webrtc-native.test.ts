import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AccessControl } from '../../../src-main/access/access-control.ts'
import { localCaller } from '../../../src-main/access/local-caller.ts'
import { nothingShared } from '../../../src-main/access/share-control.ts'
import { answerOffer, offersPerSecond } from '../../../src-main/engine/answer-offer.ts'
import { createEngine } from '../../../src-main/engine/create-engine.ts'
import { eventsFor } from '../../../src-main/engine/caller-events.ts'
import { maxSdpLength } from '../../../src-shared/webrtc.ts'
import { FakeSignalling } from '../../fixtures/fake-signalling.ts'
import { joinViewer } from '../../fixtures/joined-viewer.ts'
import { bearer, startTokenServer, type TokenServer } from '../../fixtures/token-server.ts'

const json = { 'content-type': 'application/json' }

describe('WebRTC offers, whichever way they come', () => {
  let host: TokenServer
  beforeEach(async () => {
    host = await startTokenServer()
  })
  afterEach(() => host.close())

  const post = (path: string, sdp: string, secret: string) =>
    fetch(host.url + path, {
      method: 'POST',
      headers: { ...json, ...bearer(secret) },
      body: JSON.stringify({ sdp }),
    })

  it.each(['/api/webrtc/offer', '/liveview/webrtc_offer'])(
    '%s refuses too long an SDP as such',
    async (path) => {
      const { secret } = await host.token('viewer')
      const answer = await post(path, `v=0\r\n${'x'.repeat(maxSdpLength)}`, secret)
      expect(answer.status).toBe(413)
      expect(await answer.json()).toMatchObject({ code: 'TOO_LARGE' })
    },
  )

  it('share one limit', async () => {
    const { secret } = await host.token('viewer')
    const other = await host.token('viewer')
    const paths = ['/api/webrtc/offer', '/liveview/webrtc_offer'] as const
    // All within one moment, however long it takes.
    const { offerLimits } = host.engine
    const allows = offerLimits.allows.bind(offerLimits)
    vi.spyOn(offerLimits, 'allows').mockImplementation((caller) => allows(caller, 0))
    // Three times what is allowed at once, by turns: neither way alone is given more than that.
    const answers = await Promise.all(
      Array.from({ length: 3 * offersPerSecond }, (_none, n) => post(paths[n % 2] ?? '', 'no SDP', secret)),
    )
    const codes = await Promise.all(answers.map(async (answer) => JSON.stringify(await answer.json())))
    expect(codes.filter((code) => code.includes('RATE_LIMITED'))).toHaveLength(2 * offersPerSecond)
    for (const path of paths) expect((await post(path, 'no SDP', other.secret)).status).toBe(400)
  })

  it('are answered only to those with a token, and so are the names of TURN servers', async () => {
    expect((await fetch(`${host.url}/whep`, { method: 'OPTIONS' })).status).toBe(401)
    expect((await post('/api/webrtc/offer', 'v=0', 'nothing')).status).toBe(401)
  })
})

describe('An answered offer', () => {
  it('makes its sender present while the session lasts; the app is listed as such', async () => {
    const webrtc = new FakeSignalling()
    const engine = { ...(await createEngine({ connections: [] })), webrtc }
    const access = await AccessControl.open()
    let present = 0
    const counting = Object.assign(access, {
      present: () => {
        present += 1
        return () => void (present -= 1)
      },
    })
    const context = { engine, access: counting, caller: localCaller }
    const { sessionId } = await answerOffer(context, { action: 'test', offer: { sdp: 'v=0' } })
    expect(present).toBe(1)
    await webrtc.close(sessionId)
    expect(present).toBe(0)
    await answerOffer(context, { action: 'test', offer: { sdp: 'v=0', client: 'app' } })
    expect(webrtc.offers.map(({ viewer }) => viewer.client)).toEqual(['webrtc', 'app'])
    expect(webrtc.offers.map(({ offer }) => offer)).toEqual([{ sdp: 'v=0' }, { sdp: 'v=0' }])
    await access.close()
    await engine.close()
  })
})

describe('Who watches', () => {
  it('is told to owners; others learn what they watch themselves', async () => {
    const engine = await createEngine({ connections: [] })
    const access = await AccessControl.open()
    for (const callerId of ['token.anna', 'token.ben'])
      joinViewer(engine.viewers, { callerId, label: callerId })
    const seenBy = (caller: typeof localCaller) => {
      const host = { version: '0', transport: 'network', protocols: [] } as const
      const source = eventsFor({
        engine,
        access,
        share: nothingShared,
        host: { ...host, protocols: [] },
        caller,
      })
      return source.snapshot().viewers.map(({ label }) => label)
    }
    expect(seenBy(localCaller)).toEqual(['token.anna', 'token.ben'])
    expect(seenBy({ id: 'token.anna', role: 'operator', label: '', address: '' })).toEqual(['token.anna'])
    expect(seenBy({ id: 'token', role: 'viewer', label: '', address: '' })).toEqual([])
    await access.close()
    await engine.close()
  })
})
