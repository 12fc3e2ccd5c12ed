import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import indi from '../../../drivers/indi/index.ts'
import { conformanceChecks } from '../../../drivers/sdk/conformance/run-conformance.ts'
import { MemorySink } from '../../../drivers/sdk/conformance/memory-sink.ts'
import type { CameraDevice, Connection, Device, StageDevice } from '../../../drivers/sdk/driver.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { FakeIndiServer, sensor } from '../../fixtures/fake-indi-server.ts'

const waitMs = 20_000
const all = ['Fake Camera', 'Fake Focuser', 'Fake Wheel', 'Fake Panel']

let server: FakeIndiServer
let open: Connection[] = []

beforeEach(async () => {
  server = await FakeIndiServer.start()
})
afterEach(async () => {
  for (const connection of open) await connection.close()
  open = []
  await server.close()
})

async function connect(options: Readonly<Record<string, unknown>> = {}): Promise<Connection> {
  const connection = await indi.open(server.address, { devices: all, ...options })
  open.push(connection)
  return connection
}

function cameraOf({ devices }: Connection): CameraDevice {
  const camera = devices.find((device): device is CameraDevice => device.description.kind === 'camera')
  if (camera === undefined) throw new Error('There is no camera')
  return camera
}

function stageOf({ devices }: Connection): StageDevice {
  const stage = devices.find((device): device is StageDevice => device.description.kind === 'stage')
  if (stage === undefined) throw new Error('There is no stage')
  return stage
}

function deviceOf({ devices }: Connection, kind: string): Device {
  const found = devices.find(({ description }) => description.kind === kind)
  if (found === undefined) throw new Error(`There is no ${kind}`)
  return found
}

function valueOf(device: Device, name: string) {
  return device.properties().find((property) => property.name === name)?.value
}

const newSink = () => new MemorySink({ maxFrameBytes: 2 * sensor.width * sensor.height, keep: 'pixels' })

function lossOf(connection: Connection): Promise<Error> {
  return new Promise((resolve) => connection.onLost?.(resolve))
}

describe('conformance, with a server of our own', () => {
  for (const [index, { name }] of conformanceChecks(indi, { address: '', options: {} }).entries()) {
    test(name, async ({ skip }) => {
      const target = { address: server.address, options: { devices: all } }
      const result = await conformanceChecks(indi, target)[index]?.run()
      if (result?.outcome === 'skipped') skip(result.reason)
    })
  }
})

test('describes devices and properties by what the server says', async () => {
  const { devices } = await connect({ stepUm: 0.5 })
  expect(devices.map(({ description }) => [description.kind, description.id, description.name])).toEqual([
    ['camera', 'fake-camera', 'Fake Camera'],
    ['stage', 'fake-focuser', 'Fake Focuser'],
    ['turret', 'fake-wheel', 'Fake Wheel'],
    ['light', 'fake-panel', 'Fake Panel'],
  ])
  const [camera, focuser, wheel, panel] = devices
  expect(camera?.description).toMatchObject({
    sensorWidth: sensor.width,
    maxFrameBytes: sensor.width * sensor.height * 2,
  })
  expect(focuser?.description).toMatchObject({ axes: { z: { min: 0, max: 1000 } } })
  expect(wheel?.properties()[0]).toMatchObject({
    name: 'position',
    value: 'Red & dark',
    options: ['Red & dark', 'Green', 'Filter 3'],
  })
  expect(panel?.properties().map(({ name }) => name)).toEqual(['on', 'intensity', 'POWER.SUPPLY'])
  expect(panel?.properties()[2]).toMatchObject({
    title: 'Power',
    category: 'Status',
    readOnly: true,
    value: 'Ok',
  })
})

test('frames have the pixels that were sent, in order', async () => {
  const camera = cameraOf(await connect())
  const sink = newSink()
  await camera.start(sink)
  await sink.waitForFrames(4, waitMs)
  await camera.stop()
  for (const { info, pixels } of sink.frames.slice(0, 4)) {
    expect(info).toMatchObject({
      ...sensor,
      pixelFormat: 'Mono16',
      significantBits: 16,
      gain: 100,
      exposureMs: 1,
    })
    expect(new Set(new Uint16Array(pixels?.buffer ?? new ArrayBuffer(0)))).toEqual(new Set([info.sequence]))
  }
  expect(sink.faults).toEqual([])
  expect(camera.health?.().frames).toBe(sink.frames.length)
})

