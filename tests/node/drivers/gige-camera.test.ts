/** The GigE Vision driver, as a user meets it, with the simulator of this project. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import driver from '../../../drivers/gige-vision/index.ts'
import type { GigeSimulator } from '../../../drivers/gige-vision/simulator/gige-simulator.ts'
import type { GigeSimulatorOptions } from '../../../drivers/gige-vision/simulator/simulator-options.ts'
import { startGigeSimulator } from '../../../drivers/gige-vision/simulator/start-gige-simulator.ts'
import { MemorySink } from '../../../drivers/sdk/conformance/memory-sink.ts'
import type { CameraDevice, Connection } from '../../../drivers/sdk/driver.ts'
import { DeviceRegistry } from '../../../src-main/devices/device-registry.ts'
import { LiveFrameReader } from '../../../src-main/frames/live-frame-reader.ts'
import type { Alert } from '../../../src-shared/alerts.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { eventually } from '../../fixtures/eventually.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function simulate(options: GigeSimulatorOptions = {}): Promise<GigeSimulator> {
  const simulator = await startGigeSimulator({
    port: 0,
    broadcast: false,
    width: 256,
    height: 256,
    frameRate: 100,
    ...options,
  })
  closing.push(() => simulator.close())
  return simulator
}

async function open(simulator: GigeSimulator, options: Record<string, unknown> = {}) {
  const connection = await driver.open(simulator.address, {
    port: simulator.port,
    heartbeatTimeoutMs: 12_000,
    ...options,
  })
  let closed: Promise<void> | undefined
  const close = () => (closed ??= connection.close())
  closing.push(close)
  return { connection, camera: cameraOf(connection), close }
}

function cameraOf({ devices }: Connection): CameraDevice {
  const camera = devices.find((device): device is CameraDevice => device.description.kind === 'camera')
  if (camera === undefined) throw new Error('There is no camera')
  return camera
}

function value(camera: CameraDevice, name: string) {
  return camera.properties().find((property) => property.name === name)?.value
}

async function started(camera: CameraDevice): Promise<MemorySink> {
  const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes })
  await camera.start(sink)
  return sink
}

/** Waits until so many frames came, then stops. */
async function frames(camera: CameraDevice, count: number): Promise<MemorySink> {
  const sink = await started(camera)
  await eventually(`${count} frames`, () => sink.frames.length >= count)
  await camera.stop()
  return sink
}

/** An engine's devices with the simulator's camera among them, and the alerts that are up. */
async function inRegistry(simulator: GigeSimulator) {
  const raised: Omit<Alert, 'since'>[] = []
  const registry = new DeviceRegistry({
    connections: [
      {
        id: 'gige',
        title: 'GigE camera',
        worker: {
          driverUrl: new URL('../../../drivers/gige-vision/index.ts', import.meta.url).href,
          address: simulator.address,
          options: { port: simulator.port, heartbeatTimeoutMs: 6000 },
        },
      },
    ],
    alerts: {
      raise: (alert) => raised.push(alert),
      clear: (id) => {
        for (const alert of raised.filter((one) => one.id === id)) raised.splice(raised.indexOf(alert), 1)
      },
    },
  })
  closing.push(() => registry.close())
  await registry.open()
  const [camera] = registry.devices()
  if (camera === undefined) throw new Error('There is no camera')
  return { registry, cameraId: camera.id, raised }
}

async function failure(promise: Promise<unknown>): Promise<CoverslipError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof CoverslipError) return error
  throw new Error(`Not a CoverslipError: ${String(error)}`)
}

describe('lost packets', () => {
  test.each([false, true])('come again when asked for (extended ids: %s)', async (extendedIds) => {
    const simulator = await simulate({
      extendedIds,
      frameRate: 40,
      keptBlocks: 64,
      link: { loss: 0.02, reorder: 0.02, duplicate: 0.02 },
    })
    const { camera } = await open(simulator, { packetSize: 1400 })
    await frames(camera, 40)
    // How many frames are complete depends on the machine's time while the camera runs by itself: that is tested frame
    // by frame in gige-lossy-link.test.ts, and measured in bench/gige.ts.
    const health = camera.health?.()
    expect(health?.resentPackets).toBeGreaterThan(0)
    // Of those that the resent ones are a share of: at least those of the frames that came.
    expect(health?.packets).toBeGreaterThanOrEqual(48 * (health?.frames ?? Number.NaN))
  })

  test('that cannot come again leave frames incomplete: dropped, or delivered and flagged', async () => {
    const simulator = await simulate({ resend: false, link: { loss: 0.02 } })
    const { camera } = await open(simulator, { packetSize: 1400, incompleteFrames: 'deliver' })
    const delivered = await frames(camera, 20)
    expect(delivered.frames.some(({ info }) => info.incomplete === true)).toBe(true)
    await camera.setProperty('incompleteFrames', 'drop')
    const dropped = await frames(camera, 5)
    expect(dropped.frames.every(({ info }) => info.incomplete === undefined)).toBe(true)
    expect(camera.health?.()).toMatchObject({ resendRequests: 0 })
  })
})

