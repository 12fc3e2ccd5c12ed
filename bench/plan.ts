/** Expanding a plan of a million events: time, and the memory it takes. `node --expose-gc bench/plan.ts` */
import { expandPlan } from '../src-shared/plan/expand-plan.ts'
import { readPlan } from '../src-shared/plan/read-plan.ts'

const { sequence } = readPlan({
  channels: [{ config: 'DAPI', exposure: 20 }, 'GFP'],
  time_plan: { interval: 1, loops: 1000 },
  z_plan: { range: 49, step: 1 },
  stage_positions: Array.from({ length: 10 }, (_, i) => ({ x: i, y: i, z: 0 })),
})
const before = process.memoryUsage().rss
let mostBytes = 0
let events = 0
const started = performance.now()
for (const _ of expandPlan(sequence)) {
  events += 1
  if (events % 10_000 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage().rss - before)
}
const seconds = (performance.now() - started) / 1000
console.log(`${events} events in ${seconds.toFixed(2)} s, at most ${(mostBytes / 1e6).toFixed(0)} MB more`)
