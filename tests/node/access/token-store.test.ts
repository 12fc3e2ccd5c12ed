import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TokenStore } from '../../../src-main/access/token-store.ts'
import { AlertBoard } from '../../../src-main/engine/alert-board.ts'
import { FakeClock } from '../../fixtures/fake-clock.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const hourMs = 3_600_000

let folder: string
let path: string
let clock: FakeClock
let alerts: AlertBoard

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-tokens-'))
  path = join(folder, 'access.json')
  clock = new FakeClock()
  alerts = new AlertBoard()
})
afterEach(() => rm(folder, { recursive: true }))

const open = () => TokenStore.open({ path, clock, alerts })

describe('The token store', () => {
  it('keeps tokens over restarts, and their secrets nowhere', async () => {
    const store = await open()
    const { token, secret } = await store.create({ label: 'Anna', role: 'operator' })
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const text = await readFile(path, 'utf8')
    expect(text).not.toContain(secret)
    expect(text).toContain(createHash('sha256').update(secret).digest('hex'))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await open()).find(secret)).toMatchObject({ id: token.id, label: 'Anna', role: 'operator' })
    expect(JSON.stringify(store.list())).not.toMatch(/secret/i)
  })

  it('makes a file that others could read private', async () => {
    await writeFile(path, '{"tokens":[]}', { mode: 0o644 })
    await writeFile(`${path}.new`, 'of an interrupted run', { mode: 0o644 })
    await (await open()).create({ label: 'Anna', role: 'viewer' })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('finds no token for any other text', async () => {
    const store = await open()
    const { secret } = await store.create({ label: 'Anna', role: 'viewer' })
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.nat(42)), (other) => {
        // A position: the secret with one character changed.
        const text =
          typeof other === 'number'
            ? secret.slice(0, other) + (secret[other] === 'A' ? 'B' : 'A') + secret.slice(other + 1)
            : other
        fc.pre(text !== secret)
        expect(store.find(text)).toBeUndefined()
      }),
    )
    expect(store.find(secret)?.label).toBe('Anna')
  })

  it('ends tokens at their time, and by revocation', async () => {
    const store = await open()
    const short = await store.create({ label: 'Class', role: 'viewer', expiresInHours: 2 })
    const long = await store.create({ label: 'Anna', role: 'operator' })
    clock.pass(2 * hourMs - 1)
    expect(store.find(short.secret)?.label).toBe('Class')
    expect(store.nextExpiry()).toBe(clock.now() + 1)
    clock.pass(1)
    expect(store.find(short.secret)).toBeUndefined()
    await store.revoke(long.token.id)
    expect(store.find(long.secret)).toBeUndefined()
    expect((await open()).find(long.secret)).toBeUndefined()
    await expect(store.revoke(long.token.id)).rejects.toMatchObject({ code: 'UNKNOWN_TOKEN' })
  })

  it('writes down lately when a token was used', async () => {
    const store = await open()
    const { token } = await store.create({ label: 'Anna', role: 'viewer' })
    clock.pass(5000)
    store.touch(token.id)
    expect(await readFile(path, 'utf8')).not.toContain('lastUsedAt')
    await store.close()
    expect((await open()).list()[0]?.lastUsedAt).toBe(token.createdAt + 5000)
  })

  it('loses no change when many are made at once', async () => {
    const store = await open()
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.create({ label: `Viewer ${i}`, role: 'viewer' })),
    )
    await Promise.all(made.slice(0, 10).map(({ token }) => store.revoke(token.id)))
    const again = await open()
    expect(again.list().map(({ label }) => label)).toEqual(made.slice(10).map(({ token }) => token.label))
  })

  it('lets nobody in with a damaged file, keeps it, and says so', async () => {
    await writeFile(path, '{"tokens": [{"id": 5')
    const store = await open()
    expect(store.list()).toEqual([])
    expect(alerts.list()).toEqual([
      expect.objectContaining({ id: 'access', hint: expect.stringContaining('.bad') }),
    ])
    expect(await readFile(`${path}.bad`, 'utf8')).toContain('{"id": 5')
  })

  it('makes no token that it cannot keep', async () => {
    const store = await TokenStore.open({ path: '/dev/null/access.json', clock, alerts }).catch(
      (error: unknown) => error,
    )
    expect(store).toMatchObject({ code: 'SETTINGS_FILE' })
    const gone = await open()
    await rm(folder, { recursive: true })
    await writeFile(folder, 'a file where the folder was')
    await expect(gone.create({ label: 'Anna', role: 'viewer' })).rejects.toMatchObject({
      code: 'SETTINGS_FILE',
    })
    expect(gone.list()).toEqual([])
  })
})
