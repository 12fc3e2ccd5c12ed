/** What the WebRTC library does on its own threads between two of our calls, played by a double of it. */
import { goodbye } from '../../../src-shared/webrtc.ts'
import { describe, expect, it } from 'vitest'
import { PeerHost } from '../../../src-main/live-view/webrtc/peer-host.ts'
import type { PeerEvent } from '../../../src-main/live-view/webrtc/peer-messages.ts'
import type {
  DataChannel,
  PeerConnection,
  SessionDescription,
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
  addTransceiver = () => ({ direction: '', sender: {}, setCodecPreferences: () => undefined })
  /** RTCSignalingState, and what the encoder was told by the other side's descriptions. */
  signalling = 'stable'
  readonly bitrates: number[] = []
  readonly problems: string[] = []
  refuses = false
  async setRemoteDescription({ type, sdp }: SessionDescription): Promise<void> {
    await this.#step(type === 'offer' ? ['stable', 'have-remote-offer'] : ['have-local-offer', 'stable'])
    if (this.refuses) throw new Error('refused')
    this.bitrates.push(Number(/x-google-max-bitrate=(\d+)/.exec(sdp)?.[1]))
  }
  setLocalDescription({ type }: SessionDescription): Promise<void> {
    return this.#step(type === 'offer' ? ['stable', 'have-local-offer'] : ['have-remote-offer', 'stable'])
  }
  async createAnswer() {
    await this.#step(['have-remote-offer', 'have-remote-offer'])
    return { type: 'answer', sdp: '' } as const
  }
  createOffer = () => Promise.resolve({ type: 'offer', sdp: '' } as const)
  async #step([from, to]: readonly [string, string]): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (this.signalling !== from) {
      this.problems.push(`Called in wrong state: ${this.signalling}`)
      throw new Error(`Called in wrong state: ${this.signalling}`)
    }
    this.signalling = to
  }
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

const settings = (bitrateKbps: number) => ({ codec: 'VP8', bitrateKbps }) as const
const sdp = 'v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n'

function openHost() {
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
  return { host, events, connections }
}

async function connected() {
  const { host, events, connections } = openHost()
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

  it('writes nothing more to a viewer who says goodbye, and ends its session', async () => {
    const { host, channel, events } = await connected()
    channel.onmessage?.({ data: goodbye })
    const before = channel.sent.length
    host.frame(frame)
    expect(channel.sent).toHaveLength(before)
    expect(events).toContainEqual({ type: 'closed', peerId: 'a', reason: 'The viewer closed the connection' })
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

  it('applies quick changes of the bit rate one after the other, the newest in the end', async () => {
    const { host, connections } = openHost()
    // The first come while the connection is still being made.
    const answered = host.handle({ type: 'answer', peerId: 'a', sdp, iceServers: [] })
    await Promise.all([answered, ...[1000, 2000, 3000, 4000].map((kbps) => host.change(settings(kbps)))])
    const [connection] = connections
    await Promise.all([5000, 6000, 7000].map((kbps) => host.change(settings(kbps))))
    expect(connection?.problems).toEqual([])
    expect(connection?.bitrates.at(-1)).toBe(7000)
    // Not one step for each wish.
    expect(connection?.bitrates.length).toBeLessThan(5)
  })

  it('applies a bit rate anew that the library has refused', async () => {
    const { host, connections } = openHost()
    await host.handle({ type: 'answer', peerId: 'a', sdp, iceServers: [] })
    const [connection] = connections
    if (connection === undefined) throw new Error('no connection was made')
    connection.refuses = true
    await expect(host.change(settings(1000))).rejects.toThrow('refused')
    connection.refuses = false
    connection.signalling = 'stable'
    await host.change(settings(1000))
    expect(connection.bitrates).toEqual([8000, 1000])
  })

  it('keeps to the order of offer, answer and changes with a media server', async () => {
    const { host, connections } = openHost()
    const offered = host.handle({ type: 'offer', peerId: 'a', iceServers: [] })
    await Promise.all([offered, host.change(settings(1000))])
    const accepted = host.handle({ type: 'accept', peerId: 'a', sdp })
    await Promise.all([accepted, host.change(settings(2000)), host.change(settings(3000))])
    expect(connections[0]?.problems).toEqual([])
    expect(connections[0]?.bitrates.at(-1)).toBe(3000)
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
})
