/** ImSwitch's socket.io interface with the client library that its page uses. */
import { decode } from '@msgpack/msgpack'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { demoConnection } from '../../../src-main/engine/connections.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { decodeFrame, decodeUc2f, type ImSwitchFrame } from '../../fixtures/imswitch-frame-decoder.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import { startTestServer, type TestServer } from '../../fixtures/test-server.ts'

let host: TestServer
const sockets: Socket[] = []
beforeEach(async () => {
  host = await startTestServer({
    config: {
      connections: [
        testConnection({ width: 40, height: 30 }),
        demoConnection({ width: 128, height: 128, frameRate: 20 }),
      ],
    },
  })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.disconnect()
  await host.close()
})

type Client = {
  readonly socket: Socket
  readonly frames: ImSwitchFrame[]
  readonly signals: { readonly name: string; readonly args: Record<string, unknown> }[]
  readonly others: unknown[][]
}

async function connect(
  options: { acknowledge?: boolean | ((frame: ImSwitchFrame) => unknown); transports?: string[] } = {},
): Promise<Client> {
  const socket = io(host.url, {
    path: '/imswitch/socket.io/',
    transports: options.transports ?? ['websocket'],
    forceNew: true,
  })
  sockets.push(socket)
  const client: Client = { socket, frames: [], signals: [], others: [] }
  const { acknowledge = true } = options
  socket.on('frame', (attachment: Uint8Array) => {
    const frame = decodeFrame(new Uint8Array(attachment))
    client.frames.push(frame)
    if (acknowledge === true) socket.emit('frame_ack', { frame_id: frame.metadata.frame_id })
    else if (acknowledge !== false) socket.emit('frame_ack', acknowledge(frame))
  })
  socket.on('signal_msgpack', (attachment: Uint8Array) => {
    client.signals.push(decode(new Uint8Array(attachment)) as Client['signals'][number])
  })
  socket.onAny((name: string, ...args: unknown[]) => {
    if (name !== 'frame' && name !== 'signal_msgpack') client.others.push([name, ...args])
  })
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  return client
}
const start = async (query: string, body: unknown = null): Promise<void> => {
  const response = await fetch(`${host.url}/imswitch/api/LiveViewController/startLiveView?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(await response.json()).toMatchObject({ status: 'success' })
}
/** Frames that a client which acknowledges nothing may have by now: four, and four more per second. */
const mostWithoutAcks = (sinceMs: number): number =>
  4 * (2 + Math.floor((performance.now() - sinceMs) / 1000))
const full = { subsampling_factor: 1, throttle_ms: 10 }

describe('a client', () => {
  test.each([['websocket'], ['polling']])('learns what the server can do by %s', async (transport) => {
    const client = await connect({ transports: [transport] })
    await eventually('capabilities', () => client.others.length > 0)
    expect(client.others[0]).toEqual([
      'server_capabilities',
      { messagepack: true, binary_streaming: true, protocol_version: '1.0' },
    ])
    await eventually('positions', () => client.signals.length === 2)
    expect(client.signals).toEqual([
      { name: 'sigUpdateMotorPosition', args: { p0: { 'test-stage': { X: 0, Y: 0 } } } },
      { name: 'sigUpdateMotorPosition', args: { p0: { stage: { X: 0, Y: 0, Z: 0 } } } },
    ])
  })

  test('gets JPEG frames with the metadata that its page reads', async () => {
    const client = await connect()
    await start('detectorName=test-camera&protocol=jpeg', full)
    await eventually('frames', () => client.frames.length > 10)
    const { metadata, image } = client.frames[5] ?? {}
    expect(Object.keys(metadata ?? {}).toSorted()).toEqual([
      'detector_name',
      'format',
      'frame_id',
      'jpeg_quality',
      'pixel_size',
      'protocol',
      'server_timestamp',
    ])
    expect(metadata).toMatchObject({ detector_name: 'test-camera', pixel_size: 0.5, jpeg_quality: 80 })
    expect(Math.abs(Number(metadata?.['server_timestamp']) - Date.now() / 1000)).toBeLessThan(60)
    expect(Buffer.from(String(image), 'base64').subarray(0, 3)).toEqual(Buffer.of(0xff, 0xd8, 0xff))
  })

  test.each([['lz4'], ['none']])('gets binary frames, %s, that lz4js decodes', async (compression) => {
    const client = await connect()
    await start('detectorName=test-camera&protocol=binary', { ...full, compression_algorithm: compression })
    await eventually('frames', () => client.frames.length > 10)
    const { metadata, data } = client.frames[5] ?? {}
    expect(Object.keys(metadata ?? {}).toSorted()).toEqual([
      'compressed_bytes',
      'compression_algorithm',
      'compression_level',
      'compression_ratio',
      'detector_name',
      'encode_time_ms',
      'format',
      'frame_id',
      'height',
      'original_height',
      'original_width',
      'packet_bytes',
      'pixel_size',
      'protocol',
      'raw_bytes',
      'server_timestamp',
      'subsampling_factor',
      'timestamp_ns',
      'width',
    ])
    expect(metadata).toMatchObject({ compression_algorithm: compression, width: 40, height: 30 })
    expect(metadata?.['packet_bytes']).toBe(data?.length)
    const image = decodeUc2f(data ?? new Uint8Array())
    expect([image.width, image.height]).toEqual([40, 30])
    // Every pixel of the test camera holds the frame's number.
    expect(new Set(image.pixels).size).toBe(1)
  })

  test('that does not acknowledge gets four frames, then hardly any, and goes on when it does', async () => {
    const mute = await connect({ acknowledge: false })
    const good = await connect()
    const sinceMs = performance.now()
    await start('detectorName=test-camera&protocol=jpeg', full)
    await eventually('it has four', () => mute.frames.length >= 4)
    await eventually('the other has many', () => good.frames.length > 60)
    expect(mute.frames.length).toBeLessThanOrEqual(mostWithoutAcks(sinceMs))
    expect(new Set(good.frames.map(({ metadata }) => metadata.frame_id)).size).toBeGreaterThan(30)
    const before = mute.frames.length
    mute.socket.emit('frame_ack', { frame_id: mute.frames.at(-1)?.metadata.frame_id })
    await eventually('frames go on', () => mute.frames.length >= before + 4)
    // Without any acknowledgement it is tried again after a while, so that a page that missed some recovers.
    await eventually('the window opens by itself', () => mute.frames.length > before + 8)
  })

  test('forged, late and senseless acknowledgements gain nothing', async () => {
    const forger = await connect({
      acknowledge: ({ metadata }) => ({ frame_id: (metadata.frame_id + 100) % 256 }),
    })
    const witness = await connect()
    const sinceMs = performance.now()
    await start('detectorName=test-camera&protocol=jpeg', full)
    await eventually('first frames', () => forger.frames.length >= 4)
    for (const nonsense of [undefined, null, 'x', { frame_id: 'x' }, { frame_id: 1e300 }, [1]])
      forger.socket.emit('frame_ack', nonsense)
    const before = witness.frames.length
    await eventually('the witness gets many more', () => witness.frames.length > before + 60)
    // One of the nonsense messages names no frame, which means the oldest.
    expect(forger.frames.length).toBeLessThanOrEqual(mostWithoutAcks(sinceMs) + 2)
    expect(forger.socket.connected).toBe(true)
  })

  test('that floods is disconnected; others are not', async () => {
    const flooder = await connect()
    const witness = await connect()
    for (let count = 0; count < 3000; count += 1) flooder.socket.emit('frame_ack', { frame_id: 1 })
    await eventually('it is gone', () => !flooder.socket.connected)
    expect(witness.socket.connected).toBe(true)
  })

  test('follows the stream that was started last, and counts as a viewer', async () => {
    const client = await connect()
    await start('detectorName=test-camera&protocol=jpeg', full)
    await eventually('frames', () => client.frames.length > 3)
    await start('detectorName=camera&protocol=jpeg', full)
    await eventually(
      'frames of the other',
      () => client.frames.at(-1)?.metadata['detector_name'] === 'camera',
    )
    const count = client.frames.length
    await eventually('more', () => client.frames.length > count + 5)
    expect(new Set(client.frames.slice(count).map(({ metadata }) => metadata['detector_name']))).toEqual(
      new Set(['camera']),
    )
    expect(host.engine.viewers.list()).toMatchObject([{ client: 'imswitch', detectorName: 'camera' }])
    await host.engine.liveView.stopLiveView({ detectorName: 'camera' })
    await eventually('back', () => client.frames.at(-1)?.metadata['detector_name'] === 'test-camera')
    client.socket.disconnect()
    await eventually('it has left', () => host.engine.viewers.list().length === 0)
  })

  test('gets nothing of a filtered stream of ours until it asks for it', async () => {
    const client = await connect()
    await host.engine.liveView.startLiveView({ detectorName: 'test-camera', protocol: 'binary' })
    await eventually('told that it streams', () =>
      client.signals.some(({ name, args }) => name === 'sigStreamStarted' && args['p1'] === 'binary'),
    )
    expect(host.engine.viewers.list()).toEqual([])
    await fetch(`${host.url}/LiveViewController/startLiveView?protocol=binary&detectorName=test-camera`, {
      method: 'POST',
    })
    await eventually('frames', () => client.frames.length > 5)
    expect(new Set(decodeUc2f(client.frames[3]?.data ?? new Uint8Array()).pixels).size).toBe(1)
  })

  test('is told why it cannot see a colour camera’s binary stream', async () => {
    const client = await connect()
    await start('detectorName=overview&protocol=binary', full)
    await eventually('told', () => client.others.some(([name]) => name === 'channel_error'))
    expect(client.frames).toEqual([])
    expect(host.engine.alerts.list()).toMatchObject([{ id: 'imswitch:overview' }])
    await host.engine.liveView.stopAll()
    expect(host.engine.alerts.list()).toEqual([])
    await start('detectorName=overview&protocol=jpeg', full)
    await eventually('frames', () => client.frames.length > 2)
    await host.engine.liveView.stopAll()
    await start('detectorName=overview&protocol=binary', full)
    await eventually('an alert', () => host.engine.alerts.list().length > 0)
    client.socket.disconnect()
    // The stream runs on, but nobody is left whom it concerns.
    await eventually('no alert', () => host.engine.alerts.list().length === 0)
    expect(host.engine.liveView.getActiveStreams()).toHaveLength(1)
  })
})

test('a frame of several LZ4 blocks is decoded by lz4js', async () => {
  await host.close()
  host = await startTestServer({
    config: { connections: [testConnection({ width: 2048, height: 1536, frameRate: 10 })] },
  })
  const client = await connect()
  await start('protocol=binary', full)
  await eventually('a frame', () => client.frames.length > 0)
  const { metadata, data } = client.frames[0] ?? {}
  expect(metadata).toMatchObject({ compression_algorithm: 'lz4', raw_bytes: 2048 * 1536 * 2 })
  const { pixels } = decodeUc2f(data ?? new Uint8Array())
  expect(pixels.length).toBe(2048 * 1536)
  expect(new Set(pixels).size).toBe(1)
})

test('changes are signalled', async () => {
  const client = await connect()
  const told = (name: string, what: string) =>
    eventually(name, () =>
      client.signals.some((signal) => signal.name === name && JSON.stringify(signal.args).includes(what)),
    )
  await fetch(
    `${host.url}/PositionerController/movePositioner?positionerName=stage&axis=Y&dist=7&isBlocking=1`,
  )
  await told('sigUpdateMotorPosition', '"Y":7')
  await fetch(`${host.url}/LaserController/setLaserValue?laserName=led-475&value=12`)
  await told('sigUpdateLaserPower', '{"led-475":{"power":12,"enabled":true}}')
  await fetch(`${host.url}/SettingsController/setDetectorGain?detectorName=camera&gain=3`)
  await told('sigDetectorParametersUpdated', '"gain":3')
  await start('detectorName=camera&protocol=jpeg', full)
  await told('sigStreamStarted', '{"p0":"camera","p1":"jpeg"}')
  await told('sigObjectiveChanged', '"FOV":[')
  await fetch(`${host.url}/ObjectiveController/moveToObjective?slot=1`)
  await told('sigObjectiveChanged', '10x/0.45')
  await fetch(`${host.url}/LiveViewController/stopLiveView`)
  await told('sigStreamStopped', '{"p0":"camera","p1":"jpeg"}')
})
