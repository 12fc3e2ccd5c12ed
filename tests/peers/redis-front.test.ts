/** Front servers behind a real Redis: a microscope's server, two fronts, and their viewers. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AccessControl } from '../../src-main/access/access-control.ts'
import { createFront, type FrontOptions, type RunningFront } from '../../src-main/server/front-server.ts'
import { relayFrames } from '../../src-main/server/redis-relay.ts'
import type { ChannelReply, ClockReply } from '../../src-shared/frame-channel.ts'
import { type FrameMessage, frameMessageSchema } from '../../src-shared/frames/frame-message.ts'
import { eventually } from '../fixtures/eventually.ts'
import { lastingPort } from '../fixtures/lasting-port.ts'
import { hasProgram } from '../fixtures/peer-programs.ts'
import { TestRedis } from '../fixtures/redis-server.ts'
import { testConnection } from '../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../fixtures/test-server.ts'

type Viewer = {
  readonly socket: Socket
  /** Frame number → SHA-256 of message and packet. */
  readonly frames: Map<number, string>
  readonly messages: FrameMessage[]
  readonly errors: ChannelReply[]
}

const channel = 'test'
const detectorName = 'Test camera'
let redis: TestRedis
let microscope: TestServer
let access: AccessControl
let relay: { close(): Promise<void> }
let fronts: RunningFront[]
let sockets: Socket[]

beforeEach(async () => {
  redis = await TestRedis.start()
  microscope = await startTestServer({ config: { connections: [testConnection({ noise: true })] } })
  access = await AccessControl.open()
  relay = await relayFrames({ engine: microscope.engine, access, redis: { url: redis.url, channel } })
  fronts = []
  sockets = []
})
afterEach(async () => {
  for (const socket of sockets) socket.disconnect()
  for (const front of fronts) await front.close()
  await relay.close()
  await microscope.close()
  await access.close()
  await redis.close()
})

async function startFront(options: Partial<FrontOptions> = {}): Promise<RunningFront> {
  const front = await createFront({
    redis: { url: redis.url, channel },
    host: '127.0.0.1',
    port: 0,
    name: `front ${fronts.length + 1}`,
    ...options,
  })
  fronts.push(front)
  await eventually('the front knows the microscope', () => front.state().microscope)
  return front
}

function connect(url: string, options: { acknowledge?: boolean; token?: string } = {}): Viewer {
  const { acknowledge = true, token } = options
  const auth = token === undefined ? {} : { token }
  const socket = io(url, { transports: ['websocket'], forceNew: true, auth, reconnectionDelay: 100 })
  sockets.push(socket)
  const viewer: Viewer = { socket, frames: new Map(), messages: [], errors: [] }
  socket.on('frame', (message: FrameMessage, packet: Uint8Array) => {
    const { frame_id: frameId } = message.metadata
    const hash = createHash('sha256').update(JSON.stringify(message)).update(packet).digest('hex')
    viewer.frames.set(frameId, hash)
    viewer.messages.push(message)
    if (acknowledge) socket.emit('frame_ack', { detectorName: message.detectorname, frameId })
  })
  socket.on('channel_error', (error: ChannelReply) => viewer.errors.push(error))
  return viewer
}

async function watch(url: string, options: { acknowledge?: boolean; token?: string } = {}): Promise<Viewer> {
  const viewer = connect(url, options)
  const reply: ChannelReply = await viewer.socket.emitWithAck('subscribe', { detectorName })
  expect(reply).toEqual({ ok: true })
  return viewer
}

const streamStats = () => microscope.engine.liveView.getDiagnostics({})[0]?.network

async function moreFrames(viewer: Viewer, count: number): Promise<void> {
  const before = viewer.frames.size
  await eventually(`${count} more frames`, () => viewer.frames.size >= before + count)
}

