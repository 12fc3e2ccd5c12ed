/** What the WebRTC library does on its own threads between two of our calls, played by a double of it. */
import { describe, expect, it } from 'vitest'
import { PeerHost } from '../../../src-main/live-view/webrtc/peer-host.ts'
import type { PeerEvent } from '../../../src-main/live-view/webrtc/peer-messages.ts'
import type {
  DataChannel,
  PeerConnection,
  WebrtcLibrary,
} from '../../../src-main/live-view/webrtc/webrtc-library.ts'
import { eventually } from '../../fixtures/eventually.ts'

class DoubleConnection implements PeerConnection {
  connectionState = 'new'
  readonly iceGatheringState = 'complete'
  readonly localDescription = { type: 'answer', sdp: 'our SDP' } as const
  onconnectionstatechange: (() => void) | null = null
  onicegatheringstatechange: (() => void) | null = null
  ondatachannel: ((event: { readonly channel: DataChannel }) => void) | null = null
  addTrack = () => ({})
  getTransceivers = () => []
  addTransceiver = (): never => {
    throw new Error('not in this test')
  }
  setRemoteDescription = () => Promise.resolve()
  setLocalDescription = () => Promise.resolve()
  createAnswer = () => Promise.resolve({ type: 'answer', sdp: '' } as const)
  createOffer = () => Promise.resolve({ type: 'offer', sdp: '' } as const)
  addIceCandidate = () => Promise.resolve()
  getStats = () => Promise.reject(new Error('the connection is closed'))
  close = () => undefined
}

class DoubleChannel implements DataChannel {
  readonly label: string
  readonly bufferedAmount = 0
  readyState = 'open'
  onmessage: ((event: { readonly data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  readonly sent: string[] = []
  fails = false
  closed = false
  constructor(label: string) {
    this.label = label
  }
  send(text: string): void {
    if (this.fails) throw new Error("RTCDataChannel.readyState is not 'open'")
    this.sent.push(text)
  }
  close(): void {
    this.closed = true
  }
}

async function connected() {
  const connections: DoubleConnection[] = []
  const library: WebrtcLibrary = {
    RTCPeerConnection: class extends DoubleConnection {
      constructor() {
        super()
        connections.push(this)
      }
    },
    MediaStream: class {},
    RTCRtpSender: { getCapabilities: () => ({ codecs: [] }) },
    nonstandard: {
      RTCVideoSource: class {
        createTrack = () => ({})
        onFrame = () => undefined
      },
    },
  }
  const events: PeerEvent[] = []
  const host = new PeerHost(library, (event) => events.push(event))
  await host.handle({ type: 'answer', peerId: 'a', sdp: 'v=0', iceServers: [] })
  const [connection] = connections
  if (connection === undefined) throw new Error('no connection was made')
  connection.connectionState = 'connected'
  connection.onconnectionstatechange?.()
  const channel = new DoubleChannel('frames')
  connection.ondatachannel?.({ channel })
  return { host, connection, channel, events }
}

const frame = { width: 2, height: 2, data: new Uint8ClampedArray(6), note: '{"sequence":1}' }

describe('the peer host', () => {
  it('outlives a channel that closes between the look and the note, and figures that cannot be read', async () => {
    const { host, channel, events } = await connected()
    host.frame(frame)
    expect(channel.sent).toHaveLength(1)
    expect(JSON.parse(channel.sent[0] ?? '')).toEqual({ sequence: 1, encodedAtMs: expect.any(Number) })
    channel.fails = true
    host.frame(frame)
    channel.onmessage?.({ data: '{"type":"ping","sentAtMs":1}' })
    await host.handle({ type: 'close', peerId: 'a' })
    expect(events).toEqual([
      { type: 'connected', peerId: 'a' },
      { type: 'closed', peerId: 'a', reason: 'The server ended the connection' },
    ])
    await expect(host.handle({ type: 'candidates', peerId: 'a', candidates: [] })).rejects.toMatchObject({
      code: 'UNKNOWN_SESSION',
    })
  })

  it('takes the channel from who floods it, and keeps the video', async () => {
    const { host, channel, events } = await connected()
    for (let i = 0; i < 200; i++) channel.onmessage?.({ data: `nonsense ${i}` })
    expect(channel.closed).toBe(true)
    channel.onclose?.()
    expect(events.filter(({ type }) => type === 'closed')).toEqual([])
    await host.handle({ type: 'close', peerId: 'a' })
  })

  it('answers some pings in a second, and not all of a flood', async () => {
    const { host, channel } = await connected()
    for (let i = 0; i < 60; i++) channel.onmessage?.({ data: `{"type":"ping","sentAtMs":${i}}` })
    expect(channel.sent.length).toBeGreaterThan(0)
    expect(channel.sent.length).toBeLessThan(60)
    await host.handle({ type: 'close', peerId: 'a' })
  })

  it('closes a second channel, and one of another name', async () => {
    const { host, connection } = await connected()
    for (const label of ['frames', 'other']) {
      const channel = new DoubleChannel(label)
      connection.ondatachannel?.({ channel })
      await eventually('it to be closed', () => channel.closed)
    }
    await host.handle({ type: 'close', peerId: 'a' })
  })

  it('refuses more viewers than it can serve', async () => {
    const { host, events } = await connected()
    const ids = Array.from({ length: 63 }, (_, i) => `viewer ${i}`)
    for (const peerId of ids) await host.handle({ type: 'answer', peerId, sdp: 'v=0', iceServers: [] })
    await expect(
      host.handle({ type: 'answer', peerId: 'one more', sdp: 'v=0', iceServers: [] }),
    ).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    for (const peerId of ['a', ...ids]) await host.handle({ type: 'close', peerId })
    expect(events.filter(({ type }) => type === 'closed')).toHaveLength(65)
  })
})
