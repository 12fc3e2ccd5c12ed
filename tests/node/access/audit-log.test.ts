import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditInput } from '../../../src-main/access/audit-input.ts'
import { AuditLog } from '../../../src-main/access/audit-log.ts'
import { AlertBoard } from '../../../src-main/engine/alert-board.ts'
import type { Caller } from '../../../src-shared/access.ts'
import { FakeClock } from '../../fixtures/fake-clock.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const anna: Caller = { id: 'a.1', role: 'operator', label: 'Anna', address: '192.0.2.1' }
const ben: Caller = { id: 'b.1', role: 'viewer', label: 'Ben', address: '192.0.2.2' }

let folder: string
let path: string
let clock: FakeClock
let alerts: AlertBoard
let log: AuditLog

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'coverslip-audit-'))
  path = join(folder, 'data', 'audit.jsonl')
  clock = new FakeClock()
  alerts = new AlertBoard()
  log = new AuditLog({ path, clock, alerts })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const setExposure = (value: number, caller = anna) =>
  log.record({
    caller,
    action: 'devices.setProperty',
    input: { deviceId: 'camera', property: 'exposureMs', value },
  })

const lines = async () => (await readFile(path, 'utf8')).trimEnd().split('\n')

describe('The audit log', () => {
  it('lists who did what, newest first, over restarts', async () => {
    log.record({ caller: anna, action: 'stage.move', input: { x: 5 } })
    clock.pass(10)
    log.record({ caller: ben, action: 'stage.move', input: { x: 6 }, error: 'Not allowed' })
    const newest = {
      at: clock.now(),
      caller: ben,
      action: 'stage.move',
      input: { x: 6 },
      error: 'Not allowed',
    }
    expect(await log.list(10)).toEqual([newest, expect.objectContaining({ caller: anna, input: { x: 5 } })])
    await log.close()
    const again = new AuditLog({ path, clock, alerts })
    expect(await again.list(1)).toEqual([newest])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('writes a slider once, with its last value', async () => {
    for (let value = 1; value <= 50; value += 1) setExposure(value)
    setExposure(7, ben)
    expect(await log.list(10)).toHaveLength(2)
    clock.pass(2000)
    setExposure(99)
    await log.close()
    const written = (await lines()).map((line) => JSON.parse(line))
    expect(written.map(({ caller, input }) => [caller.label, input.value])).toEqual([
      ['Anna', 50],
      ['Ben', 7],
      ['Anna', 99],
    ])
  })

  it('is not flooded by somebody who may do nothing', async () => {
    log.record({ caller: anna, action: 'stage.move', input: { x: 5 } })
    for (let i = 0; i < 1000; i += 1)
      log.record({
        caller: { ...ben, id: `b.${i}` },
        action: 'stage.move',
        input: { x: i },
        error: 'Not allowed',
      })
    await log.close()
    expect(await lines()).toHaveLength(2)
  })

  it('skips damaged lines', async () => {
    log.record({ caller: anna, action: 'stage.move' })
    await log.close()
    await appendFile(path, '{"at": 5, "call\n[]\n\n{"at":"x"}\n')
    log.record({ caller: anna, action: 'stage.stop' })
    await log.close()
    expect((await log.list(10)).map(({ action }) => action).toSorted()).toEqual(['stage.move', 'stage.stop'])
  })

  it('begins a new file at 5 MB and keeps one old one', async () => {
    log.record({ caller: anna, action: 'first' })
    await log.close()
    await writeFile(path, `${'x'.repeat(5_000_001)}\n${await readFile(path, 'utf8')}`)
    const again = new AuditLog({ path, clock, alerts })
    clock.pass(1)
    again.record({ caller: anna, action: 'second' })
    await again.close()
    expect(await lines()).toHaveLength(1)
    expect((await again.list(10)).map(({ action }) => action)).toEqual(['second', 'first'])
    await writeFile(path, `${'x'.repeat(5_000_001)}\n`)
    const third = new AuditLog({ path, clock, alerts })
    third.record({ caller: anna, action: 'third' })
    await third.close()
    expect((await third.list(10)).map(({ action }) => action)).toEqual(['third'])
  })

  it('goes on without a disk, and says so until it has one', async () => {
    await writeFile(join(folder, 'data'), 'a file where the folder should be')
    log.record({ caller: anna, action: 'lost' })
    await log.close()
    expect(alerts.list()).toEqual([expect.objectContaining({ id: 'audit' })])
    await rm(join(folder, 'data'))
    log.record({ caller: anna, action: 'kept' })
    await log.close()
    expect(alerts.list()).toEqual([])
    expect((await log.list(10)).map(({ action }) => action)).toEqual(['kept'])
  })

  it('works without a file', async () => {
    const memory = new AuditLog({ path: undefined, clock, alerts })
    for (let i = 0; i < 1200; i += 1) memory.record({ caller: anna, action: `call ${i}` })
    expect(await memory.list(5000)).toHaveLength(1000)
  })
})

describe('What the log holds of inputs', () => {
  it('is no secret', () => {
    const input = {
      whip: { url: 'https://me:key@media.example/live', bearerToken: 'S' },
      iceServers: [{ urls: 'turn:x', username: 'u', credential: 'S' }],
      password: 'S',
      token: 'S',
      Secret: 'S',
      tokenId: 'kept',
      absent: { token: undefined },
    }
    const written = JSON.stringify(auditInput(input))
    expect(written).not.toContain('"S"')
    expect(written).not.toContain('key@')
    expect(written).toContain('media.example/live')
    expect(written).toContain('"tokenId":"kept"')
  })

  it('is small JSON, whatever the input', () => {
    const circular: Record<string, unknown> = { n: 1n, bytes: new Uint8Array(9), call: () => 5 }
    circular['self'] = circular
    expect(auditInput(circular)).toMatchObject({ n: '1', bytes: '9 bytes' })
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withTypedArray: true, maxDepth: 8 }), (value) => {
        const text = JSON.stringify(auditInput({ a: value, long: 'x'.repeat(10_000) }))
        expect(text.length).toBeLessThan(4100)
      }),
    )
  })
})
