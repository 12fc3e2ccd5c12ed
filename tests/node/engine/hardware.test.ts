/** The hardware file, and what an engine makes of it. */
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDesktopOptions } from '../../../src-main/desktop/desktop-options.ts'
import { chosenHardware } from '../../../src-main/engine/chosen-hardware.ts'
import { createEngine, type Engine, type EngineConfig } from '../../../src-main/engine/create-engine.ts'
import { readCommandLine } from '../../../src-main/server/command-line.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { allowUserDrivers, writeUserDriver } from '../../fixtures/user-driver.ts'

let data: Awaited<ReturnType<typeof temporaryFolder>>
let engine: Engine | undefined

beforeEach(async () => {
  data = await temporaryFolder()
})
afterEach(async () => {
  await engine?.close()
  engine = undefined
  await data.remove()
})

async function start(config: EngineConfig = {}): Promise<Engine> {
  await engine?.close()
  engine = await createEngine({ dataFolder: data.path, backOff: { firstMs: 50, mostMs: 50 }, ...config })
  return engine
}

const hardwarePath = () => join(data.path, 'hardware.json')
const readHardware = async (): Promise<unknown> => JSON.parse(await readFile(hardwarePath(), 'utf8'))
const small = { width: 128, height: 96, frameRate: 20 }
const demo = { driver: 'simulated-microscope', address: 'demo', options: small }

/** A microscope as the file describes it. */
const saved = {
  version: 1,
  connections: [{ id: 'left', title: 'Left', ...demo, idPrefix: 'left.' }],
  names: { 'left.camera': 'Left eye' },
  presets: [
    { group: 'Light', name: 'Dim', settings: [{ deviceId: 'left.led-bf', property: 'on', value: true }] },
  ],
}

