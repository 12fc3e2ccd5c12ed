import { afterEach, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import type { EngineEvent } from '../../../src-shared/contract/events.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import type { TestDriverOptions } from '../../fixtures/test-driver.ts'

let engine: Engine
let events: EngineEvent[]

async function open(options: TestDriverOptions = {}): Promise<void> {
  engine = await createEngine({
    connections: [testConnection(options)],
    backOff: { firstMs: 50, mostMs: 100 },
  })
  events = []
  engine.on((event) => events.push(event))
}
afterEach(() => engine.close())

const hold = (protocol: 'mjpeg' | 'webrtc' = 'mjpeg') => engine.liveView.holdStream({ protocol })
const running = () => engine.liveView.getActiveStreams()
const stops = () => events.flatMap((event) => (event.type === 'streamStopped' ? [event.reason] : []))
const starts = () => events.filter(({ type }) => type === 'streamStarted').length

describe('holdStream', () => {
  it('starts a stream for the first viewer, shares it, and stops it after the last', async () => {
    await open()
    const [first, second] = await Promise.all([hold(), hold()])
    expect(first.detectorName).toBe('test-camera')
    expect(running()).toMatchObject([{ protocol: 'mjpeg', startedBy: 'viewer' }])
    expect(starts()).toBe(1)
    first.release()
    first.release()
    const third = await hold()
    second.release()
    third.release()
    // It lingers for those who come back at once.
    expect(running()).toHaveLength(1)
    await eventually('the stop', () => stops().length === 1)
    expect(stops()).toEqual(['no_viewer'])
    expect(engine.devices.camera().acquiring).toBe(false)
    expect(starts()).toBe(1)
  })

  it('goes on when a viewer comes back in time', async () => {
    await open()
    const first = await hold()
    first.release()
    const second = await hold()
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(running()).toHaveLength(1)
    expect(stops()).toEqual([])
    second.release()
  })

  it('leaves a stream alone that was started by a request', async () => {
    await open()
    await engine.liveView.startLiveView({ protocol: 'mjpeg' })
    const viewer = await hold()
    viewer.release()
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(running()).toMatchObject([{ startedBy: 'request' }])
  })

  it('is refused where another protocol streams, by name, unless sharing is concurrent', async () => {
    await open()
    await engine.liveView.startLiveView({ protocol: 'jpeg' })
    await expect(hold()).rejects.toMatchObject({
      code: 'PROTOCOL_IN_USE',
      message: 'Test camera already streams by jpeg',
      data: { protocol: 'jpeg' },
    })
    engine.settings.change({ sharing: 'concurrent' })
    const viewer = await hold()
    expect(running().map(({ protocol }) => protocol)).toEqual(['jpeg', 'mjpeg'])
    viewer.release()
    await eventually('the stop of one', () => running().length === 1)
    expect(running()).toMatchObject([{ protocol: 'jpeg' }])
  })

  it('is refused at a long exposure, and of a camera that is not there', async () => {
    await open()
    await engine.devices.setProperty('test-camera', 'exposureMs', 3000)
    await eventually('the exposure', () => engine.liveView.getLongExposureInfo({}).isLongExposure)
    await expect(hold()).rejects.toMatchObject({ code: 'LONG_EXPOSURE' })
    await expect(
      engine.liveView.holdStream({ detectorName: 'nope', protocol: 'mjpeg' }),
    ).rejects.toMatchObject({ code: 'UNKNOWN_DEVICE' })
    expect(running()).toEqual([])
  })

  it('resumes several streams of a camera that was lost and came back', async () => {
    await open({ fault: 'lost-while-running' })
    engine.settings.change({ sharing: 'concurrent' })
    const lost = () => stops().filter((reason) => reason === 'failed').length
    // The camera may be lost between the two starts.
    await Promise.allSettled([engine.liveView.startLiveView({ protocol: 'binary' }), hold()])
    await eventually('both have been lost and resumed', () => lost() >= 2 && running().length === 2)
    expect(
      running()
        .map(({ protocol, startedBy }) => `${protocol} by ${startedBy}`)
        .sort(),
    ).toEqual(['binary by request', 'mjpeg by viewer'])
  })
})
