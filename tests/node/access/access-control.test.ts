import { beforeEach, describe, expect, it } from 'vitest'
import { AccessControl } from '../../../src-main/access/access-control.ts'
import { localCaller } from '../../../src-main/access/local-caller.ts'
import { type Caller, usesToken } from '../../../src-shared/access.ts'
import { FakeClock } from '../../fixtures/fake-clock.ts'

let clock: FakeClock
let access: AccessControl
let revoked: string[]

beforeEach(async () => {
  clock = new FakeClock()
  access = await AccessControl.open({ clock })
  revoked = []
  access.onRevoked((tokenIds) => revoked.push(...tokenIds))
})

const change = { role: 'operator', control: true } as const

function come(secret: string, id: string): Caller {
  const caller = access.identify(secret, { id, address: '192.0.2.7' })
  if (caller === undefined) throw new Error('not let in')
  return caller
}

describe('Access control', () => {
  it('knows browsers with one token apart, without telling how', async () => {
    const { secret, token } = await access.createToken({ label: 'Class', role: 'viewer' })
    const first = come(secret, 'browser 1')
    expect(first).toMatchObject({ role: 'viewer', label: 'Class', address: '192.0.2.7' })
    expect(come(secret, 'browser 1')).toEqual(first)
    expect(come(secret, 'browser 2').id).not.toBe(first.id)
    expect(first.id).not.toContain('browser')
    expect(access.tokens()).toEqual([{ ...token, lastUsedAt: clock.now() }])
  })

  it('refuses what the role may not do, naming both', async () => {
    const { secret } = await access.createToken({ label: 'Class', role: 'viewer' })
    const viewer = come(secret, 'b')
    expect(() => access.authorize(viewer, { role: 'viewer', control: false })).not.toThrow()
    expect(() => access.authorize(viewer, change)).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN', message: expect.stringContaining('operator') }),
    )
    expect(access.control()).toEqual({})
    const operator = come((await access.createToken({ label: 'Anna', role: 'operator' })).secret, 'b')
    expect(() => access.authorize(operator, { role: 'owner', control: false })).toThrow(
      expect.objectContaining({ code: 'FORBIDDEN' }),
    )
  })

  it('tells off everybody with a revoked token, and takes their control', async () => {
    const { secret, token } = await access.createToken({ label: 'Anna', role: 'operator' })
    const other = await access.createToken({ label: 'Ben', role: 'operator' })
    const [first, second] = [come(secret, 'a'), come(secret, 'b')]
    come(other.secret, 'a')
    access.authorize(first, change)
    await access.revokeToken(token.id)
    expect(revoked).toEqual([token.id])
    for (const { id } of [first, second]) expect(usesToken(id, token.id)).toBe(true)
    expect(usesToken(come(other.secret, 'a').id, token.id)).toBe(false)
    expect(access.control()).toEqual({})
    expect(access.identify(secret, { id: 'a', address: '' })).toBeUndefined()
  })

  it('tells off everybody whose token expires, also in the far future', async () => {
    const hour = await access.createToken({ label: 'Lesson', role: 'viewer', expiresInHours: 1 })
    const year = await access.createToken({ label: 'Year', role: 'viewer', expiresInHours: 8784 })
    clock.pass(3_600_000)
    expect(revoked).toEqual([hour.token.id])
    clock.pass(8784 * 3_600_000)
    expect(new Set(revoked)).toEqual(new Set([hour.token.id, year.token.id]))
  })

  it('hands control from the owner to an operator and back', async () => {
    const operator = come((await access.createToken({ label: 'Anna', role: 'operator' })).secret, 'a')
    access.authorize(localCaller, change)
    expect(() => access.authorize(operator, change)).toThrow(
      expect.objectContaining({ code: 'CONTROL_TAKEN' }),
    )
    expect(access.takeControl(operator)).toMatchObject({ status: 'asked', holder: localCaller })
    access.answerControl(localCaller, { grant: true })
    expect(() => access.authorize(localCaller, change)).toThrow(
      expect.objectContaining({ code: 'CONTROL_TAKEN' }),
    )
    expect(access.takeControl(localCaller)).toEqual({ status: 'granted' })
    expect(() => access.authorize(localCaller, change)).not.toThrow()
  })
})
