import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { CameraLeases } from '../../../src-main/devices/camera-leases.ts'
import { DeviceRegistry } from '../../../src-main/devices/device-registry.ts'
import type { RegistryEvent } from '../../../src-main/devices/managed-connections.ts'
import { AlertBoard } from '../../../src-main/engine/alert-board.ts'
import { LiveFrameReader } from '../../../src-main/frames/live-frame-reader.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { testConnection } from '../../fixtures/test-connection.ts'
import type { TestDriverOptions } from '../../fixtures/test-driver.ts'

/** For what does not hang; a test about a driver that does has its own. */
const patient = { openMs: 60_000, callMs: 60_000, moveMs: 60_000, busyMs: 60_000 }
const backOff = { firstMs: 100, mostMs: 400 }

let registry: DeviceRegistry
let alerts: AlertBoard
let events: RegistryEvent[]

const open = (...drivers: TestDriverOptions[]) => openWithin({}, ...drivers)

async function openWithin(limits: Partial<typeof patient>, ...drivers: TestDriverOptions[]) {
  alerts = new AlertBoard()
  events = []
  registry = new DeviceRegistry({
    connections: drivers.map((options, index) =>
      testConnection(options, `test-${index}`, index === 0 ? '' : `other-${index}.`),
    ),
    alerts,
    limits: { ...patient, ...limits },
    backOff,
  })
  registry.on((event) => events.push(event))
  await registry.open()
}

afterEach(async () => {
  vi.useRealTimers()
  await registry.close()
})

const camera = () => registry.device('test-camera')
const alertIds = () => alerts.list().map(({ id }) => id)

describe('DeviceRegistry', () => {
  it('opens devices and finds them by id and by name', async () => {
    await open({})
    expect(registry.devices().map(({ id }) => id)).toEqual(['test-camera', 'test-stage', 'test-light'])
    expect(registry.camera().id).toBe('test-camera')
    expect(registry.camera('Test camera').status).toEqual({ state: 'ready' })
    expect(() => registry.camera('Test stage')).toThrow('There is no camera "Test stage"')
    expect(() => registry.device('nope')).toThrow('There is no device "nope"')
  })

  it('sets properties and tells of the change', async () => {
    await open({})
    await registry.setProperty('test-camera', 'exposureMs', 25)
    await eventually(
      'the new exposure',
      () => camera().properties.find(({ name }) => name === 'exposureMs')?.value === 25,
    )
    expect(events.some((event) => event.type === 'deviceChanged')).toBe(true)
  })

  it.each([
    ['exposureMs', 0, 'OUT_OF_RANGE'],
    ['exposureMs', Number.NaN, 'INVALID_INPUT'],
    ['exposureMs', 'long', 'INVALID_INPUT'],
    ['triggerMode', 'never', 'OUT_OF_RANGE'],
    ['temperature', 5, 'PROPERTY_READ_ONLY'],
    ['exposre', 5, 'UNKNOWN_PROPERTY'],
  ])('refuses %s = %s with %s', async (property, value, code) => {
    await open({})
    const failure = registry.setProperty('test-camera', property, value)
    await expect(failure).rejects.toMatchObject({
      code,
      message: expect.stringContaining(property === 'exposre' ? 'Test camera' : ''),
    })
  })

  it('moves the stage within its travel', async () => {
    await open({})
    expect(await registry.moveStage('test-stage', { x: 10, y: -5 }, 'absolute')).toEqual({ x: 10, y: -5 })
    expect(await registry.moveStage('test-stage', { x: 5 }, 'relative')).toEqual({ x: 15, y: -5 })
    await Promise.all([
      registry.moveStage('test-stage', { x: 1 }, 'relative'),
      registry.moveStage('test-stage', { x: 1 }, 'relative'),
    ])
    expect(registry.device('test-stage').position).toEqual({ x: 17, y: -5 })
    await expect(registry.moveStage('test-stage', { x: 90 }, 'relative')).rejects.toMatchObject({
      code: 'OUT_OF_RANGE',
      hint: 'It goes from -100 to 100 µm.',
    })
    await expect(registry.moveStage('test-stage', { z: 1 }, 'absolute')).rejects.toThrow('no z axis')
    await expect(registry.moveStage('test-camera', { x: 1 }, 'absolute')).rejects.toThrow('not a stage')
  })

  it('applies presets', async () => {
    await open({})
    await registry.applyPreset('Channel', 'BF')
    expect(registry.device('test-light').properties[0]?.value).toBe(true)
    await expect(registry.applyPreset('Channel', 'GFP')).rejects.toMatchObject({
      hint: 'There are: Channel/BF.',
    })
  })

  it('runs the camera while anybody holds a lease', async () => {
    await open({})
    const [first, second] = await Promise.all([
      registry.acquire('test-camera', { owner: 'a' }),
      registry.acquire('test-camera', { owner: 'b' }),
    ])
    const reader = new LiveFrameReader(registry.ring('test-camera'))
    await reader.wait()
    await first.release()
    await first.release()
    expect(camera().acquiring).toBe(true)
    await second.release()
    expect(camera().acquiring).toBe(false)
    reader.look()
    const frames = reader.take(() => undefined)
    expect(frames).toBeDefined()
    expect(reader.look()).toBeUndefined()
  })
})