test('region and binning reach the camera and are locked while it runs', async () => {
  const camera = cameraOf(await connect())
  await camera.setProperty('roiWidth', 32)
  await camera.setProperty('roiX', 8)
  await camera.setProperty('binning', '2x2')
  expect(server.value('Fake Camera', 'CCD_FRAME', 'X')).toBe('8')
  const sink = newSink()
  await camera.start(sink)
  await sink.waitForFrames(1, waitMs)
  expect(sink.frames[0]?.info).toMatchObject({ width: 16, height: sensor.height / 2 })
  await expect(camera.setProperty('roiX', 0)).rejects.toMatchObject({ code: 'PROPERTY_READ_ONLY' })
  await camera.stop()
})

test('what the camera refuses is told with its words', async () => {
  const connection = await connect()
  server.intercept = (device, name) => {
    if (name !== 'CCD_GAIN') return false
    server.send(`<message device="${device}" message="[ERROR] gain is out of order"/>`)
    server.set(device, name, 'Alert')
    return true
  }
  await expect(cameraOf(connection).setProperty('gain', 5)).rejects.toThrow('gain is out of order')
})

test('a shorter exposure ends a long one', async () => {
  const camera = cameraOf(await connect())
  await camera.setProperty('exposureMs', 3_000_000)
  const sink = newSink()
  await camera.start(sink)
  await eventually(
    'the long exposure',
    () => server.value('Fake Camera', 'CCD_EXPOSURE', 'CCD_EXPOSURE_VALUE') === '3000',
  )
  await camera.setProperty('exposureMs', 1)
  await sink.waitForFrames(2, waitMs)
  await camera.stop()
  expect(sink.frames[0]?.info).toMatchObject({ sequence: 0, exposureMs: 1 })
})

test('an image that is late belongs to nobody', async () => {
  const camera = cameraOf(await connect())
  const expose = server.expose
  server.expose = () => undefined
  const first = newSink()
  await camera.start(first)
  await camera.stop()
  first.seal('stop() had resolved')
  server.expose = expose
  await camera.setProperty('exposureMs', 300)
  const second = newSink()
  await camera.start(second)
  server.sendImage(999)
  await second.waitForFrames(1, waitMs)
  await camera.stop()
  expect(first.violations).toEqual([])
  expect(new Uint16Array(second.frames[0]?.pixels?.buffer ?? new ArrayBuffer(2))[0]).not.toBe(999)
})

describe('images that are none', () => {
  test.each([
    ['half a file', { change: (file: Buffer) => file.subarray(0, 3000) }, 'announced'],
    ['garbage', { change: (file: Buffer) => Buffer.alloc(file.length, 7) }, 'no FITS file'],
    ['more than the sensor has', { change: () => Buffer.alloc(4_000_000) }, 'longer than'],
    ['another format', { format: '.xisf' }, '.xisf'],
  ])('%s: a fault, a gap in the numbers, and the next image', async (_what, image, message) => {
    const camera = cameraOf(await connect())
    server.expose = ({ number }) => server.sendImage(number, number === 1 ? image : {})
    const sink = newSink()
    await camera.start(sink)
    await sink.waitForFrames(3, waitMs)
    await camera.stop()
    expect(sink.frames.slice(0, 3).map(({ info }) => info.sequence)).toEqual([0, 2, 3])
    expect(sink.faults).toHaveLength(1)
    expect(sink.faults[0]?.message).toContain(message)
  })

  test('an exposure that fails is tried again', async () => {
    const camera = cameraOf(await connect())
    server.expose = ({ number }) =>
      number === 0 ? server.set('Fake Camera', 'CCD_EXPOSURE', 'Alert') : server.sendImage(number)
    const sink = newSink()
    await camera.start(sink)
    await sink.waitForFrames(1, waitMs)
    await camera.stop()
    expect(sink.faults[0]?.message).toContain('could not expose')
    expect(sink.frames[0]?.info.sequence).toBe(1)
  })
})

