import { connect } from 'node:net'
import { decompressSync, FORMAT_GRAY } from '@julusian/jpeg-turbo'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../fixtures/eventually.ts'
import type { Part } from '../../fixtures/multipart-parser.ts'
import { RawMjpegClient } from '../../fixtures/raw-mjpeg-client.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../../fixtures/test-server.ts'

let host: TestServer
let clients: RawMjpegClient[]

beforeEach(async () => {
  host = await startTestServer({ config: { connections: [testConnection({ frameRate: 200 })] } })
  clients = []
})
afterEach(async () => {
  for (const client of clients) client.vanish()
  await host.close()
  expect(clients.map(({ failure }) => failure)).toEqual(clients.map(() => undefined))
})

async function watch(path = '/liveview/mjpeg_stream'): Promise<RawMjpegClient> {
  const client = await RawMjpegClient.open(host.url, path)
  clients.push(client)
  return client
}

const streams = () => host.engine.liveView.getActiveStreams()
const viewers = () => host.engine.viewers.list()
const has = (client: RawMjpegClient, count: number) =>
  eventually(`${count} parts`, () => client.parts.length >= count || client.closed)

describe('MJPEG', () => {
  it('is a strict multipart stream of JPEG files with time, number and frame id', async () => {
    const before = Date.now() / 1000
    const client = await watch()
    await has(client, 20)
    expect(client.head.toLowerCase()).toContain('content-type: multipart/x-mixed-replace;boundary=frame\r\n')
    for (const header of [
      'cache-control: no-cache, no-store, must-revalidate',
      'pragma: no-cache',
      'expires: 0',
      'x-accel-buffering: no',
      'connection: keep-alive',
      'x-content-type-options: nosniff',
    ])
      expect(client.head.toLowerCase()).toContain(header)
    let last = { sequence: -1, frameId: -1, time: before - 5 }
    for (const { headers, body } of client.parts) {
      expect([...headers.keys()]).toEqual([
        'content-type',
        'content-length',
        'x-timestamp',
        'x-sequence',
        'x-frame-id',
      ])
      expect(headers.get('content-type')).toBe('image/jpeg')
      expect(decompressSync(body, { format: FORMAT_GRAY })).toMatchObject({ width: 64, height: 48 })
      expect(headers.get('x-timestamp')).toMatch(/^\d{10,}\.\d{6}$/)
      const now = {
        sequence: Number(headers.get('x-sequence')),
        frameId: Number(headers.get('x-frame-id')),
        time: Number(headers.get('x-timestamp')),
      }
      expect(now.sequence).toBeGreaterThan(last.sequence)
      expect(now.frameId).toBeGreaterThan(last.frameId)
      expect(now.time).toBeGreaterThan(last.time)
      last = now
    }
    expect(last.time).toBeLessThan(Date.now() / 1000 + 1)
  })

  it('gives each of several viewers every frame, encoded once', async () => {
    const [one, two] = [await watch('/api/mjpeg/test-camera?frameRate=50'), await watch('/api/mjpeg')]
    const idOf = ({ headers }: Part) => headers.get('x-frame-id')
    // Each skips frames of its own on a busy machine.
    const both = await eventually('frames that both have got', () => {
      const pairs = two.parts.map(
        (part) => [part, one.parts.find((other) => idOf(other) === idOf(part))] as const,
      )
      const shared = pairs.filter(([, other]) => other !== undefined)
      return shared.length > 15 && shared
    })
    for (const [part, other] of both) expect(other?.body.equals(part.body)).toBe(true)
    expect(streams()).toHaveLength(1)
    expect(viewers().map(({ client, protocol }) => [client, protocol])).toEqual([
      ['mjpeg', 'mjpeg'],
      ['mjpeg', 'mjpeg'],
    ])
  })

  it('goes on for the others when a viewer leaves, and stops after the last', async () => {
    const [one, two] = [await watch(), await watch()]
    await has(one, 3)
    one.vanish()
    await eventually('one viewer', () => viewers().length === 1)
    const seen = two.parts.length
    await has(two, seen + 10)
    two.vanish()
    await eventually('no viewer', () => viewers().length === 0)
    await eventually('the end of the stream', () => streams().length === 0)
    await eventually('the camera rests', () => !host.engine.devices.camera().acquiring)
  })

  it('leaves a stream running that somebody had started', async () => {
    await host.engine.liveView.startLiveView({ protocol: 'mjpeg', params: { quality: 33 } })
    const client = await watch('/liveview/mjpeg_stream?quality=90')
    await has(client, 3)
    expect(streams()).toMatchObject([{ startedBy: 'request', params: { quality: 33 } }])
  })

  it('ends properly when the stream is stopped', async () => {
    const client = await watch()
    await has(client, 3)
    await host.engine.liveView.stopLiveView({})
    await eventually('the end', () => client.ended)
    await eventually('no viewer', () => viewers().length === 0)
  })

  it('waits for a camera that was lost, and goes on when it is back', async () => {
    await host.close()
    const connections = [testConnection({ frameRate: 4, fault: 'lost-while-running' })]
    host = await startTestServer({ config: { connections, backOff: { firstMs: 50, mostMs: 100 } } })
    const stops: string[] = []
    host.engine.on((event) => {
      if (event.type === 'streamStopped') stops.push(event.reason)
    })
    const client = await watch()
    await eventually('it was lost', () => stops.length > 0)
    const before = client.parts.length
    await has(client, before + 1)
    expect(stops).toContain('failed')
    expect(client.ended).toBe(false)
  })

  it('begins with the newest frame, not with one of long ago', async () => {
    await host.engine.liveView.startLiveView({ protocol: 'mjpeg' })
    const early = await watch()
    await has(early, 3)
    early.vanish()
    await eventually('no viewer', () => viewers().length === 0)
    const last = early.sequences.at(-1) ?? 0
    await eventually('newer frames', () =>
      host.engine.liveView.getDiagnostics({}).some(({ camera }) => camera.frames > last + 100),
    )
    const late = await watch()
    await has(late, 1)
    expect(late.sequences[0]).toBeGreaterThan(last + 90)
  })

  it('takes parameters for the stream that it starts', async () => {
    const client = await watch(
      '/liveview/mjpeg_stream?detectorName=Test%20camera&subsampling=2&quality=40&t=123',
    )
    await has(client, 2)
    expect(decompressSync(client.parts[0]?.body ?? Buffer.alloc(0), { format: FORMAT_GRAY })).toMatchObject({
      width: 32,
      height: 24,
    })
    expect(streams()).toMatchObject([{ params: { subsampling: 2, quality: 40 } }])
  })

  it.each([
    ['quality=101', 400, 'quality'],
    ['quality=good', 400, 'quality'],
    ['frameRate=0', 400, 'frameRate'],
    ['subsampling=1.5', 400, 'subsampling'],
    ['compression=lz4', 400, 'compression'],
    ['detectorName=', 400, 'detectorName'],
    ['detectorName=camera-9', 404, 'camera-9'],
    [`detectorName=${'x'.repeat(300)}`, 400, 'detectorName'],
  ])('refuses ?%s', async (query, status, named) => {
    const response = await fetch(`${host.url}/liveview/mjpeg_stream?${query}`)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ status: 'error', message: expect.stringContaining(named) })
    expect(streams()).toEqual([])
  })

  it('names the protocol that is in the way, unless sharing is concurrent', async () => {
    await host.engine.liveView.startLiveView({ protocol: 'binary' })
    const refused = await fetch(`${host.url}/api/mjpeg`)
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({
      code: 'PROTOCOL_IN_USE',
      message: 'Test camera already streams by binary',
      data: { hint: expect.any(String), details: { protocol: 'binary' } },
    })
    host.engine.settings.change({ sharing: 'concurrent' })
    await has(await watch(), 5)
    expect(streams().map(({ protocol }) => protocol)).toEqual(['binary', 'mjpeg'])
  })

  it('is refused at a long exposure', async () => {
    await host.engine.devices.setProperty('test-camera', 'exposureMs', 3000)
    await eventually('the exposure', () => host.engine.liveView.getLongExposureInfo({}).isLongExposure)
    const refused = await fetch(`${host.url}/liveview/mjpeg_stream`)
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ status: 'error', code: 'LONG_EXPOSURE' })
  })

  it('answers HEAD with headers only, and starts nothing', async () => {
    const response = await fetch(`${host.url}/liveview/mjpeg_stream`, { method: 'HEAD' })
    expect(response.headers.get('content-type')).toBe('multipart/x-mixed-replace;boundary=frame')
    expect(await response.text()).toBe('')
    expect(streams()).toEqual([])
    expect((await fetch(`${host.url}/api/mjpeg/camera-9`, { method: 'HEAD' })).status).toBe(404)
  })

  it.each([
    ['Sec-Fetch-Dest: image', true],
    ['Accept: image/webp,*/*', true],
    ['Accept: */*', false],
    ['Sec-Fetch-Dest: empty\r\nAccept: image/jpeg', false],
  ])('sends an <img> the type of the next image ahead (%s)', async (header, ahead) => {
    const { port } = host.server
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
    })
    await host.engine.devices.setProperty('test-camera', 'triggerMode', 'software')
    socket.write(`GET /api/mjpeg HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${header}\r\n\r\n`)
    await eventually('a viewer', () => host.engine.liveView.getDiagnostics({})[0]?.network.viewers === 1)
    const begin = ahead ? '--frame\r\nContent-Type: image/jpeg\r\n\r\n' : '--frame\r\n\r\n'
    await eventually('the beginning', () => text.includes(begin))
    await host.engine.devices.trigger('test-camera')
    const end = ahead ? '\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n\r\n' : '\r\n--frame\r\n\r\n'
    await eventually('the frame', () => text.includes('\xff\xd9') && text.endsWith(end))
    expect(text.includes('X-Sequence: 0')).toBe(!ahead)
    socket.destroy()
  })

  it('serves clients of HTTP/1.0 without chunks', async () => {
    const { port } = host.server
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
    })
    socket.write(`GET /api/mjpeg HTTP/1.0\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    await eventually('parts', () => text.split('--frame\r\n').length > 4)
    socket.destroy()
    expect(text).not.toContain('ransfer-')
    expect(text).toMatch(/\r\n\r\n--frame\r\nContent-Type: image\/jpeg\r\n/)
  })

  it('survives a hundred that vanish at any moment', async () => {
    const { port } = host.server
    for (let i = 0; i < 100; i++) {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(`GET /api/mjpeg HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
      if (i % 3 === 0) await new Promise((resolve) => socket.once('data', resolve))
      else if (i % 3 === 1) await new Promise((resolve) => socket.once('connect', resolve))
      socket.destroy()
    }
    await eventually('no viewer', () => viewers().length === 0)
    await eventually('the end of the stream', () => streams().length === 0)
  })

  it('can be disconnected by the owner', async () => {
    const client = await watch()
    await has(client, 2)
    host.engine.viewers.disconnect(viewers()[0]?.id ?? '')
    await eventually('the connection is gone', () => client.closed)
    await eventually('no viewer', () => viewers().length === 0)
  })
})
