import { afterEach, describe, expect, it, vi } from 'vitest'
import { SettingTurns } from '../../../src-main/devices/setting-turns.ts'
import type { DeviceState } from '../../../src-shared/devices.ts'
import { loggedMicroscope } from '../../fixtures/logged-microscope.ts'

describe('SettingTurns', () => {
  afterEach(() => void vi.useRealTimers())

  /** Settings that end when they are told to, and the order in which they were begun. */
  function settings() {
    const begun: string[] = []
    const ends = new Map<string, PromiseWithResolvers<void>>()
    const set = (name: string) => () => {
      begun.push(name)
      const end = Promise.withResolvers<void>()
      ends.set(name, end)
      return end.promise
    }
    return { begun, set, end: (name: string) => ends.get(name)?.resolve(), ends }
  }
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

  it('begins with a value when the one before is set, and with other properties at once', async () => {
    const turns = new SettingTurns()
    const { begun, set, end } = settings()
    const first = turns.take('wheel', set('red'))
    const second = turns.take('wheel', set('blue'))
    const third = turns.take('wheel', set('none'))
    const other = turns.take('lamp', set('on'))
    await turn()
    expect(begun).toEqual(['red', 'on'])
    end('red')
    await first
    await turn()
    expect(begun).toEqual(['red', 'on', 'blue'])
    end('blue')
    await second
    await turn()
    end('none')
    end('on')
    await Promise.all([third, other])
    expect(begun).toEqual(['red', 'on', 'blue', 'none'])
  })

  it('goes on after a failure, of which only who has asked for it hears', async () => {
    const turns = new SettingTurns()
    const failed = turns.take('wheel', () => Promise.reject(new Error('It is stuck')))
    const next = turns.take('wheel', () => Promise.resolve())
    await expect(failed).rejects.toThrow('It is stuck')
    await next
  })

  it('does not have a light stay on because turning it on hangs', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const turns = new SettingTurns()
    const { begun, set, end } = settings()
    void turns.take('lamp', set('on'))
    const off = turns.take('lamp', set('off'))
    await turn()
    expect(begun).toEqual(['on'])
    await vi.advanceTimersByTimeAsync(1000)
    expect(begun).toEqual(['on', 'off'])
    end('off')
    await off
  })
})

describe('DeviceRegistry', () => {
  const microscope = loggedMicroscope()
  const positionOf = ({ properties }: DeviceState) =>
    properties.find(({ name }) => name === 'position')?.value

  it('answers each of two callers with what it has set, and the last one holds, however long the first takes', async () => {
    await microscope.open({ slow: { line: 'wheel red', ms: 200 } })
    const { devices } = microscope
    const answers = await Promise.all(
      ['red', 'blue'].map((filter) => devices.setProperty('wheel', 'position', filter)),
    )
    expect(answers.map(positionOf)).toEqual(['red', 'blue'])
    expect(positionOf(devices.device('wheel'))).toBe('blue')
    expect(await microscope.log('wheel')).toEqual(['wheel red', 'wheel blue'])
  })
})
