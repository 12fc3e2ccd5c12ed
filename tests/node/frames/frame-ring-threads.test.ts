/** Writer and readers of a frame ring in threads of their own. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { ring } from '../../fixtures/ring-frames.ts'
import type { RingReaderOrders, RingReaderReport } from '../../fixtures/ring-reader-worker.ts'
import type { RingWriterOrders } from '../../fixtures/ring-writer-worker.ts'

const workers: Worker[] = []
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()))
})

describe('threads', () => {
  async function readerThread(orders: RingReaderOrders): Promise<() => Promise<RingReaderReport>> {
    const worker = new Worker(new URL('../../fixtures/ring-reader-worker.ts', import.meta.url), {
      workerData: orders,
    })
    workers.push(worker)
    await once(worker, 'message')
    const report = once(worker, 'message')
    return async () => (await report)[0]
  }

  async function writerThread(orders: RingWriterOrders): Promise<void> {
    const worker = new Worker(new URL('../../fixtures/ring-writer-worker.ts', import.meta.url), {
      workerData: orders,
    })
    workers.push(worker)
    await once(worker, 'online')
    worker.postMessage('go')
  }

  for (const mode of ['live', 'lossless'] as const) {
    for (const [slots, copies] of [
      [2, 1],
      [3, 20],
      [16, 1],
    ] as const) {
      test(`a ${mode} reader of ${slots} slots, copying ${copies} times, beside a writer at full speed`, async () => {
        const frames = 30_000
        const gapEvery = 7
        const memory = ring(slots)
        const report = await readerThread({
          memory,
          mode,
          lastSequence: frames - 1,
          published: frames - Math.floor((frames - 1) / gapEvery),
          copies,
        })
        await writerThread({ memory, frames, gapEvery })
        const { frames: read, lost, faults } = await report()
        expect(faults).toEqual([])
        expect(read).toBeGreaterThan(0)
        if (mode === 'lossless') {
          expect(read + lost).toBe(frames)
          expect(lost).toBeGreaterThanOrEqual(Math.floor((frames - 1) / gapEvery))
        }
      })
    }
  }

  test.each(['live', 'lossless'] as const)('no wake-up of a %s reader is lost', async (mode) => {
    // The writer waits for the reader after each frame: one lost wake-up, and both wait for ever.
    const frames = 20_000
    const memory = ring(2)
    const acknowledged = new Int32Array(new SharedArrayBuffer(4))
    const report = await readerThread({
      memory,
      mode,
      lastSequence: frames - 1,
      published: frames,
      copies: 1,
      acknowledged,
    })
    await writerThread({ memory, frames, gapEvery: 0, acknowledged })
    expect(await report()).toEqual({ frames, lost: 0, faults: [] })
  })

  test('several readers of one ring are all woken', async () => {
    const frames = 20_000
    const memory = ring(8)
    const orders = { memory, lastSequence: frames - 1, published: frames, copies: 1 }
    const reports = await Promise.all([
      readerThread({ ...orders, mode: 'live' }),
      readerThread({ ...orders, mode: 'lossless' }),
      readerThread({ ...orders, mode: 'lossless', copies: 10 }),
    ])
    await writerThread({ memory, frames, gapEvery: 0 })
    for (const report of reports) expect((await report()).faults).toEqual([])
  })
})
