import { appendFile, cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { conformanceChecks } from '../../../drivers/sdk/conformance/run-conformance.ts'
import ruler from '../../../examples/driver/ruler-camera/index.ts'
import { findUserDrivers } from '../../../src-main/devices/find-user-drivers.ts'
import { createEngine, type Engine } from '../../../src-main/engine/create-engine.ts'
import { LiveFrameReader } from '../../../src-main/frames/live-frame-reader.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'

const example = fileURLToPath(new URL('../../../examples/driver/ruler-camera', import.meta.url))

describe('the example driver', () => {
  for (const { name, run } of conformanceChecks(ruler, { address: 'A', options: {} })) {
    test(name, async ({ skip }) => {
      const result = await run()
      if (result.outcome === 'skipped') skip(result.reason)
    })
  }
})

let data: Awaited<ReturnType<typeof temporaryFolder>>
let engine: Engine
const inDrivers = (...names: string[]) => join(data.path, 'drivers', ...names)

beforeEach(async () => {
  data = await temporaryFolder()
  await cp(example, inDrivers('ruler-camera'), { recursive: true })
  engine = await createEngine({
    connections: [],
    dataFolder: data.path,
    backOff: { firstMs: 50, mostMs: 50 },
  })
})
afterEach(async () => {
  await engine.close()
  await data.remove()
})

async function rulerInfo() {
  const drivers = await engine.hardware.scanDrivers()
  const info = drivers.find(({ id }) => id === 'ruler-camera')
  if (info === undefined) throw new Error('The driver was not found')
  return info
}

async function allow(): Promise<void> {
  const { hash = '' } = await rulerInfo()
  await engine.hardware.allowDriver('ruler-camera', hash)
}

const newConnection = { driver: 'ruler-camera', address: 'A', options: {} }

describe('a driver in the user’s folder', () => {
  it('is shown with what it declares, and does not run before it is allowed', async () => {
    // Code that would be noticed.
    await appendFile(inDrivers('ruler-camera', 'index.ts'), '\nthrow new Error("I ran")\n')
    expect(await rulerInfo()).toMatchObject({
      name: 'Ruler camera',
      permissions: [],
      origin: 'user',
      state: 'not-allowed',
      folder: inDrivers('ruler-camera'),
    })
    await expect(engine.hardware.addConnection(newConnection)).rejects.toMatchObject({
      code: 'DRIVER_NOT_ALLOWED',
      message: expect.stringContaining('has not been allowed yet'),
    })
    const { drivers } = await engine.hardware.discover(['ruler-camera'])
    expect(drivers).toMatchObject([{ driver: 'ruler-camera', state: 'failed' }])
    expect(engine.hardware.state().connections).toEqual([])
  })

  it('finds, opens and delivers frames from its own thread once it is allowed', async () => {
    await allow()
    const { found } = await engine.hardware.discover(['ruler-camera'])
    expect(found).toEqual([
      { driver: 'ruler-camera', address: 'A', title: 'Ruler camera A', serialNumber: 'A' },
    ])
    const connection = await engine.hardware.addConnection(newConnection)
    expect(connection).toMatchObject({ title: 'Ruler camera', status: { state: 'ready' } })
    const camera = engine.devices.camera()
    expect(camera).toMatchObject({ id: 'ruler-camera-1.camera', demo: true })
    const lease = await engine.devices.acquire(camera.id, { owner: 'test' })
    const reader = new LiveFrameReader(engine.devices.ring(camera.id))
    await reader.wait()
    expect(reader.look()?.info).toMatchObject({ width: 320, height: 240, pixelFormat: 'Mono8' })
    await lease.release()
    expect(engine.hardware.state().discovery.found[0]?.connectionId).toBe(connection.id)
  })

  it('gives its errors a code and a hint without importing anything', async () => {
    await allow()
    await engine.hardware.addConnection({ ...newConnection, options: { colour: 'red' } })
    expect(engine.hardware.state().connections[0]?.status).toMatchObject({
      state: 'error',
      message: 'The ruler camera has no option "colour"',
      hint: 'It has no options.',
    })
  })

  it('is asked for again when one of its files has changed', async () => {
    await allow()
    const { id } = await engine.hardware.addConnection(newConnection)
    await appendFile(inDrivers('ruler-camera', 'index.ts'), '\n// changed\n')
    const changed = await rulerInfo()
    expect(changed.state).toBe('changed')
    const failure = engine.hardware.addConnection({ ...newConnection, address: 'B' })
    await expect(failure).rejects.toMatchObject({ code: 'DRIVER_NOT_ALLOWED' })
    // What is open goes on; what was shown before is not what would be allowed.
    expect(engine.devices.camera().status).toEqual({ state: 'ready' })
    const outdated = engine.hardware.allowDriver('ruler-camera', 'a'.repeat(64))
    await expect(outdated).rejects.toMatchObject({ code: 'DRIVER_NOT_ALLOWED' })
    await engine.hardware.allowDriver('ruler-camera', changed.hash ?? '')
    expect(await rulerInfo()).toMatchObject({ state: 'ready' })
    await engine.hardware.removeConnection(id)
    expect(engine.devices.devices()).toEqual([])
  })

  it('is closed when the permission is taken back, and opened when it is given again', async () => {
    await allow()
    const { id } = await engine.hardware.addConnection(newConnection)
    await engine.hardware.forbidDriver('ruler-camera')
    const status = () => engine.hardware.state().connections[0]?.status
    expect(status()).toMatchObject({ state: 'error', message: expect.stringMatching(/not (been )?allowed/) })
    expect(engine.devices.camera().status.state).not.toBe('ready')
    await engine.hardware.reconnect(id)
    await eventually('refused again', () => status()?.state === 'error')
    await allow()
    await eventually('opened again', () => status()?.state === 'ready')
  })

  it('is remembered as allowed', async () => {
    await allow()
    await engine.close()
    engine = await createEngine({ connections: [], dataFolder: data.path })
    expect(await rulerInfo()).toMatchObject({ state: 'ready' })
  })

  it('that does not load says why', async () => {
    await writeFile(inDrivers('ruler-camera', 'index.ts'), 'import "./not-there.ts"\n')
    await allow()
    expect(await rulerInfo()).toMatchObject({
      state: 'broken',
      message: expect.stringContaining('not-there'),
    })
  })

  it('that announces another manifest than it shows is refused', async () => {
    const code = inDrivers('ruler-camera', 'index.ts')
    await writeFile(
      code,
      `import manifest from './manifest.json' with { type: 'json' }
      export default { manifest: { ...manifest, permissions: ['network'] }, discover: async () => [], open: async () => ({}) }`,
    )
    await allow()
    expect(await rulerInfo()).toMatchObject({
      state: 'broken',
      message: expect.stringContaining('another manifest'),
    })
  })

  it('works as plain JavaScript too', async () => {
    await rename(inDrivers('ruler-camera'), inDrivers('plain'))
    await rm(inDrivers('plain', 'index.ts'))
    const manifest = {
      id: 'plain',
      name: 'Plain',
      description: 'In JavaScript',
      demo: false,
      permissions: ['network'],
    }
    await writeFile(inDrivers('plain', 'manifest.json'), JSON.stringify(manifest))
    await writeFile(
      inDrivers('plain', 'index.js'),
      `import { readFileSync } from 'node:fs'
      const manifest = JSON.parse(readFileSync(new URL('./manifest.json', import.meta.url), 'utf8'))
      export default { manifest, discover: async () => [{ address: '1', title: 'One' }], open: async () => ({}) }`,
    )
    const [plain] = (await engine.hardware.scanDrivers()).filter(({ origin }) => origin === 'user')
    expect(plain).toMatchObject({ id: 'plain', permissions: ['network'] })
    await engine.hardware.allowDriver('plain', plain?.hash ?? '')
    const { found } = await engine.hardware.discover(['plain'])
    expect(found).toEqual([{ driver: 'plain', address: '1', title: 'One' }])
  })
})

describe('a folder that is no driver', () => {
  const manifest = { id: 'odd', name: 'Odd', description: 'Odd', demo: false, permissions: [] }

  async function problemOf(files: Readonly<Record<string, string>>): Promise<string> {
    await rm(inDrivers('odd'), { recursive: true, force: true })
    await mkdir(inDrivers('odd'))
    for (const [name, text] of Object.entries(files)) await writeFile(inDrivers('odd', name), text)
    const odd = (await findUserDrivers(inDrivers())).find(({ id }) => id === 'odd')
    return odd !== undefined && 'problem' in odd ? odd.problem : ''
  }

  it.each([
    [{ 'manifest.json': JSON.stringify(manifest) }, 'none of index.ts'],
    [{ 'index.ts': '' }, 'manifest.json'],
    [{ 'index.ts': '', 'manifest.json': '{' }, 'JSON'],
    [{ 'index.ts': '', 'manifest.json': JSON.stringify({ ...manifest, id: 'other' }) }, 'is called odd'],
    [
      { 'index.ts': '', 'manifest.json': JSON.stringify({ ...manifest, permissions: ['all'] }) },
      'permissions',
    ],
    [{ 'index.ts': '', 'manifest.json': ' '.repeat(70_000) }, '70000 bytes'],
  ])('with %j says what is wrong', async (files, expected) => {
    expect(await problemOf(files)).toContain(expected)
  })

  it('whose links lead out of it is refused', async () => {
    await problemOf({ 'manifest.json': JSON.stringify(manifest) })
    await symlink(example, inDrivers('odd', 'elsewhere'))
    const odd = (await findUserDrivers(inDrivers())).find(({ id }) => id === 'odd')
    expect(odd).toMatchObject({ problem: expect.stringContaining('leads out of its folder') })
  })

  it('of a built-in driver’s name is not used', async () => {
    await rename(inDrivers('ruler-camera'), inDrivers('replay'))
    await writeFile(inDrivers('replay', 'manifest.json'), JSON.stringify({ ...manifest, id: 'replay' }))
    const replays = (await engine.hardware.scanDrivers()).filter(({ id }) => id === 'replay')
    expect(replays).toMatchObject([{ state: 'ready' }, { state: 'broken' }])
  })

  it('is not found where there is no folder at all', async () => {
    expect(await findUserDrivers(join(data.path, 'nowhere'))).toEqual([])
  })
})