describe('what ends the connection', () => {
  const longText = `<defText name="T">${'x'.repeat(60_000)}</defText>`
  const began =
    '<setBLOBVector device="Fake Camera" name="CCD1"><oneBLOB name="CCD1" size="9000" format=".fits">AAAA'
  test.each<[string, () => void, string]>([
    ['the server goes', () => server.drop(), 'closed the connection'],
    [
      'the server goes in the middle of an image',
      () => (server.send(began), server.drop()),
      'only part of an image',
    ],
    ['garbage', () => server.send(Buffer.from([0xff, 0xfe, 0x00, 0x01])), 'text outside of any element'],
    ['a huge attribute', () => server.send(`<message message="${'x'.repeat(100_000)}`), 'a tag of more than'],
    [
      'a text without end',
      () => server.send(`<setTextVector device="D" name="N"><oneText>${'x'.repeat(1e6)}`),
      'a text of more than',
    ],
    [
      'long texts in one message without end',
      () => server.send(`<defTextVector device="D" name="N">${longText.repeat(100)}`),
      'a message of more than',
    ],
    [
      'long texts in ever new properties',
      () => {
        for (let i = 0; i < 300; i++)
          server.send(`<defTextVector device="D" name="N${i}">${longText}</defTextVector>`)
      },
      'characters of texts',
    ],
    ['the device is gone', () => server.send('<delProperty device="Fake Camera"/>'), 'was disconnected'],
    [
      'the device is taken off',
      () => server.set('Fake Wheel', 'CONNECTION', 'Ok', { CONNECT: 'Off', DISCONNECT: 'On' }),
      'Fake Wheel was disconnected',
    ],
    [
      'another sensor',
      () => server.set('Fake Camera', 'CCD_INFO', 'Ok', { CCD_MAX_X: '128' }),
      'now has a sensor of 128 × 48',
    ],
  ])('%s', async (_what, happen, message) => {
    const connection = await connect()
    const exposing = new Promise<void>((resolve) => {
      server.expose = () => resolve()
    })
    const camera = cameraOf(connection)
    await camera.start(newSink())
    await exposing
    const lost = lossOf(connection)
    happen()
    expect((await lost).message).toContain(message)
    await camera.stop()
  })

  test('half an image and then nothing', async () => {
    const connection = await connect({ imageTimeoutS: 0.2 })
    server.expose = () => server.send(began)
    const lost = lossOf(connection)
    await cameraOf(connection).start(newSink())
    expect((await lost).message).toContain('has sent no image')
  })
})

describe('opening fails with what is wrong', () => {
  test('a device that is not there', async () => {
    await expect(indi.open(server.address, { devices: ['No Such'] })).rejects.toMatchObject({
      message: 'The INDI server has no device "No Such"',
      hint: expect.stringContaining('Fake Panel'),
    })
  })

  test('a device that does not connect', async () => {
    server.intercept = (device, name) => {
      if (name !== 'CONNECTION') return false
      server.set(device, name, 'Alert')
      return true
    }
    await expect(indi.open(server.address, { devices: ['Fake Wheel'] })).rejects.toThrow('could not connect')
  })

  test('a sensor that cannot be', async () => {
    server.set('Fake Camera', 'CCD_INFO', 'Ok', { CCD_MAX_X: '65535', CCD_MAX_Y: '65535' })
    await expect(indi.open(server.address, { devices: ['Fake Camera'] })).rejects.toThrow('65535 × 65535')
  })

  test('nothing that answers', async () => {
    const { address } = server
    await server.close()
    await expect(indi.open(address, {})).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      hint: expect.stringContaining('indiserver'),
    })
  })

  test.each([
    ['http://a/b', {}, 'no address of an INDI server'],
    ['start', {}, 'nothing for indiserver to run'],
    ['start', { drivers: ['rm -rf'] }, 'name of an INDI driver'],
    ['start', { drivers: ['reboot'] }, 'name of an INDI driver'],
    ['start', { drivers: ['indi_/../../bin/sh'] }, 'name of an INDI driver'],
    ['start', { drivers: ['indi_no_such_driver'] }, 'is not installed'],
  ])('the address %s with %o', async (address, options, message) => {
    await expect(indi.open(address, options)).rejects.toThrow(message)
  })
})