describe('packet size', () => {
  test('is the largest that arrives', async () => {
    const simulator = await simulate({ link: { mtu: 4000 } })
    const { camera } = await open(simulator)
    await frames(camera, 1)
    expect(value(camera, 'GevSCPSPacketSize')).toBe(3072)
  })

  test('is the one that the user gave', async () => {
    const { camera } = await open(await simulate(), { packetSize: 1000 })
    await frames(camera, 1)
    expect(value(camera, 'GevSCPSPacketSize')).toBe(1000)
  })
})

describe('the description', () => {
  test('is fetched from memory, from a file and by HTTP', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coverslip-gige-'))
    closing.push(() => rm(folder, { recursive: true }))
    const places = [
      { by: 'memory' },
      { by: 'zipped-memory' },
      { by: 'file', path: join(folder, 'camera.xml') },
      { by: 'http' },
    ] as const
    for (const xml of places) {
      const simulator = await simulate({ xml })
      const { camera, close } = await open(simulator)
      expect(value(camera, 'SensorWidth')).toBe(256)
      await close()
      await simulator.close()
    }
  })
})

describe('properties', () => {
  test('follow each other and the camera', async () => {
    const { camera } = await open(await simulate())
    let announced = 0
    camera.onPropertiesChanged(() => {
      announced += 1
    })
    await camera.setProperty('binning', '2x2')
    expect([value(camera, 'roiWidth'), value(camera, 'WidthMax')]).toEqual([128, 128])
    expect(announced).toBeGreaterThan(0)
    await camera.setProperty('pixelFormat', 'Mono12')
    // Of the three ways to send it the smallest.
    expect(value(camera, 'PixelFormat')).toMatch(/^Mono12(p|Packed)$/)
    const before = value(camera, 'Timestamp')
    await eventually('a value that polls has changed', () => value(camera, 'Timestamp') !== before)
  })

  test('that move something are set when it has arrived', async () => {
    const { camera } = await open(await simulate())
    await camera.setProperty('StageZ', 50)
    expect(value(camera, 'StageZ')).toBeCloseTo(50, 3)
    await camera.setProperty('Filter', 'DAPI')
    expect(value(camera, 'Filter')).toBe('DAPI')
  })

  test('that are locked while acquiring are so, and free again afterwards', async () => {
    const { camera } = await open(await simulate())
    const sink = await started(camera)
    await eventually('a frame', () => sink.frames.length > 0)
    expect((await failure(camera.setProperty('pixelFormat', 'Mono16'))).code).toBe('PROPERTY_READ_ONLY')
    await camera.setProperty('exposureMs', 2)
    await eventually('a frame with the new exposure', () => sink.frames.at(-1)?.info.exposureMs === 2)
    await camera.stop()
    await camera.setProperty('pixelFormat', 'Mono16')
    expect((await frames(camera, 1)).frames[0]?.info.pixelFormat).toBe('Mono16')
  })

  test('refused by the camera say why', async () => {
    const simulator = await simulate()
    const { camera } = await open(simulator)
    await simulator.fault({ kind: 'refuse', status: 0x8007, count: 1 })
    const error = await failure(camera.setProperty('exposureMs', 3))
    expect(error).toMatchObject({ code: 'DEVICE_FAILED', data: { status: 'busy' } })
    expect(error.message).toContain('Microscope camera (127.0.0.1) is busy')
  })

  test('of a camera that takes its time (PENDING_ACK) are set', async () => {
    const { camera } = await open(await simulate({ pendingAckMs: 700 }))
    await camera.setProperty('gain', 6)
    expect(value(camera, 'gain')).toBe(6)
  })
})

test('chunks come beside whole images', async () => {
  const { camera } = await open(await simulate())
  await camera.setProperty('TestPattern', 'White')
  await camera.setProperty('ChunkModeActive', true)
  const { frames: received, faults } = await frames(camera, 3)
  expect(faults).toEqual([])
  expect(received.length).toBeGreaterThanOrEqual(3)
  expect(String(value(camera, 'chunks'))).toMatch(/^0x\w+: \d+ bytes/)
})

