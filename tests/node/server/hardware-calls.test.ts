/** The calls of the Devices view over HTTP: who may make them, and what they are told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Role } from '../../../src-shared/access.ts'
import { type HardwareState, hardwareStateSchema } from '../../../src-shared/hardware.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { bearer, openEvents, startTokenServer, type TokenServer } from '../../fixtures/token-server.ts'
import { writeUserDriver } from '../../fixtures/user-driver.ts'

const rtsp = 'rtsp://admin:s3cret@10.0.0.9/stream?key=abc'

let host: TokenServer
let folder: string
let headers: Readonly<Record<Role, Record<string, string>>>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-hardware-'))
  await writeUserDriver(
    folder,
    'idle',
    `discover: async () => [{ address: rtsp, title: 'Camera' }]`.replace('rtsp', JSON.stringify(rtsp)),
  )
  const connections = [
    {
      id: 'network-1',
      title: 'Network camera',
      driver: 'no-such',
      address: rtsp,
      options: { password: 's3cret' },
    },
  ]
  await writeFile(join(folder, 'hardware.json'), JSON.stringify({ version: 1, connections }))
  host = await startTokenServer({ config: { dataFolder: folder } })
  const ofRole = async (role: Role) => bearer((await host.token(role)).secret)
  headers = {
    viewer: await ofRole('viewer'),
    operator: await ofRole('operator'),
    owner: await ofRole('owner'),
  }
})
afterEach(async () => {
  await host.close()
  await rm(folder, { recursive: true })
})

const call = (role: Role, path: string, body?: unknown): Promise<Response> =>
  fetch(`${host.url}/api/${path}`, {
    headers: { 'content-type': 'application/json', ...headers[role] },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })

async function hardwareAs(role: Role): Promise<HardwareState> {
  return hardwareStateSchema.parse(await (await call(role, 'hardware')).json())
}

const connection = { connectionId: 'network-1' }
const driver = { driver: 'idle', hash: 'a'.repeat(64) }

describe('calls of hardware', () => {
  it.each([
    ['owner', 'hardware/connections', { driver: 'idle', address: 'a' }],
    ['owner', 'hardware/changeConnection', { ...connection, title: 'Other' }],
    ['owner', 'hardware/removeConnection', connection],
    ['owner', 'hardware/allowDriver', driver],
    ['owner', 'hardware/forbidDriver', { driver: 'idle' }],
    ['owner', 'devices/rename', { deviceId: 'camera', name: 'Mine' }],
    ['operator', 'devices/forgetSettings', { deviceId: 'camera' }],
    ['operator', 'hardware/discover', {}],
    ['operator', 'hardware/cancelDiscovery', {}],
    ['operator', 'hardware/reconnect', connection],
    ['operator', 'hardware/scanDrivers', {}],
    ['operator', 'hardware/interfaces', undefined],
    ['operator', 'hardware/doctor', undefined],
  ] satisfies [Role, string, unknown][])('need the %s: %s', async (role, path, body) => {
    const lesser = role === 'owner' ? 'operator' : 'viewer'
    const refused = await call(lesser, path, body)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'FORBIDDEN' })
    expect(await (await call(role, path, body)).text()).not.toContain('FORBIDDEN')
  })

  it('search only for whoever has control', async () => {
    expect((await call('owner', 'access/takeControl', {})).status).toBe(200)
    const refused = await call('operator', 'hardware/discover', {})
    expect(await refused.json()).toMatchObject({ code: 'CONTROL_TAKEN' })
  })

  it('answer what is wrong with their input', async () => {
    const wrong = await call('owner', 'hardware/connections', { driver: '../up', address: 'a' })
    expect(wrong.status).toBe(400)
    expect(await wrong.json()).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('driver'),
    })
    const unknown = await call('owner', 'hardware/removeConnection', { connectionId: 'nope' })
    expect(unknown.status).toBe(404)
    expect(await unknown.json()).toMatchObject({ code: 'UNKNOWN_CONNECTION' })
    const notAllowed = await call('owner', 'hardware/connections', { driver: 'idle', address: 'a' })
    expect(notAllowed.status).toBe(403)
    expect(await notAllowed.json()).toMatchObject({ code: 'DRIVER_NOT_ALLOWED' })
  })

  it('configure hardware from allowing a driver to removing the last connection', async () => {
    const idle = (await hardwareAs('owner')).drivers.find(({ id }) => id === 'idle')
    expect(idle).toMatchObject({ state: 'not-allowed', folder: join(folder, 'drivers', 'idle') })
    const allowed = await call('owner', 'hardware/allowDriver', { driver: 'idle', hash: idle?.hash })
    expect(await allowed.json()).toMatchObject({ state: 'ready' })
    const found = await call('operator', 'hardware/discover', { drivers: ['idle'] })
    expect(await found.json()).toMatchObject({ running: false, found: [{ driver: 'idle', address: rtsp }] })
    const added = await call('owner', 'hardware/connections', { driver: 'idle', address: 'a', title: 'Idle' })
    expect(await added.json()).toMatchObject({ id: 'idle-1', title: 'Idle', status: { state: 'ready' } })
    await call('owner', 'hardware/removeConnection', { connectionId: 'idle-1' })
    await call('owner', 'hardware/removeConnection', connection)
    expect((await hardwareAs('owner')).connections).toEqual([])
  })
})

describe('what is secret', () => {
  it('is told to owners only, in answers and events', async () => {
    expect((await hardwareAs('owner')).connections).toMatchObject([
      { address: rtsp, options: { password: 's3cret' } },
    ])
    await host.engine.hardware.scanDrivers()
    for (const role of ['viewer', 'operator'] as const) {
      const hardware = await hardwareAs(role)
      expect(hardware.connections).toMatchObject([{ address: 'rtsp://10.0.0.9/stream' }])
      const events = await openEvents(host.url, headers[role])
      host.engine.devices.connections.rename('network-1', `For the ${role}`)
      await eventually('the event', () => events.events.some(({ type }) => type === 'hardwareChanged'))
      const told = JSON.stringify([hardware, events.events])
      for (const secret of ['s3cret', 'key=abc', folder]) expect(told).not.toContain(secret)
      events.close()
    }
  })

  it('is what a search has found, for viewers', async () => {
    const { hash } = (await hardwareAs('owner')).drivers.find(({ id }) => id === 'idle') ?? {}
    await call('owner', 'hardware/allowDriver', { driver: 'idle', hash })
    await call('operator', 'hardware/discover', {})
    expect((await hardwareAs('operator')).discovery.found.length).toBeGreaterThan(0)
    expect((await hardwareAs('viewer')).discovery.found).toEqual([])
  })

  it('is not in the audit log', async () => {
    const change = { ...connection, address: rtsp, options: { password: 's3cret' } }
    expect((await call('owner', 'hardware/changeConnection', change)).status).toBe(200)
    const log = await (await call('owner', 'access/audit?limit=10')).text()
    expect(log).toContain('hardware.changeConnection')
    expect(log).not.toContain('s3cret')
  })
})
