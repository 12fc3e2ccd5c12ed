/** Connections that come and go while others run, and what their devices bring back with them. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { ConnectionConfig } from '../../../src-main/devices/connection-supervisor.ts'
import type { SavedSettings } from '../../../src-main/devices/device-messages.ts'
import { DeviceRegistry } from '../../../src-main/devices/device-registry.ts'
import type { RegistryEvent } from '../../../src-main/devices/managed-connections.ts'
import { AlertBoard } from '../../../src-main/engine/alert-board.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { testConnection } from '../../fixtures/test-connection.ts'

let registry: DeviceRegistry
let alerts: AlertBoard
let events: RegistryEvent[]

async function open(...connections: ConnectionConfig[]): Promise<void> {
  alerts = new AlertBoard()
  events = []
  registry = new DeviceRegistry({
    connections,
    alerts,
    backOff: { firstMs: 50, mostMs: 50 },
  })
  registry.on((event) => events.push(event))
  await registry.open()
}

afterEach(() => registry.close())

function settingsConnection(
  options: Record<string, unknown> = {},
  savedSettings: SavedSettings = {},
): ConnectionConfig {
  const driverUrl = new URL('../../fixtures/settings-driver.ts', import.meta.url).href
  return { id: 'settings', title: 'Settings', worker: { driverUrl, address: '', options, savedSettings } }
}

const valueOf = (name: string) =>
  registry.device('settings-camera').properties.find((property) => property.name === name)?.value

describe('connections', () => {
  it('come while others run', async () => {
    await open(testConnection({}, 'first'))
    const lease = await registry.acquire('test-camera', { owner: 'test' })
    await registry.connections.add(testConnection({}, 'second', 'second.'))
    expect(registry.devices().map(({ id }) => id)).toEqual([
      'test-camera',
      'test-stage',
      'test-light',
      'second.test-camera',
      'second.test-stage',
      'second.test-light',
    ])
    expect(registry.device('test-camera').acquiring).toBe(true)
    await registry.moveStage('second.test-stage', { x: 5 }, 'absolute')
    expect(registry.device('second.test-stage').position).toEqual({ x: 5, y: 0 })
    expect(registry.device('test-stage').position).toEqual({ x: 0, y: 0 })
    await lease.release()
  })

  it('bring presets that name their own devices', async () => {
    await open(testConnection({}, 'first', 'first.'))
    await registry.applyPreset('Channel', 'BF')
    expect(registry.device('first.test-light').properties[0]?.value).toBe(true)
  })

  it('go with their devices, presets and alerts, and nothing else goes', async () => {
    await open(testConnection({}, 'first'), testConnection({}, 'second', 'second.'))
    const kept = await registry.acquire('second.test-camera', { owner: 'test' })
    const lost = await registry.acquire('test-camera', { owner: 'test' })
    await registry.connections.remove('first')
    expect(registry.connections.states().map(({ id }) => id)).toEqual(['second'])
    expect(registry.devices().every(({ id }) => id.startsWith('second.'))).toBe(true)
    expect(registry.presets()).toHaveLength(1)
    const removed = events.flatMap((event) => (event.type === 'deviceRemoved' ? event.deviceId : []))
    expect(removed).toEqual(['test-camera', 'test-stage', 'test-light'])
    expect(registry.device('second.test-camera').acquiring).toBe(true)
    await lost.release()
    await kept.release()
    expect(() => registry.device('test-camera')).toThrow('There is no device')
  })

  it('of which a device is missing have the others, say so, and are whole once they are opened again', async () => {
    const folder = await temporaryFolder()
    const lightNeeds = join(folder.path, 'power')
    await open(testConnection({ lightNeeds }, 'first'))
    const kinds = () => registry.devices().map(({ description }) => description.kind)
    expect(kinds()).toEqual(['camera', 'stage'])
    expect(registry.connections.states()[0]).toMatchObject({
      status: { state: 'ready' },
      missing: [{ message: 'Test light has no power', hint: 'Plug it in.' }],
    })
    expect(alerts.list()).toMatchObject([
      { id: 'missing:first', severity: 'warning', message: 'Test microscope: Test light has no power' },
    ])
    await writeFile(lightNeeds, '')
    const lease = await registry.acquire('test-camera', { owner: 'test' })
    await expect(registry.connections.reopen('first')).rejects.toMatchObject({
      code: 'DEVICE_UNAVAILABLE',
      message: expect.stringContaining('it would stop Test camera'),
    })
    await lease.release()
    await registry.connections.reopen('first')
    expect(kinds()).toEqual(['camera', 'stage', 'light'])
    expect(registry.connections.states()[0]?.missing).toEqual([])
    expect(alerts.list()).toEqual([])
    await folder.remove()
  })

  it('that are closed while they are opened again stay closed', async () => {
    await open(testConnection({ lightNeeds: '/nowhere/power' }, 'first'))
    const again = registry.connections.reopen('first')
    await registry.connections.remove('first')
    await again
    expect(registry.connections.states()).toEqual([])
    expect(registry.devices()).toEqual([])
    expect(alerts.list()).toEqual([])
  })

  it('that are lost leave no alert behind when they go', async () => {
    await open(testConnection({ fault: 'throw-on-open' }, 'broken'))
    expect(registry.connections.states()[0]).toMatchObject({
      title: 'Test microscope',
      status: { state: 'error', message: 'No such port COM7', hint: 'Choose another port.' },
      devices: [],
    })
    expect(alerts.list()).toHaveLength(1)
    await registry.connections.remove('broken')
    expect(alerts.list()).toEqual([])
    await expect(registry.connections.remove('broken')).rejects.toMatchObject({ code: 'UNKNOWN_CONNECTION' })
  })

  it('are removed while they hang in opening, and their thread ends', async () => {
    await open()
    const adding = registry.connections.add(testConnection({ fault: 'hang-on-open' }, 'slow'))
    await registry.connections.remove('slow')
    await adding
    expect(registry.connections.states()).toEqual([])
  })

  it('are abandoned while they hang in opening, and tried again', async () => {
    await open()
    const adding = registry.connections.add(testConnection({ fault: 'hang-on-open' }, 'slow'))
    await registry.connections.abandon('slow', new CoverslipError('DRIVER_NOT_ALLOWED', 'Not any more'))
    await adding
    expect(registry.connections.states()[0]?.status).toMatchObject({
      state: 'error',
      message: 'Not any more',
    })
  })

  it('with the ids of another’s devices are refused by name', async () => {
    await open(testConnection({}, 'first'), testConnection({}, 'second'))
    await eventually('the alert', () =>
      alerts.list().some(({ message }) => message.includes('belongs to a device of Test microscope')),
    )
    expect(registry.devices()).toHaveLength(3)
  })

  it('have titles that can change', async () => {
    await open(testConnection({}, 'first'))
    registry.connections.rename('first', 'Left microscope')
    expect(registry.connections.states()[0]?.title).toBe('Left microscope')
    expect(events.at(-1)).toEqual({ type: 'connectionsChanged' })
  })
})

describe('settings of a serial number', () => {
  it('are there before the camera is ready', async () => {
    await open(settingsConnection({}, { 'S-1': { exposureMs: 50, gain: 4 }, 'S-2': { gain: 9 } }))
    const first = events.find((event) => event.type === 'deviceChanged')
    expect(first).toMatchObject({ device: { status: { state: 'ready' } } })
    const told = first?.type === 'deviceChanged' ? first.device.properties : []
    expect(told.find(({ name }) => name === 'exposureMs')?.value).toBe(50)
    expect(valueOf('gain')).toBe(4)
    expect(alerts.list()).toEqual([])
  })

  it('are made in whatever order the camera takes them', async () => {
    await open(settingsConnection({}, { 'S-1': { binning: '2x2', roiWidth: 40 } }))
    expect(valueOf('binning')).toBe('2x2')
    expect(valueOf('roiWidth')).toBe(40)
    expect(alerts.list()).toEqual([])
  })

  it('that do not fit any more are told and skipped', async () => {
    await open(settingsConnection({ longest: 20 }, { 'S-1': { exposureMs: 50, colour: 'red', gain: 4 } }))
    expect(registry.device('settings-camera').status).toEqual({ state: 'ready' })
    expect(valueOf('exposureMs')).toBe(10)
    expect(valueOf('gain')).toBe(4)
    expect(alerts.list()).toMatchObject([{ id: 'restore:settings-camera', source: 'Settings camera' }])
    expect(alerts.list()[0]?.message).toMatch(/exposureMs = 50 \(.*1 to 20.*\); colour = red \(.*no property/)
  })

  it('that the camera never takes do not keep it from opening', async () => {
    await open(settingsConnection({ stuck: true }, { 'S-1': { gain: 4, exposureMs: 50 } }))
    expect(registry.device('settings-camera').status).toEqual({ state: 'ready' })
    expect(alerts.list()[0]?.message).toContain('gain = 4')
  })
})

describe('health of a camera', () => {
  it('is counted in the ring while it acquires, and gone afterwards', async () => {
    await open(testConnection({ width: 32, height: 16, frameRate: 50 }))
    const lease = await registry.acquire('test-camera', { owner: 'test' })
    const health = await eventually('health of a camera that sends', () => {
      const told = registry.device('test-camera').health
      return told !== undefined && told.framesPerSecond > 0 && told
    })
    expect(health.frames).toBeGreaterThan(0)
    expect(health.bytesPerSecond / health.framesPerSecond).toBeCloseTo(32 * 16 * 2)
    expect(health.lostPackets).toBeUndefined()
    expect(events.some((event) => event.type === 'healthChanged')).toBe(true)
    await lease.release()
    expect(registry.device('test-camera').health).toBeUndefined()
  })

  it('is what its driver tells, where it does', async () => {
    await open(settingsConnection({ healthy: true }))
    const lease = await registry.acquire('settings-camera', { owner: 'test' })
    const health = await eventually('health', () => registry.device('settings-camera').health)
    expect(health).toEqual({ framesPerSecond: 7, bytesPerSecond: 700, frames: 70, lostPackets: 3 })
    await lease.release()
  })
})
