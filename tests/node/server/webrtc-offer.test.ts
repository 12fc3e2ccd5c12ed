import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addWebrtcOffer } from '../../../src-main/server/webrtc-offer.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { maxSdpLength } from '../../../src-shared/webrtc.ts'
import { type WebrtcRoutes, webrtcRoutes } from '../../fixtures/webrtc-routes.ts'

let routes: WebrtcRoutes
beforeEach(async () => {
  routes = await webrtcRoutes(addWebrtcOffer)
})
afterEach(async () => {
  vi.useRealTimers()
  await routes.close()
})

const sdp = 'v=0\r\n'
const post = (payload: object | string, headers: Record<string, string> = { authorization: 'Bearer anna' }) =>
  routes.app.inject({
    method: 'POST',
    url: '/liveview/webrtc_offer',
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  })

describe('webrtc_offer', () => {
  it('answers the original design’s form', async () => {
    const offer = { detectorName: 'Test camera', sdp, type: 'offer', params: { maxWidth: 640 } }
    const reply = await post(offer, { authorization: 'Bearer operator' })
    expect(reply.statusCode).toBe(200)
    expect(reply.json()).toEqual({
      status: 'success',
      type: 'answer',
      sdp: expect.stringMatching(/^v=0/),
      sessionId: [...routes.webrtc.open][0],
      detectorName: 'Test camera',
    })
    expect(routes.webrtc.offers).toMatchObject([
      {
        offer: { detectorName: 'Test camera', sdp, params: { maxWidth: 640 } },
        viewer: { callerId: 'operator' },
      },
    ])
    expect(routes.present).toEqual(new Set(['operator']))
    expect(await routes.audit()).toMatchObject([
      { action: 'liveview.webrtc_offer', input: { protocol: 'webrtc', params: { maxWidth: 640 } } },
    ])
  })

  it('leaves out the parameters of who may only watch', async () => {
    expect((await post({ sdp, params: { maxWidth: 640 } })).statusCode).toBe(200)
    expect(routes.webrtc.offers.map(({ offer }) => offer)).toEqual([{ sdp }])
    expect(await routes.audit()).toEqual([])
  })

  it('answers ImSwitch’s form, and leaves out what WebRTC has not', async () => {
    const params = { throttle_ms: 50, subsampling_factor: 4, max_width: 1280 }
    const offer = { detectorName: null, sdp, sdp_type: 'offer', params }
    expect((await post(offer, { authorization: 'Bearer operator' })).statusCode).toBe(200)
    expect(routes.webrtc.offers.map(({ offer }) => offer)).toEqual([
      { sdp, params: { frameRate: 20, maxWidth: 1280 } },
    ])
  })

  it.each<[string, object | string, number, string]>([
    ['no JSON', '{"sdp":', 400, 'INVALID_INPUT'],
    ['no object', '7', 400, 'INVALID_INPUT'],
    ['no SDP', { type: 'offer' }, 400, 'INVALID_INPUT'],
    ['an answer', { sdp, type: 'answer' }, 400, 'INVALID_INPUT'],
    ['a wrong parameter', { sdp, params: { max_width: 1 } }, 400, 'INVALID_INPUT'],
    ['an unknown field', { sdp, detector: 'x' }, 400, 'INVALID_INPUT'],
    ['malformed SDP', { sdp: 'hello' }, 400, 'INVALID_INPUT'],
    ['an oversize body', { sdp: 'x'.repeat(3 * maxSdpLength) }, 413, 'TOO_LARGE'],
  ])('refuses %s', async (_what, body, status, code) => {
    const reply = await post(body)
    expect(reply.statusCode).toBe(status)
    expect(reply.json()).toMatchObject({ status: 'error', code, message: expect.stringMatching(/./) })
    expect(routes.webrtc.offers).toEqual([])
  })

  it('refuses other content types and strangers', async () => {
    expect(
      (await post('v=0', { authorization: 'Bearer anna', 'content-type': 'application/sdp' })).statusCode,
    ).toBe(415)
    const stranger = await post({ sdp }, {})
    expect(stranger.statusCode).toBe(401)
    expect(stranger.json()).toMatchObject({ status: 'error', code: 'UNAUTHORIZED' })
  })

  it('passes the engine’s errors', async () => {
    routes.webrtc.failure = new CoverslipError('UNKNOWN_DEVICE', 'There is no camera X', {
      hint: 'Choose another.',
    })
    const reply = await post({ sdp, detectorName: 'X' })
    expect(reply.statusCode).toBe(404)
    expect(reply.json()).toMatchObject({
      status: 'error',
      code: 'UNKNOWN_DEVICE',
      message: 'There is no camera X',
      hint: 'Choose another.',
    })
  })

  it('slows down a flood', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const statuses = new Set<number>()
    for (let i = 0; i < 60; i++) statuses.add((await post({ sdp })).statusCode)
    expect([...statuses]).toEqual([200, 429])
  })
})
