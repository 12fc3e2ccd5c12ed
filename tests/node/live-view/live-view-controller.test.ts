import { afterEach, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import type { FrameTransport } from '../../../src-main/live-view/stream-outlet.ts'
import { webrtcAvailable } from '../../../src-main/live-view/webrtc/webrtc-library.ts'
import type { EngineEvent } from '../../../src-shared/contract/events.ts'
import { frameMessageSchema, type FrameMessage } from '../../../src-shared/frames/frame-message.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import type { TestDriverOptions } from '../../fixtures/test-driver.ts'

let engine: Engine
let events: EngineEvent[]

async function open(...drivers: TestDriverOptions[]) {
  const connections = (drivers.length === 0 ? [{}] : drivers).map((options, index) =>
    testConnection(options, `test-${index}`),
  )
  engine = await createEngine({ connections, backOff: { firstMs: 100, mostMs: 200 } })
  events = []
  engine.on((event) => events.push(event))
}

afterEach(() => engine.close())

/** A viewer that acknowledges at once; returns what it gets. */
function watch(detectorName = 'test-camera'): { frames: FrameMessage[]; packets: Uint8Array[] } {
  const seen: { frames: FrameMessage[]; packets: Uint8Array[] } = { frames: [], packets: [] }
  const transport: FrameTransport = {
    send: (viewerIds, message, packet) => {
      seen.frames.push(message)
      seen.packets.push(packet.slice())
      for (const id of viewerIds)
        queueMicrotask(() => engine.frames.acknowledge(id, detectorName, message.metadata.frame_id))
    },
    report: (_viewerId, error) => {
      throw error
    },
  }
  engine.frames.subscribe({
    viewerId: `viewer-${Math.random()}`,
    detectorName,
    transport,
    decodes: ['lz4', 'zstd', 'jpeg'],
  })
  return seen
}

const types = () => events.map(({ type }) => type)

describe('LiveViewController', () => {
  it('starts the first camera when none is named, and streams by the default protocol', async () => {
    await open()
    const { frames } = watch()
    const result = await engine.liveView.startLiveView({})
    expect(result).toMatchObject({
      status: 'started',
      stream: { detectorName: 'test-camera', protocol: 'binary' },
    })
    await eventually('frames', () => frames.length > 5)
    expect(frameMessageSchema.parse(frames[0])).toMatchObject({
      pixelsize: 0.5,
      metadata: { width: 64, height: 48, significant_bits: 12 },
    })
    expect(types()).toContain('streamStarted')
    expect(engine.devices.camera().acquiring).toBe(true)
    expect(await engine.liveView.stopLiveView({})).toEqual({
      status: 'stopped',
      detectorName: 'test-camera',
      protocol: 'binary',
    })
    expect(engine.devices.camera().acquiring).toBe(false)
    expect(await engine.liveView.stopLiveView({})).toMatchObject({ status: 'not_running' })
  })

  it('says that a stream runs already, and refuses another protocol by name', async () => {
    await open()
    await engine.liveView.startLiveView({ protocol: 'jpeg' })
    expect(await engine.liveView.startLiveView({ protocol: 'jpeg' })).toMatchObject({
      status: 'already_running',
    })
    await expect(engine.liveView.startLiveView({ protocol: 'binary' })).rejects.toMatchObject({
      code: 'PROTOCOL_IN_USE',
      message: 'Test camera already streams by jpeg',
    })
    await expect(engine.liveView.startLiveView({ protocol: 'webrtc' })).rejects.toMatchObject({
      // Where the optional WebRTC library is not installed, that comes first.
      code: webrtcAvailable() ? 'PROTOCOL_IN_USE' : 'PROTOCOL_UNAVAILABLE',
    })
    await expect(engine.liveView.startLiveView({ detectorName: 'nope' })).rejects.toMatchObject({
      code: 'UNKNOWN_DEVICE',
    })
  })

  it('streams by two protocols at once when sharing is concurrent', async () => {
    await open()
    engine.settings.change({ sharing: 'concurrent' })
    await engine.liveView.startLiveView({ protocol: 'jpeg' })
    await engine.liveView.startLiveView({ protocol: 'binary' })
    expect(engine.liveView.getActiveStreams().map(({ protocol }) => protocol)).toEqual(['jpeg', 'binary'])
    await engine.liveView.stopLiveView({})
    expect(engine.liveView.getActiveStreams()).toEqual([])
    expect(engine.devices.camera().acquiring).toBe(false)
  })

  it('two starts at the same moment make one stream', async () => {
    await open()
    const results = await Promise.all([engine.liveView.startLiveView({}), engine.liveView.startLiveView({})])
    expect(results.map(({ status }) => status).sort()).toEqual(['already_running', 'started'])
  })

  it('a stop that names no detector stops a start under way', async () => {
    await open()
    const [started, stopped] = await Promise.all([
      engine.liveView.startLiveView({}),
      engine.liveView.stopLiveView({}),
    ])
    expect([started.status, stopped.status]).toEqual(['started', 'stopped'])
    expect(engine.liveView.getActiveStreams()).toEqual([])
  })

  it('a locked setting waits for a start under way', async () => {
    await open()
    await Promise.all([
      engine.liveView.startLiveView({}),
      engine.devices.setProperty('test-camera', 'binning', '2x2'),
    ])
    expect(engine.devices.camera().acquiring).toBe(true)
  })

  it('shows each triggered frame, also the first after the camera was stopped for a setting', async () => {
    await open()
    const { frames } = watch()
    await engine.devices.setProperty('test-camera', 'triggerMode', 'software')
    await engine.liveView.startLiveView({ params: { frameRate: 100 } })
    await eventually('a viewer', () => engine.liveView.getDiagnostics({})[0]?.network.viewers === 1)
    await engine.devices.trigger('test-camera')
    await eventually('the first frame', () => frames.length === 1)
    await engine.devices.setProperty('test-camera', 'binning', '2x2')
    await engine.devices.trigger('test-camera')
    await eventually('the second frame', () => frames.length === 2)
    expect(frames.map(({ metadata }) => metadata.sequence)).toEqual([0, 0])
  })

  it('shows a frame that was triggered before the stream was ready for it', async () => {
    await open()
    const { frames } = watch()
    await engine.devices.setProperty('test-camera', 'triggerMode', 'software')
    for (const exposure of [1, 2]) {
      await engine.liveView.startLiveView({})
      await engine.devices.trigger('test-camera')
      await eventually('the frame', () => frames.length === exposure)
      await engine.liveView.stopLiveView({})
    }
    // Not one of the run before.
    expect(frames.map(({ metadata }) => metadata.sequence)).toEqual([0, 0])
  })

  it('does not stop a camera that somebody else uses', async () => {
    await open()
    const lease = await engine.devices.acquire('test-camera', { owner: 'a recording' })
    await engine.liveView.startLiveView({})
    await engine.liveView.stopLiveView({})
    expect(engine.devices.camera().acquiring).toBe(true)
    await lease.release()
  })

  it('is interrupted for a setting that the camera cannot change while it acquires; a recording is not', async () => {
    await open()
    const { frames } = watch()
    await engine.liveView.startLiveView({ params: { frameRate: 200 } })
    await eventually('frames', () => frames.length > 2)
    await engine.devices.setProperty('test-camera', 'binning', '2x2')
    await eventually('binned frames', () => frames.at(-1)?.metadata.width === 32)
    expect(types()).not.toContain('streamStopped')
    const lease = await engine.devices.acquire('test-camera', { owner: 'a recording' })
    await expect(engine.devices.setProperty('test-camera', 'binning', '1x1')).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: expect.stringContaining('a recording'),
    })
    await lease.release()
  })

  it('sends every camera frame at most once, in order', async () => {
    await open({ frameRate: 50 })
    const { frames } = watch()
    await engine.liveView.startLiveView({ params: { frameRate: 60 } })
    await eventually('frames', () => frames.length >= 40)
    const sequences = frames.map(({ metadata }) => metadata.sequence)
    expect(sequences).toEqual([...new Set(sequences)].sort((a, b) => a - b))
  })

  it('changes parameters of a running stream', async () => {
    await open({ width: 64, height: 48 })
    const { frames } = watch()
    await engine.liveView.startLiveView({ params: { frameRate: 200 } })
    engine.liveView.setStreamParams({ params: { subsampling: 2, compression: 'zstd' } })
    await eventually('smaller frames', () => frames.at(-1)?.metadata.width === 32)
    expect(frames.at(-1)).toMatchObject({ pixelsize: 1, metadata: { compression: 'zstd', height: 24 } })
    engine.liveView.setStreamParams({ params: { subsampling: 1, cropSize: 16 } })
    await eventually('a cut-out', () => frames.at(-1)?.metadata.width === 16)
    expect(frames.at(-1)?.metadata).toMatchObject({ crop_x: 24, crop_y: 16, original_width: 64 })
    expect(types().filter((type) => type === 'streamStopped')).toEqual([])
  })

  it('refuses parameters that are out of range or of another protocol, and keeps the old ones', async () => {
    await open()
    await engine.liveView.startLiveView({ protocol: 'jpeg', params: { quality: 60 } })
    expect(() => engine.liveView.setStreamParams({ params: { quality: 101 } })).toThrow('quality')
    expect(() => engine.liveView.setStreamParams({ params: { level: 3 } })).toThrow('level')
    expect(() => engine.liveView.setStreamParams({ params: { windowLow: 10, windowHigh: 5 } })).toThrow(
      'windowHigh',
    )
    expect(engine.liveView.getStreamParams({})).toMatchObject({ protocol: 'jpeg', quality: 60 })
  })

  it('remembers the last parameters of each protocol, and carries rate and geometry over', async () => {
    await open()
    await engine.liveView.startLiveView({ protocol: 'jpeg', params: { quality: 55, subsampling: 4 } })
    await engine.liveView.stopLiveView({})
    expect(engine.liveView.getStreamParams({})).toMatchObject({ protocol: 'jpeg', quality: 55 })
    expect(engine.liveView.getStreamParams({ protocol: 'binary' })).toMatchObject({
      subsampling: 4,
      compression: 'lz4',
    })
  })

  it('refuses a long exposure unless forced, and stops a stream whose exposure becomes long', async () => {
    await open()
    await engine.devices.setProperty('test-camera', 'exposureMs', 3000)
    await eventually('the exposure', () => engine.liveView.getLongExposureInfo({}).isLongExposure)
    expect(await engine.liveView.startLiveView({})).toMatchObject({
      status: 'long_exposure',
      exposureMs: 3000,
      thresholdMs: 2000,
    })
    expect(await engine.liveView.startLiveView({ force: true })).toMatchObject({ status: 'started' })
    await engine.liveView.stopLiveView({})
    await engine.devices.setProperty('test-camera', 'exposureMs', 10)
    await eventually('the exposure', () => !engine.liveView.getLongExposureInfo({}).isLongExposure)
    await engine.liveView.startLiveView({})
    await engine.devices.setProperty('test-camera', 'exposureMs', 5000)
    await eventually('the stop', () =>
      events.some((event) => event.type === 'streamStopped' && event.reason === 'long_exposure'),
    )
  })

  it('does not encode while nobody watches, and counts that', async () => {
    await open()
    await engine.liveView.startLiveView({ params: { frameRate: 1000 } })
    const stats = await eventually('statistics', () =>
      engine.liveView.getDiagnostics({}).find(({ encoder }) => encoder.noViewer > 40),
    )
    expect(stats.encoder.frames).toBe(0)
  })

  it('obeys the engine’s signals, and tells the engine of frames', async () => {
    await open()
    const ready: string[] = []
    engine.liveView.on((event) => {
      if (event.type === 'frameReady') ready.push(event.detectorName)
    })
    watch()
    engine.signals.emit({ type: 'startLiveAcquisition' })
    await eventually('frameReady', () => ready.includes('test-camera'))
    engine.signals.emit({ type: 'stopLiveAcquisition' })
    await eventually('the end', () => types().includes('streamStopped'))
  })

  it('ends the stream of a lost camera and goes on when it is back', async () => {
    await open({ fault: 'lost-while-running', frameRate: 5 })
    const { frames } = watch()
    await engine.liveView.startLiveView({})
    await eventually('the loss', () =>
      events.some((event) => event.type === 'streamStopped' && event.reason === 'failed'),
    )
    const before = frames.length
    await eventually('the return', () => types().filter((type) => type === 'streamStarted').length > 1)
    await eventually('frames again', () => frames.length > before)
  })
})
