import { describe, expect, it } from 'vitest'
import {
  type BatchRules,
  eventBatches,
  kindOf,
} from '../../../src-main/acquisition/run/microscope/event-batches.ts'
import { eventsOf } from '../../fixtures/plan-run.ts'

const byHand: BatchRules = { framePeriodMs: () => 20, triggeredPlanes: () => 0 }
const byItself: BatchRules = { ...byHand, triggeredPlanes: () => 4 }

/** Kind and length of each batch. */
function batchesOf(plan: unknown, rules: BatchRules = byHand): string[] {
  return [...eventBatches(eventsOf(plan), rules)].map((batch) => `${kindOf(batch, rules)} ${batch.length}`)
}

const z_plan = { range: 4, step: 1 }

describe('eventBatches', () => {
  it('loses no event and keeps their order', () => {
    const events = eventsOf({
      axis_order: 'tpcz',
      time_plan: { interval: 0, loops: 3 },
      stage_positions: [
        [0, 0],
        [1, 1],
      ],
      channels: ['GFP', { config: 'DAPI', do_stack: false }],
      z_plan,
      autofocus_plan: { axes: 'p' },
    })
    expect([...eventBatches(events, byItself)].flat()).toEqual(events)
  })

  it('takes a stack at a time, whatever comes around it', () => {
    expect(batchesOf({ channels: ['GFP', 'DAPI'], z_plan })).toEqual(['stack 5', 'stack 5'])
    expect(
      batchesOf({
        channels: ['GFP'],
        z_plan,
        stage_positions: [
          [0, 0, 0],
          [1, 1, 1],
        ],
      }),
    ).toEqual(['stack 5', 'stack 5'])
    expect(batchesOf({ z_plan, time_plan: { interval: 10, loops: 2 } })).toEqual(['stack 5', 'stack 5'])
    expect(batchesOf({ axis_order: 'tpgzc', channels: ['GFP', 'DAPI'], z_plan })).toEqual(
      Array(10).fill('single 1'),
    )
  })

  it('has the focus drive step through as many planes as it takes', () => {
    expect(batchesOf({ z_plan }, byItself)).toEqual(['triggeredStack 2', 'triggeredStack 3'])
    expect(batchesOf({ z_plan: { range: 3, step: 1 } }, byItself)).toEqual(['triggeredStack 4'])
  })

  it('takes a burst where images are due sooner than they can be triggered', () => {
    const time = (interval: number, loops = 4) => ({ time_plan: { interval, loops } })
    expect(batchesOf(time(0))).toEqual(['burst 4'])
    expect(batchesOf(time(0.019, 400))).toEqual(['burst 400'])
    // Sums of 0.02 are not exact.
    expect(batchesOf(time(0.02, 400))).toEqual(Array(400).fill('single 1'))
    expect(
      batchesOf({
        time_plan: [
          { interval: 0, loops: 3 },
          { interval: 1, loops: 3 },
        ],
      }),
    ).toEqual(['burst 3', 'single 1', 'single 1'])
    expect(batchesOf({ ...time(0), channels: ['GFP', 'DAPI'] })).toEqual(Array(8).fill('single 1'))
  })

  it('leaves autofocus, and what sets properties, by itself', () => {
    expect(
      batchesOf({
        z_plan,
        stage_positions: [
          [0, 0, 0],
          [1, 0, 0],
        ],
        autofocus_plan: { axes: 'p' },
      }),
    ).toEqual(['single 1', 'stack 5', 'single 1', 'stack 5'])
  })

  it('keeps the times of a burst, and fits stacks into the rings, whatever has changed since it was made', () => {
    const faster: BatchRules = { framePeriodMs: () => 1, triggeredPlanes: () => 4 }
    const kindsOf = (plan: unknown, then: BatchRules) =>
      [...eventBatches(eventsOf(plan), byHand)].map((batch) => kindOf(batch, then))
    expect(kindsOf({ time_plan: { interval: 0.01, loops: 5 } }, faster)).toEqual(['burst'])
    expect(kindsOf({ z_plan }, faster)).toEqual(['stack'])
    expect(kindsOf({ z_plan: { range: 3, step: 1 } }, faster)).toEqual(['triggeredStack'])
  })

  it('looks no further than one event ahead', () => {
    let asked = 0
    function* endless() {
      const [event] = eventsOf({ channels: ['GFP'] })
      if (event === undefined) return
      for (;;) yield { ...event, number: asked++ }
    }
    for (const batch of eventBatches(endless(), byHand)) {
      if (batch[0]?.number === 3) break
    }
    expect(asked).toBe(5)
  })
})
