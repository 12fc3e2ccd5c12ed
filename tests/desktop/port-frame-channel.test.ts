/** The frame port with a real engine and real message ports; no Electron. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FramePort, PortFrameChannel } from '../../src-main/desktop/port-frame-channel.ts'
import { createEngine, type Engine } from '../../src-main/engine/create-engine.ts'
import { framesInFlight, type PortMessage } from '../../src-shared/frame-channel.ts'
import { eventually } from '../fixtures/eventually.ts'
import { testConnection } from '../fixtures/test-connection.ts'
import fc from '../fixtures/seeded-fast-check.ts'

let engine: Engine
let camera: string
let viewer: Viewer
const channels: PortFrameChannel[] = []

/** The page's end of a channel. */
class Viewer {
  readonly received: PortMessage[] = []
  readonly port: MessagePort
  closed = false

  constructor(port: MessagePort) {
    this.port = port
    port.on('message', (message: PortMessage) => this.received.push(message))
    port.on('close', () => {
      this.closed = true
    })
  }

  get frames() {
    return this.received.filter((message) => message.type === 'frame')
  }

  acknowledge(frame: Extract<PortMessage, { type: 'frame' }>): void {
    this.port.postMessage({
      type: 'frame_ack',
      detectorName: camera,
      frameId: frame.message.metadata.frame_id,
    })
  }

  async reply(id: number) {
    return eventually(`reply ${id}`, () => {
      const found = this.received.find((message) => message.type === 'reply' && message.id === id)
      return found?.type === 'reply' ? found.reply : undefined
    })
  }
}

function connect(viewerId: string): Viewer {
  const { port1, port2 } = new MessageChannel()
  const port: FramePort = {
    postMessage: (message) => port1.postMessage(message),
    onMessage: (listener) => void port1.on('message', listener),
    onClose: (listener) => void port1.on('close', listener),
    close: () => port1.close(),
  }
  channels.push(new PortFrameChannel({ port, engine, viewerId }))
  return new Viewer(port2)
}

beforeEach(async () => {
  engine = await createEngine({ connections: [testConnection({ frameRate: 200 })] })
  camera = engine.devices.camera(undefined).id
  viewer = connect('viewer')
  await engine.liveView.startLiveView({ params: { frameRate: 200 } })
})
afterEach(async () => {
  for (const channel of channels.splice(0)) channel.close()
  await engine.close()
})

test('delivers frames, at most two ahead of the acknowledgements, newest first', async () => {
  viewer.port.postMessage({ type: 'subscribe', id: 1, detectorName: camera })
  expect(await viewer.reply(1)).toEqual({ ok: true })
  await eventually('frames', () => viewer.frames.length === framesInFlight)
  await eventually('newer frames are waiting', () => {
    const stats = engine.liveView.getDiagnostics({})[0]
    return (stats?.camera.frames ?? 0) > 20
  })
  expect(viewer.frames.length).toBe(framesInFlight)
  for (const frame of [...viewer.frames]) viewer.acknowledge(frame)
  await eventually('more frames', () => viewer.frames.length > framesInFlight)
  const ids = viewer.frames.map(({ message }) => message.metadata.frame_id)
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b))
  expect(viewer.frames[0]?.packet).toBeInstanceOf(Uint8Array)
  expect(viewer.frames[0]?.message.metadata.packet_bytes).toBe(viewer.frames[0]?.packet.byteLength)
})

test('stops delivering after unsubscribe, and forgets a viewer whose port closes', async () => {
  viewer.port.postMessage({ type: 'subscribe', id: 1, detectorName: camera })
  await eventually('frames', () => viewer.frames.length > 0)
  const viewers = () => engine.liveView.getDiagnostics({})[0]?.network.viewers
  await eventually('one viewer', () => viewers() === 1)
  viewer.port.postMessage({ type: 'unsubscribe', id: 2, detectorName: camera })
  expect(await viewer.reply(2)).toEqual({ ok: true })
  await eventually('no viewer', () => viewers() === 0)

  viewer.port.postMessage({ type: 'subscribe', id: 3, detectorName: camera })
  await eventually('one viewer', () => viewers() === 1)
  viewer.port.close()
  await eventually('no viewer', () => viewers() === 0)
})

test('answers clock with the host’s Unix time', async () => {
  // The host's clock is finer than Date.now, which it follows within 2 ms.
  const before = Date.now() - 3
  viewer.port.postMessage({ type: 'clock', id: 7 })
  const reply = await viewer.reply(7)
  const after = Date.now() + 3
  expect('hostTimeMs' in reply && reply.hostTimeMs >= before && reply.hostTimeMs <= after).toBe(true)
})

test('names the detector that there is not', async () => {
  viewer.port.postMessage({ type: 'subscribe', id: 1, detectorName: 'Camera 9' })
  expect(await viewer.reply(1)).toMatchObject({
    ok: false,
    code: 'UNKNOWN_DEVICE',
    message: expect.stringContaining('Camera 9'),
  })
})

test('answers bad messages, some of many, and goes on working', async () => {
  viewer.port.postMessage({ type: 'subscribe', id: 1, detectorName: 5 })
  expect(await viewer.reply(1)).toMatchObject({
    ok: false,
    code: 'INVALID_INPUT',
    message: expect.stringContaining('detectorName'),
  })
  for (let index = 0; index < 500; index++) viewer.port.postMessage({ type: 'nonsense', index })
  viewer.port.postMessage({ type: 'clock', id: 2 })
  await viewer.reply(2)
  const errors = viewer.received.filter(({ type }) => type === 'channel_error')
  expect(errors.length).toBeGreaterThan(0)
  expect(errors.length).toBeLessThan(100)
  viewer.port.postMessage({ type: 'subscribe', id: 3, detectorName: camera })
  await eventually('frames', () => viewer.frames.length > 0)
})

test('survives any message', async () => {
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.integer({ min: 10, max: 1e9 }), async (message, id) => {
      viewer.port.postMessage(message)
      viewer.port.postMessage({ type: 'clock', id })
      expect(await viewer.reply(id)).toHaveProperty('hostTimeMs')
    }),
    { numRuns: 200 },
  )
})

test('a viewer that never acknowledges does not slow another', async () => {
  const other = connect('other')
  viewer.port.postMessage({ type: 'subscribe', id: 1, detectorName: camera })
  other.port.on('message', (message: PortMessage) => {
    if (message.type === 'frame') other.acknowledge(message)
  })
  other.port.postMessage({ type: 'subscribe', id: 1, detectorName: camera })
  await eventually('many frames', () => other.frames.length > 50)
  expect(viewer.frames.length).toBe(framesInFlight)
})