describe('A faulty driver', () => {
  it('that throws when opened becomes an alert, is tried again, and keeps nobody else from working', async () => {
    await open({ fault: 'throw-on-open' }, {})
    expect(alerts.list()[0]).toMatchObject({
      id: 'connection:test-0',
      message: 'Test microscope: No such port COM7',
      hint: 'Choose another port.',
    })
    expect(registry.camera().status.state).toBe('ready')
  })

  it('that hangs when opened is given up', async () => {
    await openWithin({ openMs: 2000 }, { fault: 'hang-on-open' })
    expect(alerts.list()[0]?.message).toContain('did not open its device within 2 s')
  })

  it('that describes its devices wrongly is refused', async () => {
    await open({ fault: 'bad-description' })
    await eventually('the alert', () => alerts.list()[0]?.message.includes('describes its devices wrongly'))
  })

  it('that throws on start says why, and the lease is not held', async () => {
    await open({ fault: 'throw-on-start' })
    await expect(registry.acquire('test-camera', { owner: 'test' })).rejects.toMatchObject({
      message: 'The shutter is stuck',
      hint: 'Oil it.',
    })
    expect(camera().acquiring).toBe(false)
  })

  it('that delivers more than it announced cannot start', async () => {
    await open({ fault: 'frame-too-large' })
    await expect(registry.acquire('test-camera', { owner: 'test' })).rejects.toThrow(
      'announced at most 64 bytes',
    )
  })

  it.each(['hang-on-start', 'spin-on-start'] as const)('with %s is restarted', async (fault) => {
    await openWithin({ callMs: 3000, busyMs: 3000 }, { fault }, {})
    await expect(registry.acquire('test-camera', { owner: 'test' })).rejects.toMatchObject({
      code: 'DEVICE_TIMEOUT',
    })
    expect(alertIds()).toContain('connection:test-0')
    await eventually('reconnected', () => !alertIds().includes('connection:test-0'))
  })

  it('that works for longer than it may stand idle is not one', async () => {
    await openWithin({ callMs: 2000 }, { fault: 'work-on-start' })
    const lease = await registry.acquire('test-camera', { owner: 'test' })
    expect(camera().acquiring).toBe(true)
    expect(alertIds()).toEqual([])
    await lease.release()
  })

  it('that is lost while it is asked to stop has stopped', async () => {
    let lose: (error: Error) => void = () => undefined
    const leases = new CameraLeases({
      id: 'camera',
      start: async () => undefined,
      stop: () =>
        new Promise((_resolve, reject) => {
          lose = reject
        }),
    })
    const lease = await leases.acquire({ owner: 'test' })
    const released = lease.release()
    await setImmediate()
    lose(new Error('Cable pulled'))
    leases.revoke()
    await expect(released).resolves.toBeUndefined()
    const again = (await leases.acquire({ owner: 'test' })).release()
    await setImmediate()
    lose(new Error('Stuck'))
    await expect(again).rejects.toThrow('Stuck')
  })

  it.each(['throw-while-running', 'lost-while-running'] as const)(
    'with %s is reported and reconnected',
    async (fault) => {
      await open({ fault })
      await registry.acquire('test-camera', { owner: 'test' }).catch(() => undefined)
      const status = await eventually('the loss', () =>
        events.find((event) => event.type === 'deviceChanged' && event.device.status.state === 'error'),
      )
      expect(status).toMatchObject({ device: { acquiring: false } })
      await eventually('reconnected', () =>
        registry.devices().every((device) => device.status.state === 'ready'),
      )
      await expect.poll(alertIds).not.toContain('connection:test-0')
    },
  )

  it('that hangs while its camera stands still for a setting is restarted, and leaves no false alarm', async () => {
    await openWithin({ callMs: 3000 }, { fault: 'hang-on-binning' })
    // Silence is looked for at intervals: in these alone time goes as the test says.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    await registry.acquire('test-camera', { owner: 'test', interruptible: true })
    await expect(registry.setProperty('test-camera', 'binning', '2x2')).rejects.toMatchObject({
      code: 'DEVICE_TIMEOUT',
    })
    await eventually('reconnected', () =>
      registry.devices().every((device) => device.status.state === 'ready'),
    )
    expect(camera().acquiring).toBe(false)
    vi.advanceTimersByTime(60_000)
    expect(alertIds()).toEqual([])
  })

  it('that sends no frames is reported', async () => {
    await open({ fault: 'silent-while-running' })
    const lease = await registry.acquire('test-camera', { owner: 'test' })
    await eventually('the alert', () => alertIds().includes('silent:test-camera'))
    await lease.release()
    expect(alertIds()).toEqual([])
  })

  it('that floods with changes is told from now and then', async () => {
    await open({ fault: 'flood-properties' })
    const lease = await registry.acquire('test-camera', { owner: 'test' })
    const before = events.length
    const reader = new LiveFrameReader(registry.ring('test-camera'))
    // With each frame it tells of 10 000 changes. At 20 a second 2000 would take longer than is waited here.
    await eventually('ten frames', () => (reader.look()?.info.sequence ?? 0) >= 10)
    await eventually('some changes', () => events.length > before + 10)
    expect(events.length - before).toBeLessThan(2000)
    await lease.release()
  })
})
