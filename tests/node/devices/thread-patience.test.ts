import { setImmediate as nextTurn } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Lateness, whenLate } from '../../../src-main/devices/thread-patience.ts'

describe('a driver’s thread', () => {
  let idle: number
  let lateness: Lateness[]

  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'],
    })
    idle = 1234
    lateness = []
  })
  afterEach(() => vi.useRealTimers())

  const watch = () =>
    whenLate(
      () => ({ idle }),
      { idleMs: 100, busyMs: 600 },
      (how) => lateness.push(how),
    )

  /** Time goes by in pieces of 10 ms, of which the thread is idle `share`. */
  const pass = (ms: number, share: number) => {
    for (let passed = 0; passed < ms; passed += 10) {
      idle += 10 * share
      vi.advanceTimersByTime(10)
    }
  }

  it('that stands idle is late after its idle time', () => {
    watch()
    pass(90, 1)
    expect(lateness).toEqual([])
    pass(20, 1)
    expect(lateness).toEqual(['idle'])
    pass(2000, 1)
    expect(lateness).toEqual(['idle'])
  })

  it('that does not turn is late after its busy time', () => {
    watch()
    pass(590, 0)
    expect(lateness).toEqual([])
    pass(20, 0)
    expect(lateness).toEqual(['busy'])
  })

  it('that gets a tenth of a processor has so much more time', () => {
    watch()
    pass(500, 0.1)
    expect(lateness).toEqual([])
    pass(300, 0.1)
    expect(lateness).toEqual(['busy'])
  })

  it('that was idle for a while and then works is judged by each alone', () => {
    watch()
    pass(80, 1)
    pass(500, 0)
    expect(lateness).toEqual([])
    pass(40, 1)
    expect(lateness).toEqual(['idle'])
  })

  it('that has answered is not late because the engine was too busy to read it', async () => {
    vi.useRealTimers()
    const { port1, port2 } = new MessageChannel()
    const answered = new Promise<void>((resolve) => {
      const stop = whenLate(
        () => ({ idle: performance.now() }),
        { idleMs: 50, busyMs: 60_000 },
        (how) => lateness.push(how),
      )
      port1.on('message', () => {
        stop()
        resolve()
      })
    })
    port2.postMessage('done')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
    await answered
    await nextTurn()
    expect(lateness).toEqual([])
    port1.close()
  })

  it('is not watched any more once it has answered', () => {
    watch()()
    pass(2000, 0)
    expect(lateness).toEqual([])
  })
})
