/** MJPEG viewers that read slowly, or not at all. */
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MjpegResponse } from '../../../src-main/server/mjpeg-response.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { frameMessage } from '../../fixtures/frame-message.ts'
import { RawMjpegClient } from '../../fixtures/raw-mjpeg-client.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../../fixtures/test-server.ts'

describe('A viewer that stops reading', () => {
  let host: TestServer
  let clients: RawMjpegClient[]

  beforeEach(async () => {
    const camera = { width: 1024, height: 1024, frameRate: 30, noise: true }
    host = await startTestServer({ config: { connections: [testConnection(camera)] } })
    clients = []
  })
  afterEach(async () => {
    for (const client of clients) client.vanish()
    await host.close()
    expect(clients.map(({ failure }) => failure)).toEqual(clients.map(() => undefined))
  })

  async function watch(): Promise<RawMjpegClient> {
    const client = await RawMjpegClient.open(host.url, '/api/mjpeg')
    clients.push(client)
    return client
  }
  const viewers = () => host.engine.viewers.list()
  const has = (client: RawMjpegClient, count: number) =>
    eventually(`${count} parts`, () => client.parts.length >= count || client.closed)

  it('skips frames, which is counted, and delays nobody', async () => {
    await host.engine.liveView.startLiveView({ protocol: 'mjpeg', params: { quality: 100 } })
    const slow = await watch()
    const { id } = await eventually('the viewer', () => viewers()[0])
    const listed = () => viewers().find((viewer) => viewer.id === id)
    const fast = await watch()
    await Promise.all([has(slow, 1), has(fast, 1)])
    slow.socket.pause()
    const before = listed()?.skipped ?? 0
    // The system's buffers fill first.
    await eventually('it skips', () => (listed()?.skipped ?? 0) > before + 20)
    expect(listed()).toMatchObject({ client: 'mjpeg', protocol: 'mjpeg' })
    await has(fast, fast.parts.length + 20)
    // 100 kB/s: a little at a time.
    const received = slow.parts.length
    let pausing: NodeJS.Immediate | undefined
    const reading = setInterval(() => {
      slow.socket.resume()
      pausing = setImmediate(() => slow.socket.pause())
    }, 100)
    await has(fast, fast.parts.length + 20)
    clearInterval(reading)
    clearImmediate(pausing)
    slow.socket.resume()
    await has(slow, received + 20)
    const gaps = slow.sequences.map(
      (sequence, index) => sequence - (slow.sequences[index - 1] ?? sequence - 1),
    )
    expect(Math.min(...gaps)).toBeGreaterThan(0)
    expect(Math.max(...gaps)).toBeGreaterThan(10)
  })
})

describe('MjpegResponse', () => {
  it('ends the connection of a client that takes nothing, and frees no memory that its socket holds', async () => {
    const packet = new Uint8Array(16_000_000)
    const taken: number[] = []
    let stalled = 0
    let later: () => void = () => undefined
    const server: Server = createServer((_request, response) => {
      const stream = new MjpegResponse({
        response,
        player: 'program',
        stalledAfterMs: 200,
        taken: ({ metadata }) => {
          taken.push(metadata.frame_id)
          later()
        },
        stalled: () => {
          stalled += 1
        },
      })
      stream.send(['a'], frameMessage({ frame_id: 0 }), packet.subarray(0, 10))
      later = () => {
        stream.send(['a'], frameMessage({ frame_id: 1 }), packet)
        stream.send(['a'], frameMessage({ frame_id: 2 }), packet)
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const socket = connect(port, '127.0.0.1').pause()
    socket.on('error', () => undefined)
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await eventually('the stall is noticed', () => stalled === 1)
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
      socket.destroy()
    })
    expect(taken).toEqual([0])
  })
})
