/** INDI's own server and simulators (Debian: indi-bin), in a network namespace that has nothing but loopback. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import indi from '../../drivers/indi/index.ts'
import { MemorySink } from '../../drivers/sdk/conformance/memory-sink.ts'
import { conformanceChecks } from '../../drivers/sdk/conformance/run-conformance.ts'
import type { CameraDevice, Connection, Device, StageDevice } from '../../drivers/sdk/driver.ts'
import { type BridgedProgram, canUnshare, inNamespace, startBridged } from '../fixtures/lo-namespace.ts'
import { eventually } from '../fixtures/eventually.ts'
import { hasProgram } from '../fixtures/peer-programs.ts'

const waitMs = 60_000
const simulators = ['ccd', 'focus', 'wheel', 'lightpanel'].map((kind) => `indi_simulator_${kind}`)
const devices = ['CCD Simulator', 'Focuser Simulator', 'Filter Simulator', 'Light Panel Simulator']
/** Our own `gsc`, which the camera's simulator asks for stars, comes first. */
const env = { PATH: `${join(import.meta.dirname, 'indi')}:${process.env['PATH'] ?? ''}` }
const canRun = hasProgram('indi_simulator_ccd') && canUnshare()

describe.skipIf(!canRun)('INDI simulators', () => {
  let server: BridgedProgram
  let connection: Connection | undefined

  const address = () => `127.0.0.1:${server.port}`
  const open = async (options: Readonly<Record<string, unknown>> = {}) => {
    connection = await openWhenReady(address(), { devices, ...options })
    return connection
  }

  beforeAll(async () => {
    server = await startBridged(['indiserver', '-m', '100', ...simulators], { port: 7624, env })
    // Its full travel takes 10 s, and no stop is heard meanwhile, unless it is told to be quicker.
    const focuser = (await open({ devices: ['Focuser Simulator'] })).devices[0]
    await focuser?.setProperty('DELAY.DELAY_VALUE', 1)
  })
  afterAll(() => server.close())
  afterEach(async () => {
    await connection?.close()
    connection = undefined
  })

  it('become a camera, two filter wheels, a focuser and a light', async () => {
    const opened = await open({ settings: { 'Focuser Simulator': { 'Mode.Absolute': true } } })
    expect(
      opened.devices.map(({ description }) => `${description.kind} ${description.id}`).toSorted(),
    ).toEqual([
      'camera ccd-simulator',
      'light light-panel-simulator',
      'stage focuser-simulator',
      'turret ccd-simulator-filter-wheel',
      'turret filter-simulator',
    ])
    const camera = cameraOf(opened)
    expect(camera.description).toMatchObject({
      sensorWidth: 1280,
      sensorHeight: 1024,
      maxFrameBytes: 2_621_440,
    })
    expect(camera.properties()).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ name: 'exposureMs', min: 10, max: 3_600_000, unit: 'ms' }),
        expect.objectContaining({
          name: 'CCD_FRAME_TYPE',
          category: 'Image Settings',
          title: 'Type',
          type: 'option',
        }),
        expect.objectContaining({ name: 'CCD_COOLER', type: 'boolean' }),
        expect.objectContaining({
          name: 'CONFIG_PROCESS.CONFIG_SAVE',
          type: 'command',
          title: 'Configuration: Save',
        }),
      ]),
    )
  })

  it('send images that are brighter the longer they are exposed, of the region and binning asked for', async () => {
    const camera = cameraOf(await open())
    await camera.setProperty('SCOPE_INFO.FOCAL_LENGTH', 500)
    await camera.setProperty('SCOPE_INFO.APERTURE', 100)
    const brightest = []
    for (const exposureMs of [50, 400]) {
      await camera.setProperty('exposureMs', exposureMs)
      const { info, pixels } = await take(camera, 2)
      expect(info).toMatchObject({ width: 1280, height: 1024, pixelFormat: 'Mono16', exposureMs })
      brightest.push(
        new Uint16Array(pixels?.buffer ?? new ArrayBuffer(0)).reduce((a, b) => Math.max(a, b), 0),
      )
    }
    const [dim = 0, bright = 0] = brightest
    // Without stars there would be nothing but noise, up to 9.
    expect(dim).toBeGreaterThan(100)
    expect(bright).toBeGreaterThan(4 * dim)
    await camera.setProperty('roiWidth', 640)
    await camera.setProperty('roiHeight', 320)
    await camera.setProperty('binning', '2x2')
    expect((await take(camera, 1)).info).toMatchObject({ width: 320, height: 160 })
    await camera.setProperty('binning', '1x1')
    await camera.setProperty('roiWidth', 1280)
    await camera.setProperty('roiHeight', 1024)
  })

  it('focus, turn and light up', async () => {
    const opened = await open()
    const stage = opened.devices.find((device): device is StageDevice => device.description.kind === 'stage')
    await stage?.moveTo({ z: 36_700 })
    expect(stage?.position()).toEqual({ z: 36_700 })
    const wheel = opened.devices.find(({ description }) => description.id === 'filter-simulator')
    await wheel?.setProperty('position', 'Blue')
    expect(valueOf(wheel, 'position')).toBe('Blue')
    const light = opened.devices.find(({ description }) => description.kind === 'light')
    await light?.setProperty('on', true)
    await light?.setProperty('intensity', 100)
    expect([valueOf(light, 'on'), valueOf(light, 'intensity')]).toEqual([true, 100])
  })

  describe('conform', () => {
    // Left out is what the simulators do not do: among their properties are sensors of other sizes and options that jump
    // back; and they refuse binning by 3, which they offer.
    const leftOut = ['properties take their limits', 'every pixel format and binning']
    const checks = conformanceChecks(indi, { address: '', options: {} })
    for (const [index, { name }] of checks.entries()) {
      if (leftOut.some((start) => name.startsWith(start))) continue
      it(name, async ({ skip }) => {
        const target = { address: address(), options: { devices }, timeoutMs: 30_000 }
        const result = await conformanceChecks(indi, target)[index]?.run()
        if (result?.outcome === 'skipped') skip(result.reason)
      })
    }
  })

  it('run on a server that the driver starts; a driver program that crashes is noticed', async () => {
    const [command, ...prepare] = inNamespace
    const script = join(import.meta.dirname, 'indi', 'started-server.ts')
    const args = [...prepare, process.execPath, ...process.execArgv, script]
    const { stdout } = await promisify(execFile)(command, args, {
      env: { ...process.env, ...env },
      timeout: 200_000,
    })
    const told: unknown = JSON.parse(stdout)
    expect(told).toMatchObject({
      found: [],
      search: [{ address: '127.0.0.1:7624', detail: expect.stringContaining('CCD Simulator') }],
      second: expect.stringMatching(/cannot listen on port 7624/),
      lost: expect.stringMatching(/indiserver|CCD Simulator|INDI server/),
      after: [],
    })
  })
})

/** The server may not listen yet, nor its drivers have told of their devices. */
function openWhenReady(address: string, options: Readonly<Record<string, unknown>>): Promise<Connection> {
  return eventually('the simulators', () => indi.open(address, options).catch(() => undefined))
}

function cameraOf(connection: Connection): CameraDevice {
  const camera = connection.devices.find(
    (device): device is CameraDevice => device.description.kind === 'camera',
  )
  if (camera === undefined) throw new Error('There is no camera')
  return camera
}

function valueOf(device: Device | undefined, name: string) {
  return device?.properties().find((property) => property.name === name)?.value
}

/** The last of `count` frames. */
async function take(camera: CameraDevice, count: number) {
  const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes, keep: 'pixels' })
  await camera.start(sink)
  await sink.waitForFrames(count, waitMs)
  await camera.stop()
  const frame = sink.frames[count - 1]
  if (frame === undefined) throw new Error(`No frame came: ${sink.faults.join()}`)
  return frame
}
