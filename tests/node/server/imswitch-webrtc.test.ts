import { afterEach, beforeEach, expect, test } from 'vitest'
import { addImSwitch } from '../../../src-main/server/imswitch/add-imswitch.ts'
import { createImSwitchState } from '../../../src-main/server/imswitch/imswitch-state.ts'
import { type WebrtcRoutes, webrtcRoutes } from '../../fixtures/webrtc-routes.ts'

let routes: WebrtcRoutes
beforeEach(async () => {
  routes = await webrtcRoutes((app, context) =>
    addImSwitch(app, context, createImSwitchState(context.engine, context.access)),
  )
})
afterEach(() => routes.close())

test('ImSwitch’s offer goes the way of all offers, and its session can be ended', async () => {
  const reply = await routes.app.inject({
    method: 'POST',
    url: '/imswitch/api/LiveViewController/webrtc_offer',
    headers: { authorization: 'Bearer anna', 'content-type': 'application/json' },
    payload: JSON.stringify({ detectorName: '', sdp: 'v=0\r\n', sdp_type: 'offer', extra: 1 }),
  })
  expect(reply.statusCode).toBe(200)
  const [sessionId] = routes.webrtc.open
  expect(reply.json()).toMatchObject({
    status: 'success',
    type: 'answer',
    sdp: expect.stringMatching(/^v=0/),
    sessionId,
  })
  expect(routes.webrtc.offers.map(({ offer }) => offer.detectorName)).toEqual([undefined])
})
