import { expect, test } from 'vitest'
import { AckWindow, ackWindow } from '../../../src-main/server/imswitch/ack-window.ts'
import { framesInFlight } from '../../../src-shared/frame-channel.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

/** A hub with one viewer: it sends while fewer than `framesInFlight` frames are unreleased. */
class Hub {
  readonly window = new AckWindow()
  nowMs = 0
  nextId = 0
  sent = 0
  #held = 0

  /** Offers a new frame; true when it went out. */
  async offer(): Promise<boolean> {
    if (this.#held >= framesInFlight) return false
    this.#held += 1
    this.sent += 1
    const id = this.nextId
    this.nextId = (id + 1) % 256
    this.window.sent({
      id,
      nowMs: this.nowMs,
      release: () => {
        this.#held -= 1
      },
    })
    await Promise.resolve()
    return true
  }
}

test('four frames are under way before the first acknowledgement, and no more', async () => {
  const hub = new Hub()
  for (let offered = 0; offered < 100; offered += 1) await hub.offer()
  expect([hub.sent, hub.window.size]).toEqual([4, 4])
  hub.window.acknowledge(0)
  await Promise.resolve()
  for (let offered = 0; offered < 100; offered += 1) await hub.offer()
  expect([hub.sent, hub.window.size]).toEqual([5, 4])
  // Covers all that was sent before.
  hub.window.acknowledge(4)
  expect(hub.window.size).toBe(0)
})

test('whatever is acknowledged, in whatever order, never more than the window is under way, and it never stalls', async () => {
  const step = fc.oneof(
    fc.constant('offer' as const),
    fc.constant('expire' as const),
    fc.integer({ min: -5, max: 300 }),
    fc.constant(undefined),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 300 }), async (steps) => {
      const hub = new Hub()
      for (const what of steps) {
        if (what === 'offer') await hub.offer()
        else if (what === 'expire') hub.window.expire((hub.nowMs += 400))
        else hub.window.acknowledge(what)
        await Promise.resolve()
        expect(hub.window.size).toBeLessThanOrEqual(ackWindow)
      }
      hub.window.expire((hub.nowMs += 2000))
      await Promise.resolve()
      expect(await hub.offer()).toBe(true)
    }),
    { seed: 11, numRuns: 300 },
  )
})