describe.skipIf(!hasProgram('redis-server'))('Front servers', () => {
  it.each(['binary', 'jpeg'] as const)(
    'show the %s frames of the microscope, byte by byte',
    async (protocol) => {
      const [one, two] = [await startFront(), await startFront()]
      const local = await watch(microscope.url)
      const far = [await watch(one.url), await watch(one.url), await watch(two.url)]
      await microscope.engine.liveView.startLiveView({ protocol, params: { frameRate: 20 } })
      // Each viewer skips frames of its own on a busy machine.
      const common = ({ frames }: Viewer) => [...frames].filter(([frameId]) => local.frames.has(frameId))
      await eventually('frames that all have seen', () => far.every((viewer) => common(viewer).length > 5))
      for (const viewer of far) {
        for (const message of viewer.messages) frameMessageSchema.parse(message)
        expect([...viewer.frames.keys()]).toEqual([...viewer.frames.keys()].sort((a, b) => a - b))
        for (const [frameId, hash] of common(viewer)) expect(hash).toBe(local.frames.get(frameId))
      }
      // Each front is one viewer of the microscope's list; Redis gets each frame once for all.
      const listed = await eventually('both fronts in the list', () => {
        const list = microscope.engine.viewers.list().filter(({ client }) => client === 'front')
        return list.length === 2 && list.every(({ fps }) => fps > 0) ? list : undefined
      })
      expect(listed.map(({ label }) => label).sort()).toEqual(['front 1 (2)', 'front 2 (1)'])
      await eventually('a local viewer and one for Redis', () => streamStats()?.viewers === 2)
    },
  )

  it('send nothing through Redis while nobody watches there', async () => {
    const front = await startFront()
    await microscope.engine.liveView.startLiveView({})
    const idle = connect(front.url)
    await eventually('the connection', () => idle.socket.connected)
    const local = await watch(microscope.url)
    await moreFrames(local, 20)
    await eventually('one viewer in the counts', () => streamStats()?.viewers === 1)
    expect(idle.frames.size).toBe(0)
    const far = await watch(front.url)
    await moreFrames(far, 3)
    far.socket.disconnect()
    await eventually('no demand', () =>
      microscope.engine.viewers.list().every(({ client }) => client !== 'front'),
    )
    expect(microscope.engine.viewers.list()).toHaveLength(1)
  })

  it('let a slow viewer, and a front of slow viewers, skip', async () => {
    const [one, two] = [await startFront(), await startFront()]
    const silent = await watch(one.url, { acknowledge: false })
    const stuck = await watch(two.url, { acknowledge: false })
    const good = await watch(one.url)
    await microscope.engine.liveView.startLiveView({ params: { frameRate: 50 } })
    await moreFrames(good, 40)
    await expect.poll(() => silent.frames.size).toBe(2)
    await expect.poll(() => stuck.frames.size).toBe(2)
    await moreFrames(good, 10)
    expect([silent.frames.size, stuck.frames.size]).toEqual([2, 2])
    // Ready again, it gets the newest frame and not those that it missed; its front may be some behind the other.
    const last = Math.max(...stuck.frames.keys())
    const newest = Math.max(...good.frames.keys())
    stuck.socket.emit('frame_ack', { detectorName, frameId: last })
    await moreFrames(stuck, 1)
    expect(Math.max(...stuck.frames.keys())).toBeGreaterThanOrEqual(newest - 10)
  })

  it('wait for a stream, follow it through stop and start, and tell the microscope’s time', async () => {
    const front = await startFront()
    const far = await watch(front.url)
    await microscope.engine.liveView.startLiveView({ protocol: 'binary' })
    await moreFrames(far, 5)
    await microscope.engine.liveView.stopLiveView({})
    await microscope.engine.liveView.startLiveView({ protocol: 'jpeg' })
    await eventually('JPEG frames', () => far.messages.at(-1)?.format === 'jpeg')
    const { hostTimeMs }: ClockReply = await far.socket.emitWithAck('clock')
    expect(Math.abs(hostTimeMs - Date.now())).toBeLessThan(60_000)
    const refused: ChannelReply = await far.socket.emitWithAck('subscribe', { detectorName: 'Nobody' })
    expect(refused).toMatchObject({ ok: false, code: 'UNKNOWN_DEVICE', hint: 'There are: Test camera.' })
  })

  it('obey the rate limit', async () => {
    await relay.close()
    relay = await relayFrames({
      engine: microscope.engine,
      access,
      redis: { url: redis.url, channel },
      framesPerSecond: 5,
    })
    const front = await startFront()
    const far = await watch(front.url)
    const startedMs = performance.now()
    await microscope.engine.liveView.startLiveView({ params: { frameRate: 50 } })
    // Two may be sent at once, and only two, at first and after each pause; timers may be 1 ms early.
    const within = () => 2 + (5 * (performance.now() - startedMs + 1)) / 1000
    for (const count of [2, 3, 4, 5, 6, 10]) {
      await eventually(`frame ${count}`, () => far.frames.size >= count)
      expect(far.frames.size).toBeLessThanOrEqual(within())
    }
  })

  it('may go away and come back', async () => {
    const port = await lastingPort()
    const front = await startFront({ port })
    const [local, far] = [await watch(microscope.url), await watch(front.url)]
    await microscope.engine.liveView.startLiveView({})
    await moreFrames(far, 5)
    await front.close()
    fronts = []
    await eventually('the front is forgotten', () => streamStats()?.viewers === 1)
    await moreFrames(local, 10)
    const again = await watch((await startFront({ port })).url)
    await moreFrames(again, 5)
    await moreFrames(local, 5)
  })

  it('may lose Redis: an alert says so, local viewers see on, and pictures come back with it', async () => {
    const front = await startFront()
    const [local, far] = [await watch(microscope.url), await watch(front.url)]
    await microscope.engine.liveView.startLiveView({})
    await moreFrames(far, 5)
    await redis.interrupt()
    const alert = await eventually('the alert', () =>
      microscope.engine.alerts.list().find(({ id }) => id === 'redis'),
    )
    expect(alert.message).toContain(`127.0.0.1:${redis.port}`)
    await moreFrames(local, 20)
    await expect.poll(() => front.state()).toMatchObject({ redis: false, microscope: false })
    expect((await fetch(`${front.url}/health`)).status).toBe(503)
    await redis.resume()
    await eventually('the alert is gone', () =>
      microscope.engine.alerts.list().every(({ id }) => id !== 'redis'),
    )
    await moreFrames(far, 5)
    await moreFrames(local, 5)
  })

  it('do not keep the microscope’s server from starting without Redis', async () => {
    await relay.close()
    await redis.interrupt()
    relay = await relayFrames({ engine: microscope.engine, access, redis: { url: redis.url, channel } })
    await eventually('the alert', () => microscope.engine.alerts.list().some(({ id }) => id === 'redis'))
    const local = await watch(microscope.url)
    await microscope.engine.liveView.startLiveView({})
    await moreFrames(local, 10)
    await redis.resume()
    const far = await watch((await startFront()).url)
    await moreFrames(far, 5)
  })

  it('let in who has a token of the microscope, for as long as it is valid', async () => {
    const front = await startFront({ requireToken: true })
    const { token, secret } = await access.createToken({ label: 'Class', role: 'viewer' })
    await microscope.engine.liveView.startLiveView({})
    const far = await watch(front.url, { token: secret })
    await moreFrames(far, 3)
    for (const wrong of ['', 'guess', `${secret}x`, 'x'.repeat(5000)]) {
      const refused = connect(front.url, { token: wrong })
      const error = await new Promise<Error>((resolve) => refused.socket.once('connect_error', resolve))
      expect(error.message).toBe('A valid access token is needed')
      refused.socket.disconnect()
    }
    await access.revokeToken(token.id)
    await eventually('the end of the connection', () => far.socket.disconnected)
    const late = connect(front.url, { token: secret })
    await new Promise((resolve) => late.socket.once('connect_error', resolve))
  })

  it('disconnect their viewers when the microscope’s owner says so', async () => {
    const front = await startFront()
    const far = await watch(front.url)
    await microscope.engine.liveView.startLiveView({})
    await moreFrames(far, 3)
    const entry = microscope.engine.viewers.list().find(({ client }) => client === 'front')
    microscope.engine.viewers.disconnect(entry?.id ?? '')
    await eventually('the end of the connection', () => far.socket.disconnected)
  })

  it('start from the command line and end by a signal', async () => {
    const program = fileURLToPath(new URL('../../src-main/server/front.ts', import.meta.url))
    const args = [
      ...process.execArgv,
      program,
      '--front',
      '--redis',
      redis.url,
      '--redis-channel',
      channel,
      '--port',
      '0',
      '--name',
      'Hall',
    ]
    const front = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    try {
      let output = ''
      front.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
      const url = await eventually('its address', () => /on (http:\S+)/.exec(output)?.[1])
      await eventually('the microscope', async () => (await fetch(`${url}/health`)).ok)
      const far = await watch(url)
      await microscope.engine.liveView.startLiveView({})
      await moreFrames(far, 5)
      await expect
        .poll(() => microscope.engine.viewers.list().map(({ label }) => label))
        .toContain('Hall (1)')
      front.kill('SIGTERM')
      await eventually('its end', () => front.exitCode === 0)
      await eventually('its farewell', () => microscope.engine.viewers.list().length === 0)
    } finally {
      front.kill('SIGKILL')
    }
  })

  it('serve a page that shows nothing to foreign sites', async () => {
    const front = await startFront()
    const page = await fetch(front.url)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await fetch(`${front.url}/front.js`)).headers.get('content-type')).toContain('javascript')
    expect(await (await fetch(`${front.url}/socket.io.js`)).text()).toContain('export')
    const foreign = await fetch(front.url, { headers: { origin: 'https://elsewhere.example' } })
    expect(foreign.status).toBe(403)
    await expect
      .poll(async () => (await fetch(`${front.url}/health`)).json())
      .toEqual({ redis: true, microscope: true })
  })
})
