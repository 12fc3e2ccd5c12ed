import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RecordingWorkers } from '../../../src-main/acquisition/recording/recording-workers.ts'
import { eventually } from '../../fixtures/eventually.ts'

const megabyte = 2 ** 20
let workers: RecordingWorkers
beforeEach(() => {
  workers = new RecordingWorkers(80 * megabyte)
})
afterEach(async () => {
  vi.useRealTimers()
  await workers.close()
})

describe('threads that record', () => {
  it('are used again with the memory that they have, where it is enough', async () => {
    const first = workers.take(5 * megabyte, 'camera')
    workers.giveBack(first, 5 * megabyte)
    expect(workers.idleBytes).toBe(5 * megabyte)
    expect(workers.take(4 * megabyte, 'camera')).toBe(first)
    expect(workers.idleBytes).toBe(0)
    const second = workers.take(megabyte, 'camera')
    workers.giveBack(first, 5 * megabyte)
    workers.giveBack(second, megabyte)
    expect(workers.take(megabyte, 'camera')).toBe(second)
    // Nothing is kept of what is too small, as its memory may be needed.
    const ended = new Promise((resolve) => first.once('exit', resolve))
    const third = workers.take(6 * megabyte, 'camera')
    expect([first, second]).not.toContain(third)
    expect(workers.idleBytes).toBe(0)
    await ended
    await Promise.all([second.terminate(), third.terminate()])
  })

  it('are started before they are needed, with the memory that will be, unless that is too much to be kept', async () => {
    workers.prepare([2 * megabyte, megabyte])
    const prepared = workers.idleBytes
    expect(prepared).toBeGreaterThanOrEqual(3 * megabyte)
    // There is enough.
    workers.prepare([megabyte])
    workers.prepare([2.1 * megabyte])
    expect(workers.idleBytes).toBe(prepared)
    await eventually('all of it to be found', () => workers.foundBytes === prepared)
    const first = workers.take(2 * megabyte, 'camera')
    const second = workers.take(megabyte, 'camera')
    workers.prepare([50 * megabyte])
    expect(workers.idleBytes).toBe(0)
    const third = workers.take(50 * megabyte, 'camera')
    expect(new Set([first, second, third]).size).toBe(3)
    await Promise.all([first, second, third].map((worker) => worker.terminate()))
  })

  it('are not kept with more than an eighth of the memory of the computer', async () => {
    const worker = workers.take(11 * megabyte, 'camera')
    const ended = new Promise((resolve) => worker.once('online', resolve))
    await ended
    workers.giveBack(worker, 11 * megabyte)
    expect(workers.idleBytes).toBe(0)
  })

  it('are forgotten when they end, or are not used for long', async () => {
    const killed = workers.take(megabyte, 'camera')
    workers.giveBack(killed, megabyte)
    await killed.terminate()
    await eventually('the end', () => workers.idleBytes === 0)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const worker = workers.take(megabyte, 'camera')
    workers.giveBack(worker, megabyte)
    vi.advanceTimersByTime(299_000)
    expect(workers.idleBytes).toBe(megabyte)
    // Somebody asks once more what a recording would take.
    workers.prepare([megabyte])
    vi.advanceTimersByTime(299_000)
    expect(workers.idleBytes).toBe(megabyte)
    vi.advanceTimersByTime(2000)
    expect(workers.idleBytes).toBe(0)
  })

  it('count as free with the memory that has been found for them, and no more', async () => {
    const worker = workers.take(2 * megabyte, 'camera')
    workers.giveBack(worker, 2 * megabyte, megabyte)
    expect(workers.foundBytes).toBe(megabyte)
    workers.take(megabyte, 'camera')
    expect(workers.foundBytes).toBe(0)
    await worker.terminate()
  })

  it('are neither started nor kept any more once all are closed', async () => {
    const worker = workers.take(megabyte, 'camera')
    await new Promise((resolve) => worker.once('online', resolve))
    await workers.close()
    workers.prepare([megabyte])
    workers.giveBack(worker, megabyte)
    expect(workers.idleBytes).toBe(0)
    await worker.terminate()
  })

  it('end when others need their memory, which is free then', async () => {
    workers.prepare([4 * megabyte, 4 * megabyte])
    await eventually('all of it to be found', () => workers.foundBytes >= 8 * megabyte)
    const idle = workers.take(megabyte, 'camera')
    workers.giveBack(idle, 4 * megabyte)
    let ended = false
    idle.once('exit', () => (ended = true))
    await workers.endIdle()
    expect(ended).toBe(true)
    expect([workers.idleBytes, workers.foundBytes]).toEqual([0, 0])
    // The next recording is prepared as before.
    workers.prepare([megabyte])
    expect(workers.idleBytes).toBeGreaterThanOrEqual(megabyte)
  })

  it('are kept no longer than the cameras that they have recorded: whichever may hold its ring', async () => {
    const idle = workers.take(megabyte, 'first')
    workers.giveBack(idle, megabyte)
    expect(workers.take(megabyte, 'second')).toBe(idle)
    const other = workers.take(megabyte, 'third')
    workers.giveBack(idle, megabyte)
    workers.cameraGone('third')
    expect(workers.idleBytes).toBe(megabyte)
    // It went while it was recorded.
    workers.giveBack(other, megabyte)
    expect(workers.idleBytes).toBe(megabyte)
    await other.terminate()
    workers.cameraGone('first')
    expect(workers.idleBytes).toBe(0)
  })
})
