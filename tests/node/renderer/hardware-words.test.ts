import { describe, expect, it } from 'vitest'
import {
  optionsText,
  parseOptions,
  permissionsText,
  searchResults,
  waitingDrivers,
} from '../../../src-renderer/views/devices/hardware-words.ts'
import { pageOf } from '../../../src-renderer/views/devices/opened-page.ts'
import type { ConnectionInfo, DriverInfo, FoundConnection } from '../../../src-shared/hardware.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

describe('options of a connection', () => {
  it('are lines of names and values', () => {
    expect(
      parseOptions('packetSize = 1400\n\n note=long cable \nflip = true\nid = "007"\nurl = a=b'),
    ).toEqual({
      ok: true,
      options: { packetSize: 1400, note: 'long cable', flip: true, id: '007', url: 'a=b' },
    })
    expect(parseOptions('')).toEqual({ ok: true, options: {} })
  })

  it('say which line is wrong', () => {
    expect(parseOptions('a = 1\njust words')).toMatchObject({ ok: false, message: /just words/ })
    expect(parseOptions('= 5')).toMatchObject({ ok: false })
    expect(parseOptions('a = 1\na = 2')).toMatchObject({ ok: false, message: /twice/ })
  })

  it('come back as they went out', () => {
    const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,12}$/)
    const values = fc.oneof(
      fc.jsonValue(),
      fc.string(),
      fc.constantFrom('true', '12', ' padded ', 'a\nb', ''),
    )
    fc.assert(
      fc.property(fc.dictionary(names, values, { noNullPrototype: true }), (options) => {
        const plain: unknown = JSON.parse(JSON.stringify(options))
        const parsed = parseOptions(optionsText(options))
        expect(parsed.ok && JSON.parse(JSON.stringify(parsed.options))).toEqual(plain)
      }),
    )
  })
})

const driver = (
  id: string,
  state: DriverInfo['state'],
  origin: DriverInfo['origin'] = 'user',
): DriverInfo => ({
  id,
  name: id,
  description: '',
  demo: false,
  permissions: [],
  origin,
  state,
})
const found = (name: string, address: string): FoundConnection => ({ driver: name, address, title: address })

describe('drivers and what they find', () => {
  it('declares permissions as a sentence', () => {
    expect(permissionsText(['network', 'serial', 'programs'])).toBe(
      'It says that it uses the network, opens serial ports and starts programs; nothing keeps it from doing more.',
    )
    expect(permissionsText([])).toMatch(/nothing/)
  })

  it('waits for the owner with drivers that nobody allowed, or that changed', () => {
    const drivers = [
      driver('a', 'ready'),
      driver('b', 'not-allowed'),
      driver('c', 'changed'),
      driver('d', 'broken'),
    ]
    expect(waitingDrivers(drivers).map(({ id }) => id)).toEqual(['b', 'c'])
  })

  it('groups finds by driver, with searches that go on or failed, without those that ended in nothing', () => {
    const results = searchResults(
      [
        { driver: 'gige', state: 'done' },
        { driver: 'replay', state: 'done' },
        { driver: 'indi', state: 'searching' },
        { driver: 'usb', state: 'failed', message: 'ffmpeg is missing' },
      ],
      [found('gige', '10.0.0.2'), found('gige', '10.0.0.3')],
    )
    expect(results.map((result) => [result.driver, result.found.length])).toEqual([
      ['gige', 2],
      ['indi', 0],
      ['usb', 0],
    ])
    expect(searchResults([], [found('gige', '10.0.0.2')])).toHaveLength(1)
  })

  it('goes to the device that was opened, or to what is wrong with it', () => {
    const connection: ConnectionInfo = {
      id: 'gige-1',
      title: 'Camera',
      driver: 'gige',
      address: '10.0.0.2',
      status: { state: 'ready' },
      deviceIds: ['gige-1/camera'],
    }
    expect(pageOf(connection)).toEqual({ kind: 'device', deviceId: 'gige-1/camera' })
    const lost = { ...connection, status: { state: 'error' as const, message: 'No answer' } }
    expect(pageOf(lost)).toEqual({ kind: 'connection', connectionId: 'gige-1' })
    expect(pageOf({ ...connection, deviceIds: ['a', 'b'] })).toMatchObject({ kind: 'connection' })
  })
})