describe('hardware.json', () => {
  it('is not needed: then there is the demo microscope, and no file is made for it', async () => {
    const { hardware, devices } = await start()
    expect(hardware.state()).toMatchObject({
      file: hardwarePath(),
      connections: [{ id: 'demo', driver: 'simulated-microscope', status: { state: 'ready' } }],
    })
    expect(devices.camera().id).toBe('camera')
    await engine?.close()
    await expect(stat(hardwarePath())).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('says which devices there are, what they are called, and which presets they have', async () => {
    await writeFile(hardwarePath(), JSON.stringify(saved))
    const { devices } = await start()
    expect(devices.camera('Left eye').id).toBe('left.camera')
    await devices.applyPreset('Light', 'Dim')
    const light = devices.device('left.led-bf')
    expect(light.properties.find(({ name }) => name === 'on')?.value).toBe(true)
  })

  it('keeps what is added, renamed and removed', async () => {
    const { hardware } = await start()
    await hardware.removeConnection('demo')
    const { id } = await hardware.addConnection({ ...demo, title: 'Right' })
    hardware.renameDevice(`${id}.camera`, 'Right eye')
    await hardware.changeConnection(id, { title: 'Far right' })
    await start()
    expect(engine?.hardware.state().connections).toMatchObject([{ id, title: 'Far right', options: small }])
    expect(engine?.devices.camera('Right eye').id).toBe(`${id}.camera`)
    engine?.hardware.renameDevice(`${id}.camera`, undefined)
    expect(engine?.devices.camera().description.name).toBe('Camera 1')
    await engine?.hardware.removeConnection(id)
    await engine?.close()
    expect(await readHardware()).toEqual({ version: 1, connections: [], names: {}, presets: [] })
    expect((await stat(hardwarePath())).mode & 0o077).toBe(0)
  })

  it.each([
    ['{', 'JSON'],
    ['{"version":2,"connections":[]}', 'version'],
    ['{"version":1,"connections":[{"id":"a b"}]}', 'connections.0.id'],
    [JSON.stringify({ ...saved, conections: [] }), 'conections'],
    [
      JSON.stringify({ ...saved, connections: [saved.connections[0], saved.connections[0]] }),
      '"left" is used twice',
    ],
  ])('that is not valid (%#) is told, used for nothing, and not touched', async (text, reason) => {
    await writeFile(hardwarePath(), text)
    const { hardware, alerts } = await start()
    expect(hardware.state().connections).toEqual([])
    expect(hardware.state().problem).toContain(reason)
    const [alert] = alerts.list()
    expect(alert).toMatchObject({ id: 'hardware', severity: 'error' })
    // Everybody who watches sees it: it names the file, and not where it lies.
    expect(alert?.message).toContain('hardware.json')
    expect(JSON.stringify(alert)).not.toContain(data.path)
    expect(alert?.message).toContain(reason)
    await expect(hardware.addConnection(demo)).rejects.toMatchObject({ code: 'HARDWARE_FILE' })
    await engine?.close()
    expect(await readFile(hardwarePath(), 'utf8')).toBe(text)
  })

  it('that was named must be there and valid', async () => {
    const hardwareFile = join(data.path, 'shared.json')
    await expect(start({ hardwareFile })).rejects.toMatchObject({
      code: 'HARDWARE_FILE',
      message: expect.stringContaining('shared.json'),
    })
    await writeFile(hardwareFile, '[]')
    await expect(start({ hardwareFile })).rejects.toMatchObject({ code: 'HARDWARE_FILE' })
    await writeFile(hardwareFile, JSON.stringify(saved))
    await start({ hardwareFile })
    expect(engine?.hardware.state()).toMatchObject({ file: hardwareFile, connections: [{ id: 'left' }] })
  })

  it('is left alone by a run with other connections', async () => {
    const { hardware } = await start({ connections: [] })
    await hardware.addConnection(demo)
    expect(hardware.state().file).toBeUndefined()
    await engine?.close()
    await expect(stat(hardwarePath())).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('connections of the hardware file', () => {
  it('are added once each', async () => {
    const { hardware } = await start()
    await expect(hardware.addConnection(demo)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: 'Demo microscope is this very connection',
    })
    const unknown = hardware.addConnection({ driver: 'no-such', address: '', options: {} })
    await expect(unknown).rejects.toMatchObject({ code: 'UNKNOWN_DRIVER' })
    const huge = hardware.addConnection({ ...demo, address: 'x', options: { text: 'x'.repeat(100_000) } })
    await expect(huge).rejects.toMatchObject({ code: 'TOO_LARGE' })
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    const endless = hardware.addConnection({ ...demo, address: 'x', options: cyclic })
    await expect(endless).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(hardware.state().connections).toHaveLength(1)
  })

  it('that do not open are kept and tried again', async () => {
    const { hardware, alerts } = await start({ connections: [] })
    const added = await hardware.addConnection({ ...demo, address: 'elsewhere' })
    expect(added.status).toMatchObject({ state: 'error', hint: 'Its address is "demo".' })
    expect(alerts.list()).toHaveLength(1)
    const mended = await hardware.changeConnection(added.id, { address: 'demo' })
    expect(mended).toMatchObject({ id: added.id, status: { state: 'ready' } })
    expect(alerts.list()).toEqual([])
  })

  it('end their streams when they are removed, and those of others go on', async () => {
    const side = (id: string) => ({ id, title: id, ...demo, idPrefix: `${id}.` })
    const { hardware, devices, liveView, on } = await start({ connections: [side('left'), side('right')] })
    const removed: string[] = []
    on((event) => {
      if (event.type === 'deviceRemoved') removed.push(event.deviceId)
    })
    for (const camera of ['left.camera', 'left.overview', 'right.camera'])
      await liveView.startLiveView({ detectorName: camera })
    const { deviceIds } = hardware.state().connections[0] ?? { deviceIds: [] }
    await hardware.removeConnection('left')
    await eventually('the streams’ end', () => liveView.getActiveStreams().length === 1)
    expect(liveView.getActiveStreams()).toMatchObject([{ detectorName: 'right.camera' }])
    expect(devices.device('right.camera').acquiring).toBe(true)
    expect(removed).toEqual(deviceIds)
    expect(devices.devices().every(({ connectionId }) => connectionId === 'right')).toBe(true)
    expect(engine?.alerts.list()).toEqual([])
  })
})

describe('settings of a camera', () => {
  const exposureOf = (id: string) =>
    engine?.devices.device(id).properties.find(({ name }) => name === 'exposureMs')?.value

  it('are the same after a restart, and wherever the camera is connected', async () => {
    const first = await start()
    await first.devices.setProperty('camera', 'exposureMs', 33)
    await start()
    expect(exposureOf('camera')).toBe(33)
    await engine?.hardware.removeConnection('demo')
    const { id } = (await engine?.hardware.addConnection(demo)) ?? { id: '' }
    expect(exposureOf(`${id}.camera`)).toBe(33)
    // The other camera of the microscope has no serial number.
    expect(exposureOf(`${id}.overview`)).not.toBe(33)
  })

  it('are not restored once they are to be forgotten', async () => {
    const { devices, hardware } = await start()
    await devices.setProperty('camera', 'exposureMs', 33)
    hardware.forgetSettings('camera')
    expect(exposureOf('camera')).toBe(33)
    await start()
    expect(exposureOf('camera')).not.toBe(33)
  })

  it('are kept only when the camera has taken them', async () => {
    const { devices } = await start()
    await expect(devices.setProperty('camera', 'exposureMs', -1)).rejects.toMatchObject({
      code: 'OUT_OF_RANGE',
    })
    await devices.setProperty('camera', 'exposureMs', 21)
    await engine?.close()
    const file: unknown = JSON.parse(await readFile(join(data.path, 'device-settings.json'), 'utf8'))
    expect(file).toEqual({
      version: 1,
      drivers: { 'simulated-microscope': { 'SIM-1': { exposureMs: 21 } } },
    })
  })

  it('that cannot be read are set aside', async () => {
    const path = join(data.path, 'device-settings.json')
    await writeFile(path, '{"version":1,"drivers":{"simulated-microscope":{"SIM-1":{"exposureMs":[]}}}}')
    const { alerts } = await start()
    expect(alerts.list()[0]?.message).toContain('drivers.simulated-microscope.SIM-1.exposureMs')
    expect(await readFile(`${path}.bad`, 'utf8')).toContain('SIM-1')
  })
})

describe('the search', () => {
  it('uses the interfaces that the user has chosen, and marks what is configured', async () => {
    const started = await start()
    const { hardware, settings } = started
    await writeUserDriver(
      data.path,
      'net',
      `discover: async ({ interfaces }) => interfaces.map((address) => ({ address, title: 'Seen' }))`,
    )
    await allowUserDrivers(started)
    const found = async () => (await hardware.discover(['simulated-microscope', 'net'])).found
    expect(await found()).toMatchObject([{ address: 'demo', connectionId: 'demo' }])
    const loopback = hardware.interfaces().find((each) => each.loopback)
    settings.change({ searchInterfaces: [loopback?.name ?? ''] })
    expect(await found()).toContainEqual({ driver: 'net', address: '127.0.0.1', title: 'Seen' })
    const { id } = await hardware.addConnection({ driver: 'net', address: '127.0.0.1', options: {} })
    expect(hardware.state().discovery.found).toContainEqual(expect.objectContaining({ connectionId: id }))
    await hardware.removeConnection('demo')
    expect(hardware.state().discovery.found.find(({ address }) => address === 'demo')).toEqual({
      driver: 'simulated-microscope',
      address: 'demo',
      title: 'Demo microscope',
    })
  })

  it('says which driver cannot even be loaded', async () => {
    const started = await start({ connections: [] })
    await writeUserDriver(data.path, 'torn', '...notThere')
    await allowUserDrivers(started)
    const { drivers } = await started.hardware.discover()
    expect(drivers.find(({ driver }) => driver === 'torn')).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('notThere is not defined'),
    })
  })

  it('tells of itself as it goes', async () => {
    const { hardware } = await start()
    const running: boolean[] = []
    engine?.on((event) => {
      if (event.type === 'hardwareChanged') running.push(event.hardware.discovery.running)
    })
    await hardware.discover(['simulated-microscope'])
    expect(running).toContain(true)
    expect(running.at(-1)).toBe(false)
  })
})

describe('the command lines of both hosts', () => {
  const hosts = [
    ['headless', (...argv: string[]) => readCommandLine(argv, '0')],
    [
      'desktop',
      (...argv: string[]) =>
        readDesktopOptions({ argv: ['electron', '.', ...argv], packaged: false, version: '0' }),
    ],
  ] as const

  it.each(hosts)('%s: a hardware file, a replay, neither, but not both', (_host, read) => {
    expect(chosenHardware(read('--hardware', '/lab/left.json'))).toEqual({ hardwareFile: '/lab/left.json' })
    expect(chosenHardware(read('--replay', '/images', '--replay-fps', '5'))).toEqual({
      connections: [
        { id: 'replay', title: 'Replay', driver: 'replay', address: '/images', options: { frameRate: 5 } },
      ],
    })
    expect(chosenHardware(read())).toEqual({})
    expect(() => chosenHardware(read('--hardware', 'a.json', '--replay', 'b'))).toThrow('do not go together')
  })
})