describe('bad cameras', () => {
  test('where nobody answers, opening says so', async () => {
    const simulator = await simulate()
    await simulator.unplug()
    expect(await failure(driver.open('127.0.0.1', { port: simulator.port }))).toMatchObject({
      code: 'DEVICE_TIMEOUT',
      hint: expect.stringContaining('power and cable'),
    })
  })

  test('a camera that another program controls is not taken', async () => {
    const simulator = await simulate()
    await open(simulator)
    expect(await failure(driver.open('127.0.0.1', { port: simulator.port }))).toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      hint: expect.stringContaining('other program'),
    })
  })

  test.each([{ kind: 'lose-control' }, { kind: 'reboot', downMs: 0 }] as const)(
    'a camera that $kind is told as lost',
    async (fault) => {
      const simulator = await simulate()
      const { connection, camera } = await open(simulator, { heartbeatTimeoutMs: 3000 })
      const lost = new Promise<Error>((resolve) => connection.onLost?.(resolve))
      await started(camera)
      await simulator.fault(fault)
      expect((await lost).message).toContain('Control of Microscope camera (127.0.0.1) was lost')
      expect((await failure(camera.start(new MemorySink({ maxFrameBytes: 1 })))).code).toBe(
        'DEVICE_UNAVAILABLE',
      )
    },
  )

  test('an announced 65535 × 65535, half frames and garbage are told or dropped, and frames go on', async () => {
    const simulator = await simulate()
    const { camera } = await open(simulator)
    const sink = await started(camera)
    await eventually('a frame', () => sink.frames.length > 0)
    await simulator.fault({ kind: 'announce-size', width: 65_535, height: 65_535, frames: 2 })
    await eventually('the fault is told', () => sink.faults.length > 0)
    expect(sink.faults[0]?.message).toContain('65535 × 65535')
    await simulator.fault({ kind: 'half-frame', frames: 2 })
    await simulator.fault({ kind: 'garbage', packets: 3000 })
    await simulator.setLink({ corrupt: 0.02 })
    const before = sink.frames.length
    await eventually('frames go on', () => sink.frames.length > before + 30)
    await camera.stop()
    expect(sink.faults).toHaveLength(1)
    expect(sink.violations).toEqual([])
  })

  test('wrong options and addresses are named', async () => {
    expect((await failure(driver.open('127.0.0.1', { packetSize: 3 }))).message).toContain('packetSize')
    expect((await failure(driver.open('127.0.0.1', { colour: 1 }))).message).toContain('"colour"')
    expect((await failure(driver.open('camera.local', {}))).message).toContain('camera.local')
  })
})

test('in the registry an unplugged camera gives an alert, and is live again when it is back', async () => {
  const simulator = await simulate()
  const { registry, cameraId, raised } = await inRegistry(simulator)
  await registry.acquire(cameraId, { owner: 'test' })
  await simulator.unplug()
  await eventually('an alert', () => raised.some(({ message }) => message.includes('does not answer')))
  await simulator.replug()
  await eventually('it is ready again', () => registry.devices()[0]?.status.state === 'ready')
  await expect.poll(() => raised).toEqual([])
  await registry.acquire(cameraId, { owner: 'test' })
})

test('in the registry a live view goes on with what the camera locks while it streams changed', async () => {
  const { registry, cameraId } = await inRegistry(await simulate())
  const named = (name: string) =>
    registry.device(cameraId).properties.find((property) => property.name === name)
  const names = ['pixelFormat', 'PixelFormat', 'roiWidth', 'BinningHorizontal', 'ChunkModeActive']
  const atRest = names.map(named)
  await registry.acquire(cameraId, { owner: 'live view', interruptible: true })
  const reader = new LiveFrameReader(registry.ring(cameraId))
  await eventually('a frame', () => reader.look()?.info.width === 256)
  await eventually('the locks are told', () => named('PixelFormat')?.lockedWhileAcquiring === true)
  // With the limits and options from before.
  expect(names.map(named)).toEqual(
    atRest.map((property) => ({ ...property, readOnly: false, lockedWhileAcquiring: true })),
  )
  expect(named('SensorWidth')).toMatchObject({ readOnly: true, lockedWhileAcquiring: false })
  expect(named('exposureMs')).toMatchObject({ readOnly: false, lockedWhileAcquiring: false })

  await registry.setProperty(cameraId, 'pixelFormat', 'Mono16')
  await eventually('the new pixel format', () => reader.look()?.info.pixelFormat === 'Mono16')
  await registry.setProperty(cameraId, 'roiWidth', 128)
  await eventually('the new width', () => reader.look()?.info.width === 128)
  // One of the camera's own.
  await registry.setProperty(cameraId, 'ChunkModeActive', true)
  await eventually('it is told', () => named('ChunkModeActive')?.value === true)
  reader.look()
  await eventually('frames go on', () => reader.look() !== undefined)
  expect(registry.device(cameraId).acquiring).toBe(true)
})
