import { describe, expect, it } from 'vitest'
import { PeerChannel } from '../../../src-main/live-view/webrtc/peer-channel.ts'

describe('the channel to a stream’s peers', () => {
  it('refuses more viewers than a computer can serve, until one has left', async () => {
    const channel = new PeerChannel(({ call }) =>
      queueMicrotask(() => channel.receive({ type: 'reply', call, sdp: 'v=0' })),
    )
    const ask = (peerId: string) => channel.request({ type: 'answer', peerId, sdp: 'v=0', iceServers: [] })
    for (let i = 0; i < 64; i++) await ask(`viewer ${i}`)
    await expect(ask('one more')).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    channel.receive({ type: 'closed', peerId: 'viewer 7', reason: 'over' })
    expect(await ask('one more')).toBe('v=0')
  })
})
