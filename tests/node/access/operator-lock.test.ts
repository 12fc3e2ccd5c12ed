import { beforeEach, describe, expect, it } from 'vitest'
import { OperatorLock } from '../../../src-main/access/operator-lock.ts'
import type { Caller, ControlState } from '../../../src-shared/access.ts'
import { FakeClock } from '../../fixtures/fake-clock.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const caller = (id: string, role: Caller['role'] = 'operator'): Caller => ({
  id,
  role,
  label: id,
  address: '',
})
const anna = caller('Anna')
const ben = caller('Ben')
const carl = caller('Carl')
const owner = caller('Owner', 'owner')

let clock: FakeClock
let lock: OperatorLock
let told: ControlState[]

beforeEach(() => {
  clock = new FakeClock()
  lock = new OperatorLock(clock)
  told = []
  lock.on((state) => told.push(state))
})

const holder = () => lock.state().holder?.label
const asker = () => lock.state().request?.caller.label

describe('Control', () => {
  it('goes to the first who needs it, and to nobody else while he has it', () => {
    lock.claim(anna)
    lock.claim(anna)
    expect(() => lock.claim(ben)).toThrow(
      expect.objectContaining({ code: 'CONTROL_TAKEN', message: expect.stringContaining('Anna') }),
    )
    expect(() => lock.claim(owner)).toThrow(expect.objectContaining({ code: 'CONTROL_TAKEN' }))
    expect(told).toHaveLength(1)
  })

  it('ends for a script 60 s after its last call', () => {
    lock.claim(anna)
    clock.pass(59_999)
    lock.touch(anna)
    clock.pass(59_999)
    expect(holder()).toBe('Anna')
    clock.pass(1)
    expect(holder()).toBeUndefined()
    expect(told.at(-1)).toEqual({})
  })

  it('stays as long as a connection is open, and 10 s longer', () => {
    const [first, second] = [lock.present(anna), lock.present(anna)]
    lock.claim(anna)
    clock.pass(3_600_000)
    first()
    first()
    clock.pass(3_600_000)
    expect(holder()).toBe('Anna')
    second()
    clock.pass(9999)
    const again = lock.present(anna)
    clock.pass(3_600_000)
    expect(holder()).toBe('Anna')
    again()
    clock.pass(10_000)
    expect(holder()).toBeUndefined()
  })

  it('is handed over 30 s after somebody asked', () => {
    lock.present(anna)
    expect(lock.take(anna)).toEqual({ status: 'granted' })
    const until = clock.now() + 30_000
    expect(lock.take(ben)).toEqual({ status: 'asked', holder: anna, until })
    clock.pass(10_000)
    expect(lock.take(ben)).toEqual({ status: 'asked', holder: anna, until })
    expect(() => lock.take(carl)).toThrow(expect.objectContaining({ code: 'CONTROL_TAKEN' }))
    clock.pass(19_999)
    expect(holder()).toBe('Anna')
    clock.pass(1)
    expect(lock.state()).toEqual({ holder: ben })
  })

  it('stays where it is when the holder refuses, and goes at once when he agrees', () => {
    lock.claim(anna)
    lock.take(ben)
    expect(() => lock.answer(ben, { grant: true })).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
    expect(lock.answer(anna, { grant: false })).toEqual({ holder: anna })
    clock.pass(30_000)
    expect(holder()).toBe('Anna')
    lock.take(ben)
    expect(lock.answer(anna, { grant: true })).toEqual({ holder: ben })
    expect(lock.answer(ben, { grant: true })).toEqual({ holder: ben })
  })

  it('goes to an owner at once', () => {
    lock.claim(anna)
    lock.take(ben)
    expect(lock.take(owner)).toEqual({ status: 'granted' })
    expect(lock.state()).toEqual({ holder: owner })
    clock.pass(30_000)
    expect(holder()).toBe('Owner')
  })

  it('goes to who asks when the holder lets go or is gone', () => {
    lock.claim(anna)
    lock.take(ben)
    expect(lock.release(anna)).toEqual({ holder: ben })
    lock.take(carl)
    lock.expel(['Ben'])
    expect(lock.state()).toEqual({ holder: carl })
  })

  it('is not given to who has stopped asking, has left or lost access', () => {
    lock.present(anna)
    lock.claim(anna)
    lock.take(ben)
    lock.release(ben)
    clock.pass(30_000)
    expect(holder()).toBe('Anna')
    const leave = lock.present(ben)
    lock.take(ben)
    leave()
    expect(asker()).toBeUndefined()
    lock.take(ben)
    lock.expel(['Ben'])
    clock.pass(30_000)
    expect(lock.state()).toEqual({ holder: anna })
  })

  it('is held by one at most, who is there, whatever happens', () => {
    const everybody = [anna, ben, carl, owner]
    const action = fc.record({
      who: fc.constantFrom(...everybody),
      what: fc.constantFrom(
        'claim',
        'touch',
        'take',
        'release',
        'grant',
        'refuse',
        'enter',
        'leave',
        'expel',
      ),
      thenMs: fc.constantFrom(0, 5000, 15_000, 70_000),
    })
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const time = new FakeClock()
        const one = new OperatorLock(time)
        const open = new Map(everybody.map(({ id }) => [id, [] as (() => void)[]]))
        let last: ControlState = {}
        one.on((state) => {
          last = state
        })
        for (const { who, what, thenMs } of actions) {
          const before = one.state()
          try {
            if (what === 'claim') one.claim(who)
            if (what === 'touch') one.touch(who)
            if (what === 'take') one.take(who)
            if (what === 'release') one.release(who)
            if (what === 'grant' || what === 'refuse') one.answer(who, { grant: what === 'grant' })
            if (what === 'enter') open.get(who.id)?.push(one.present(who))
            if (what === 'leave') open.get(who.id)?.pop()?.()
            if (what === 'expel') one.expel([who.id])
            if (what === 'claim') expect(one.state().holder).toEqual(who)
          } catch (error) {
            // What is refused changes nothing.
            expect(error).toMatchObject({ code: expect.stringMatching(/CONTROL_TAKEN|FORBIDDEN/) })
            expect(one.state()).toEqual(before)
          }
          const { holder: now } = one.state()
          time.pass(thenMs)
          const { holder: held, request } = one.state()
          expect(one.state()).toEqual(last)
          // Who holds it after more than a minute is there, or was given it on the way.
          if (thenMs === 70_000 && held !== undefined && held.id === now?.id && before.request === undefined)
            expect(open.get(held.id)?.length).toBeGreaterThan(0)
          if (request !== undefined) {
            expect(held).toBeDefined()
            expect(request.caller.id).not.toBe(held?.id)
          }
        }
      }),
    )
  })
})
