import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChannelReply, ClockReply } from '../../../src-shared/frame-channel.ts'
import { FrameDecoder } from '../../../src-shared/frames/decode-frame.ts'
import { type FrameMessage, frameMessageSchema } from '../../../src-shared/frames/frame-message.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { startTestServer, type TestServer } from '../../fixtures/test-server.ts'

let host: TestServer
let sockets: Socket[]

type Received = { readonly message: FrameMessage; readonly packet: Uint8Array<ArrayBuffer> }

beforeEach(async () => {
  host = await startTestServer()
  sockets = []
})
afterEach(async () => {
  for (const socket of sockets) socket.disconnect()
  await host.close()
})

function connect(options: { acknowledge: boolean }): {
  socket: Socket
  frames: Received[]
  errors: ChannelReply[]
} {
  const socket = io(host.url, { transports: ['websocket'], forceNew: true })
  sockets.push(socket)
  const frames: Received[] = []
  const errors: ChannelReply[] = []
  socket.on('frame', (message: FrameMessage, packet: Uint8Array) => {
    frames.push({ message, packet: new Uint8Array(packet) })
    if (options.acknowledge)
      socket.emit('frame_ack', { detectorName: message.detectorname, frameId: message.metadata.frame_id })
  })
  socket.on('channel_error', (error: ChannelReply) => errors.push(error))
  return { socket, frames, errors }
}

const subscribe = (
  socket: Socket,
  message: unknown = { detectorName: 'Test camera' },
): Promise<ChannelReply> => socket.emitWithAck('subscribe', message)

describe('Frames over socket.io', () => {
  it('arrive as a valid message and a packet that decodes to the camera’s pixels', async () => {
    const { socket, frames } = connect({ acknowledge: true })
    expect(await subscribe(socket)).toEqual({ ok: true })
    await host.engine.liveView.startLiveView({})
    await eventually('frames', () => frames.length > 10)
    const decoder = new FrameDecoder()
    for (const { message, packet } of frames) {
      const { metadata } = frameMessageSchema.parse(message)
      const { pixels } = decoder.decode(packet, metadata)
      expect(new Set(pixels)).toEqual(new Set([metadata.sequence % 4096]))
    }
  })

  it('tell programs from pages', async () => {
    const program = connect({ acknowledge: true }).socket
    const page = io(host.url, {
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: { origin: host.url },
    })
    sockets.push(page)
    await host.engine.liveView.startLiveView({})
    for (const socket of [program, page]) expect(await subscribe(socket)).toEqual({ ok: true })
    expect(host.engine.viewers.list().map(({ client }) => client)).toEqual(['socket', 'app'])
  })

  it('stop for a viewer that never acknowledges, and for nobody else', async () => {
    const silent = connect({ acknowledge: false })
    const good = connect({ acknowledge: true })
    await Promise.all([subscribe(silent.socket), subscribe(good.socket)])
    await host.engine.liveView.startLiveView({})
    await eventually('frames', () => good.frames.length > 30)
    expect(silent.frames).toHaveLength(2)
  })

  it('go only to those who subscribed', async () => {
    const watching = connect({ acknowledge: true })
    const idle = connect({ acknowledge: true })
    await subscribe(watching.socket)
    await eventually('the connection', () => idle.socket.connected)
    await host.engine.liveView.startLiveView({})
    await eventually('frames', () => watching.frames.length > 5)
    expect(idle.frames).toEqual([])
    await watching.socket.emitWithAck('unsubscribe', { detectorName: 'Test camera' })
    const before = watching.frames.length
    await eventually('no viewer', () => host.engine.liveView.getDiagnostics({})[0]?.network.viewers === 0)
    expect(watching.frames.length - before).toBeLessThan(3)
  })

  it('come with a clock', async () => {
    const { socket } = connect({ acknowledge: true })
    // The host's clock is finer than Date.now, which it follows within 2 ms.
    const before = Date.now() - 3
    const { hostTimeMs }: ClockReply = await socket.emitWithAck('clock')
    expect(hostTimeMs).toBeGreaterThanOrEqual(before)
    expect(hostTimeMs).toBeLessThanOrEqual(Date.now() + 3)
  })

  it.each([
    ['nothing', null],
    ['a number', 5],
    ['an unknown detector', { detectorName: 'camera 9' }],
    ['a detector of the wrong type', { detectorName: 7 }],
    ['an unknown field', { detectorName: 'test-camera', fps: 5 }],
    ['an overlong name', { detectorName: 'x'.repeat(1000) }],
  ])('are refused to a subscription with %s', async (_what, message) => {
    const { socket, errors } = connect({ acknowledge: true })
    expect(await subscribe(socket, message)).toMatchObject({ ok: false, message: expect.any(String) })
    socket.emit('subscribe', message)
    await eventually('the error', () => errors.length === 1)
    expect(await subscribe(socket)).toEqual({ ok: true })
  })

  it('survive forged and malformed acknowledgements', async () => {
    const { socket, frames, errors } = connect({ acknowledge: true })
    await subscribe(socket)
    await host.engine.liveView.startLiveView({})
    for (const ack of [
      {},
      null,
      'x',
      { detectorName: 'test-camera', frameId: -1 },
      { detectorName: 'test-camera', frameId: 1e9 },
    ]) {
      socket.emit('frame_ack', ack)
    }
    await eventually('the errors', () => errors.length === 4)
    const before = frames.length
    await eventually('more frames', () => frames.length > before + 5)
  })

  it('end for a viewer that floods or sends too much; others go on', async () => {
    const good = connect({ acknowledge: true })
    await subscribe(good.socket)
    await host.engine.liveView.startLiveView({})
    const flooding = connect({ acknowledge: true })
    const large = connect({ acknowledge: true })
    await eventually('the connections', () => flooding.socket.connected && large.socket.connected)
    const ends: string[] = []
    flooding.socket.on('disconnect', () => ends.push('flooding'))
    large.socket.on('disconnect', () => ends.push('large'))
    for (let i = 0; i < 5000; i++) flooding.socket.emit('frame_ack', {})
    large.socket.emit('subscribe', { detectorName: 'x'.repeat(500_000) })
    await eventually('both ends', () => ends.includes('flooding') && ends.includes('large'))
    const before = good.frames.length
    await eventually('frames', () => good.frames.length > before + 5)
  })

  it('refuse pages from elsewhere', async () => {
    const socket = io(host.url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: { origin: 'http://evil.example' },
    })
    sockets.push(socket)
    const error = await new Promise<Error>((resolve) => socket.on('connect_error', resolve))
    expect(error).toBeInstanceOf(Error)
  })
})
