import { expect, it } from 'vitest'
import { PlanClock } from '../../../../src-main/acquisition/plans/plan-clock.ts'
import { PlanCountdown } from '../../../../src-main/acquisition/plans/plan-countdown.ts'
import { inSequences } from '../../../../src-main/acquisition/run/microscope/event-batches.ts'
import { eventsOf } from '../../../fixtures/plan-run.ts'

it('tells the time left of a plan, however seldom it is asked', () => {
  const events = eventsOf({ z_plan: { range: 99, step: 1 } })
  const costs = { setUpS: () => 0.03, eventS: () => 0.03 }
  const clock = new PlanClock(costs)
  const rules = { framePeriodMs: () => 13, triggeredPlanes: () => 0 }
  const times = [...inSequences(events, rules)].map((step) => clock.next(step))
  const durationS = times.at(-1)?.endS ?? 0
  const countdown = new PlanCountdown(events, { durationS, costs, rules })
  const asked = events.filter(({ number }) => number % 4 === 0)
  expect(asked.map((event) => countdown.from(event))).toEqual(
    asked.map(({ number }) => durationS - (times[number]?.startS ?? Number.NaN)),
  )
  const last = events.slice(-1).map((event) => countdown.from(event))
  expect(last[0]).toBeCloseTo(0.03, 5)
})
