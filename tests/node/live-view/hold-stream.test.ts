import { afterEach, describe, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { LiveViewController } from '../../../src-main/live-view/live-view-controller.ts'
import type { LiveViewEvent } from '../../../src-main/live-view/live-view-events.ts'
import { StreamMemory } from '../../../src-main/live-view/stream-memory.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { FakeClock } from '../../fixtures/fake-clock.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import type { TestDriverOptions } from '../../fixtures/test-driver.ts'

let engine: Engine
/** On the engine's devices, in the test's own time. */
let liveView: LiveViewController
let memory: StreamMemory
let clock: FakeClock
let events: LiveViewEvent[]

async function open(options: TestDriverOptions = {}): Promise<void> {
  engine = await createEngine({
    connections: [testConnection(options)],
    backOff: { firstMs: 50, mostMs: 100 },
  })
  clock = new FakeClock()
  memory = new StreamMemory({ streamParams: {}, lastProtocol: {} }, () => undefined)
  liveView = new LiveViewController({
    registry: engine.devices,
    hub: engine.frames,
    alerts: engine.alerts,
    memory,
    settings: () => engine.settings.settings,
    after: clock.after,
  })
  events = []
  liveView.on((event) => events.push(event))
}
afterEach(async () => {
  await liveView.close()
  await engine.close()
})

const hold = () => liveView.holdStream({ protocol: 'mjpeg' })
const running = () => liveView.getActiveStreams()
/** Longer than streams linger for viewers who come back. */
const lingerMs = 2500
const stops = () => events.flatMap((event) => (event.type === 'streamStopped' ? [event.reason] : []))
const starts = () => events.filter(({ type }) => type === 'streamStarted').length

/** What was asked for until now has been done: starts and stops of a detector follow each other. */
const itsTurn = () => liveView.stopLiveView({ protocol: 'jpeg' })

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
    clock.pass(1500)
    expect(running()).toHaveLength(1)
    clock.pass(lingerMs)
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
    clock.pass(lingerMs)
    await itsTurn()
    expect(running()).toHaveLength(1)
    expect(stops()).toEqual([])
    second.release()
  })

  it('leaves a stream alone that was started by a request', async () => {
    await open()
    await liveView.startLiveView({ protocol: 'mjpeg' })
    const viewer = await hold()
    viewer.release()
    clock.pass(lingerMs)
    await itsTurn()
    expect(running()).toMatchObject([{ startedBy: 'request' }])
  })

  it('that somebody starts, too, stays without viewers and is what is started next time', async () => {
    await open()
    const viewer = await hold()
    expect(memory.lastProtocol('test-camera')).toBeUndefined()
    expect(await liveView.startLiveView({ protocol: 'mjpeg', force: true })).toMatchObject({
      status: 'already_running',
      stream: { startedBy: 'request' },
    })
    expect(events.filter(({ type }) => type === 'streamChanged')).toMatchObject([
      { stream: { protocol: 'mjpeg', startedBy: 'request' } },
    ])
    expect(memory.lastProtocol('test-camera')).toBe('mjpeg')
    viewer.release()
    clock.pass(lingerMs)
    await itsTurn()
    await engine.devices.setProperty('test-camera', 'exposureMs', 3000)
    await eventually('the exposure', () => liveView.getLongExposureInfo({}).isLongExposure)
    await itsTurn()
    expect(running()).toMatchObject([{ protocol: 'mjpeg', startedBy: 'request' }])
    expect(stops()).toEqual([])
  })

  it('is refused where another protocol streams, by name, unless sharing is concurrent', async () => {
    await open()
    await liveView.startLiveView({ protocol: 'jpeg' })
    await expect(hold()).rejects.toMatchObject({
      code: 'PROTOCOL_IN_USE',
      message: 'Test camera already streams by jpeg',
      data: { protocol: 'jpeg' },
    })
    engine.settings.change({ sharing: 'concurrent' })
    const viewer = await hold()
    expect(running().map(({ protocol }) => protocol)).toEqual(['jpeg', 'mjpeg'])
    viewer.release()
    clock.pass(lingerMs)
    await eventually('the stop of one', () => running().length === 1)
    expect(running()).toMatchObject([{ protocol: 'jpeg' }])
  })

  it('is refused at a long exposure, and of a camera that is not there', async () => {
    await open()
    await engine.devices.setProperty('test-camera', 'exposureMs', 3000)
    await eventually('the exposure', () => liveView.getLongExposureInfo({}).isLongExposure)
    await expect(hold()).rejects.toMatchObject({ code: 'LONG_EXPOSURE' })
    await expect(liveView.holdStream({ detectorName: 'nope', protocol: 'mjpeg' })).rejects.toMatchObject({
      code: 'UNKNOWN_DEVICE',
    })
    expect(running()).toEqual([])
  })

  it('ends, with an alert, when the camera does not stop', async () => {
    await open({ fault: 'throw-on-stop' })
    const viewer = await hold()
    viewer.release()
    clock.pass(lingerMs)
    await eventually('the stop', () => stops().length === 1)
    const alert = await eventually('an alert', () => engine.alerts.list()[0])
    expect(alert).toMatchObject({
      id: 'encoder:test-camera:mjpeg',
      severity: 'error',
      message: 'The live view of Test camera did not end properly: The shutter is stuck open',
    })
    expect(running()).toEqual([])
    await liveView.startLiveView({ protocol: 'mjpeg' })
    expect(engine.alerts.list()).toEqual([])
    await expect(liveView.stopLiveView({})).rejects.toThrow('The shutter is stuck open')
    expect(stops()).toEqual(['no_viewer', 'request'])
  })

  it('resumes several streams of a camera that was lost and came back', async () => {
    // So slow that both can be running before it is lost again.
    await open({ fault: 'lost-while-running', frameRate: 20 })
    engine.settings.change({ sharing: 'concurrent' })
    const lost = () => stops().filter((reason) => reason === 'failed').length
    // The camera may be lost between the two starts.
    await Promise.allSettled([liveView.startLiveView({ protocol: 'binary' }), hold()])
    await eventually('both have been lost and resumed', () => lost() >= 2 && running().length === 2)
    expect(
      running()
        .map(({ protocol, startedBy }) => `${protocol} by ${startedBy}`)
        .sort(),
    ).toEqual(['binary by request', 'mjpeg by viewer'])
  })
})
