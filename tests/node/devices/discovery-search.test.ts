import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DiscoverySearch } from '../../../src-main/devices/discovery-search.ts'
import { DriverCatalog } from '../../../src-main/devices/driver-catalog.ts'
import type { TaskLimits } from '../../../src-main/devices/driver-task.ts'
import { isInNetwork, listInterfaces } from '../../../src-main/devices/network-interfaces.ts'
import { findUserDrivers } from '../../../src-main/devices/find-user-drivers.ts'
import type { Discovery } from '../../../src-shared/hardware.ts'
import { join } from 'node:path'
import { eventually } from '../../fixtures/eventually.ts'
import { temporaryFolder } from '../../fixtures/image-fixtures.ts'
import { writeUserDriver } from '../../fixtures/user-driver.ts'

let data: Awaited<ReturnType<typeof temporaryFolder>>
let told: Discovery[]

beforeEach(async () => {
  data = await temporaryFolder()
  told = []
})
afterEach(() => data.remove())

/** A search by drivers of the user, all of them allowed; `drivers` are their members by id. */
async function searchBy(
  drivers: Readonly<Record<string, string>>,
  limits: TaskLimits = { abortMs: 60_000, graceMs: 30_000 },
): Promise<DiscoverySearch> {
  for (const [id, members] of Object.entries(drivers)) await writeUserDriver(data.path, id, members)
  const userFolder = join(data.path, 'drivers')
  const hashes = (await findUserDrivers(userFolder)).map((driver) => [
    driver.id,
    'hash' in driver ? driver.hash : '',
  ])
  const catalog = new DriverCatalog({ userFolder, allowed: () => Object.fromEntries(hashes) })
  return new DiscoverySearch({
    module: (driver) => catalog.module(driver),
    changed: (discovery) => told.push(discovery),
    limits,
  })
}

const stateOf = (discovery: Discovery | undefined, id: string) =>
  discovery?.drivers.find(({ driver }) => driver === id)

describe('a search', () => {
  it('tells what each driver has found as soon as it has', async () => {
    const search = await searchBy({
      quick: `discover: async () => [{ address: 'a', title: 'A', detail: 'Maker, model' }]`,
      slow: `discover: async ({ signal }) => {
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
        return [{ address: 'b', title: 'B' }]
      }`,
    })
    const searching = search.start({ drivers: ['quick', 'slow'], interfaces: [] })
    await eventually('the quick one', () => search.discovery.found.length === 1)
    expect(stateOf(search.discovery, 'slow')).toMatchObject({ state: 'searching' })
    // The slow one is told to end, and what it has found until then counts.
    await search.cancel()
    const discovery = await searching
    expect(discovery.running).toBe(false)
    expect(discovery.found).toEqual([
      { driver: 'quick', address: 'a', title: 'A', detail: 'Maker, model' },
      { driver: 'slow', address: 'b', title: 'B' },
    ])
    expect(told[0]).toMatchObject({ running: true, found: [] })
  })

  it('survives drivers that throw, end their thread or find nonsense, and says so', async () => {
    const drivers = {
      throws: `discover: async () => { throw Object.assign(new Error('No adapter'), { code: 'DEVICE_UNAVAILABLE', hint: 'Plug one in.' }) }`,
      exits: `discover: () => process.exit(0)`,
      crashes: `discover: () => new Promise(() => setTimeout(() => { throw new Error('late') }))`,
      nonsense: `discover: async () => [{ address: 7 }]`,
      endless: `discover: async () => Array.from({ length: 1000 }, (_, i) => ({ address: String(i), title: 'x' }))`,
      good: `discover: async () => [{ address: 'a', title: 'A' }]`,
    }
    const search = await searchBy(drivers)
    const discovery = await search.start({ drivers: [...Object.keys(drivers), 'missing'], interfaces: [] })
    expect(discovery.found).toEqual([{ driver: 'good', address: 'a', title: 'A' }])
    expect(stateOf(discovery, 'throws')).toMatchObject({ message: 'No adapter', hint: 'Plug one in.' })
    expect(stateOf(discovery, 'exits')).toMatchObject({ message: expect.stringContaining('thread ended') })
    expect(stateOf(discovery, 'crashes')).toMatchObject({ message: 'late' })
    for (const id of ['nonsense', 'endless'])
      expect(stateOf(discovery, id)).toMatchObject({ message: expect.stringContaining('describes wrongly') })
    expect(stateOf(discovery, 'missing')).toMatchObject({ state: 'failed' })
  })

  it('waits for no driver that hangs', async () => {
    const drivers = {
      hangs: `discover: () => new Promise(() => setInterval(() => {}, 1000))`,
      spins: `discover: () => { for (;;); }`,
    }
    const search = await searchBy(drivers, { abortMs: 1000, graceMs: 1000 })
    const discovery = await search.start({ drivers: Object.keys(drivers), interfaces: [] })
    for (const id of Object.keys(drivers))
      expect(stateOf(discovery, id)).toMatchObject({
        message: 'The driver did not end within 1 s of being told to',
      })
  })

  it('gives drivers the interfaces that were chosen, and no others', async () => {
    const search = await searchBy({
      net: `discover: async ({ interfaces }) => interfaces.map((address) => ({ address, title: 'Seen' }))`,
    })
    expect((await search.start({ drivers: ['net'], interfaces: [] })).found).toEqual([])
    const { found } = await search.start({ drivers: ['net'], interfaces: ['127.0.0.1'] })
    expect(found).toMatchObject([{ address: '127.0.0.1' }])
  })

  it('ends when it is cancelled, and another can be started', async () => {
    const search = await searchBy(
      {
        hangs: `discover: () => new Promise(() => setInterval(() => {}, 1000))`,
        good: `discover: async () => [{ address: 'a', title: 'A' }]`,
      },
      { abortMs: 60_000, graceMs: 200 },
    )
    const searching = search.start({ drivers: ['hangs'], interfaces: [] })
    expect(search.start({ drivers: ['good'], interfaces: [] })).toBe(searching)
    await search.cancel()
    expect(stateOf(await searching, 'hangs')).toMatchObject({ message: 'The search was ended' })
    expect((await search.start({ drivers: ['good'], interfaces: [] })).found).toHaveLength(1)
  })
})

describe('interfaces', () => {
  it('are listed with the loopback, chosen by name', () => {
    const loopback = listInterfaces([]).find(({ address }) => address === '127.0.0.1')
    expect(loopback).toMatchObject({ loopback: true, chosen: false })
    expect(listInterfaces([loopback?.name ?? '']).filter(({ chosen }) => chosen)).toContainEqual({
      ...loopback,
      chosen: true,
    })
  })

  it.each([
    ['192.168.1.20', '192.168.1.1', '255.255.255.0', true],
    ['192.168.2.20', '192.168.1.1', '255.255.255.0', false],
    ['10.255.3.4', '10.0.0.1', '255.0.0.0', true],
    ['224.0.0.1', '192.168.1.1', '255.255.255.0', false],
    ['http://camera/', '192.168.1.1', '255.255.255.0', undefined],
    ['1.2.3.400', '1.2.3.4', '255.255.255.0', undefined],
  ])('%s is in the network of %s/%s: %s', (address, own, netmask, expected) => {
    expect(isInNetwork(address, { address: own, netmask })).toBe(expected)
  })
})