describe('of several devices', () => {
  const refuse = (refused: string, property: string) => {
    server.intercept = (device, name) => {
      if (device !== refused || name !== property) return false
      server.set(device, name, 'Alert')
      return true
    }
  }
  const kindsOf = ({ devices }: Connection) => devices.map(({ description }) => description.kind)
  const reasons = ({ missing }: Connection) => missing?.map(({ message }) => message)

  test('one that does not connect is told as missing, and the others work', async () => {
    refuse('Fake Wheel', 'CONNECTION')
    const connection = await connect()
    expect(kindsOf(connection)).toEqual(['camera', 'stage', 'light'])
    expect(reasons(connection)).toEqual([
      expect.stringMatching(/^The INDI driver of Fake Wheel could not connect: .+/),
    ])
    const panel = deviceOf(connection, 'light')
    await panel.setProperty('on', true)
    expect(valueOf(panel, 'on')).toBe(true)
  })

  test('one that is not there', async () => {
    const connection = await connect({ devices: ['No Such', 'Fake Focuser'] })
    expect(kindsOf(connection)).toEqual(['stage'])
    expect(reasons(connection)).toEqual(['The INDI server has no device "No Such"'])
  })

  test('one whose sensor cannot be', async () => {
    server.set('Fake Camera', 'CCD_INFO', 'Ok', { CCD_MAX_X: '65535', CCD_MAX_Y: '65535' })
    const connection = await connect()
    expect(kindsOf(connection)).toEqual(['stage', 'turret', 'light'])
    expect(reasons(connection)).toEqual([expect.stringContaining('65535 × 65535')])
  })

  test('one that refuses what images need is taken off its hardware again', async () => {
    refuse('Fake Camera', 'CCD_COMPRESSION')
    const connection = await connect()
    expect(reasons(connection)).toEqual([expect.stringContaining('of Fake Camera was refused')])
    expect(server.value('Fake Camera', 'CONNECTION', 'CONNECT')).toBe('Off')
  })

  test('a server that is gone while they connect', async () => {
    server.intercept = (device, name) => {
      if (device === 'Fake Wheel' && name === 'CONNECTION') server.drop()
      return device === 'Fake Wheel'
    }
    await expect(connect()).rejects.toThrow('The INDI server is gone')
  })
})

test('all devices are used where none are named, and taken off their hardware at the end', async () => {
  const connection = await indi.open(server.address, {})
  open.push(connection)
  expect(connection.devices).toHaveLength(4)
  await connection.close()
  open = []
  expect(server.value('Fake Camera', 'CONNECTION', 'DISCONNECT')).toBe('On')
  expect(server.value('Fake Camera', 'CCD_COMPRESSION', 'INDI_DISABLED')).toBe('On')
})

test('a move that is stopped ends where the focuser stands', async () => {
  const connection = await connect()
  server.intercept = (device, name) => {
    if (name === 'ABS_FOCUS_POSITION') server.set(device, name, 'Busy', { FOCUS_ABSOLUTE_POSITION: '1200' })
    if (name !== 'FOCUS_ABORT_MOTION') return name === 'ABS_FOCUS_POSITION'
    server.set(device, name, 'Ok')
    server.set(device, 'ABS_FOCUS_POSITION', 'Alert', { FOCUS_ABSOLUTE_POSITION: '1300' })
    return true
  }
  const stage = stageOf(connection)
  const moving = stage.moveTo({ z: 2000 })
  await eventually('the move', () => stage.position().z === 1200)
  await stage.stop()
  await moving
  expect(stage.position()).toEqual({ z: 1300 })
})

test('intensity is in percent of what the panel has', async () => {
  const panel = deviceOf(await connect(), 'light')
  await panel.setProperty('intensity', 50)
  await panel.setProperty('on', true)
  expect(server.value('Fake Panel', 'FLAT_LIGHT_INTENSITY', 'FLAT_LIGHT_INTENSITY_VALUE')).toBe('128')
  expect(valueOf(panel, 'on')).toBe(true)
})

test('the search tries nothing where loopback was not chosen', async () => {
  const signal = new AbortController().signal
  expect(await indi.discover({ signal, interfaces: ['192.0.2.1'] })).toEqual([])
})
