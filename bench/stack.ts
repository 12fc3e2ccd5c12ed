/**
 * Frames per second of stacks and bursts of plans, on the demo microscope:
 *     node bench/stack.ts [--planes 50] [--size 2048] [--frame-rate 50]
 * The time counts from the first frame in the ring to the last; nothing takes them out. The simulation makes each image
 * on the thread that also runs its clock, which limits the rates: what it needs for an image of a new plane is measured
 * first. A plane by software takes a command to the focus drive (30 ms), the exposure (10 ms) and the image; by the
 * drive's own trigger the next plane is on its way while the image is made.
 */
import { parseArgs } from 'node:util'
import { Microscope } from '../drivers/simulated-microscope/microscope.ts'
import { MonoImager } from '../drivers/simulated-microscope/mono-imager.ts'
import type { ExposedFrame } from '../src-main/acquisition/run/acquisition-hardware.ts'
import { MicroscopeHardware } from '../src-main/acquisition/run/microscope/microscope-hardware.ts'
import { DeviceRegistry } from '../src-main/devices/device-registry.ts'
import { NumberedFrameReader } from '../src-main/frames/numbered-frame-reader.ts'
import { AlertBoard } from '../src-main/engine/alert-board.ts'
import { StepTimes } from '../src-main/acquisition/plans/step-times.ts'
import { expandPlan } from '../src-shared/plan/expand-plan.ts'
import { readPlan } from '../src-shared/plan/read-plan.ts'

const { values } = parseArgs({
  options: {
    planes: { type: 'string', default: '50' },
    size: { type: 'string', default: '2048' },
    'frame-rate': { type: 'string', default: '50' },
  },
})
const planes = Number(values.planes)
const size = Number(values.size)
const frameRate = Number(values['frame-rate'])
const stack = { channels: ['GFP'], z_plan: { range: (planes - 1) / 5, step: 0.2 } }
const burst = { channels: ['GFP'], time_plan: { interval: 0, loops: planes } }

/** Images of different planes per second, as fast as the simulation makes them. */
async function simulationRate(): Promise<number> {
  const microscope = new Microscope({ seed: 1, settle: async () => undefined })
  const imager = new MonoImager({ microscope, seed: 1, frameRate, width: size, height: size })
  const pixels = new Uint8Array(new SharedArrayBuffer(imager.maxFrameBytes))
  let spentMs = 0
  for (let plane = -1; plane < planes; plane++) {
    await microscope.stage.moveTo({ z: (plane - planes / 2) / 5 })
    const startedMs = performance.now()
    while (!imager.prepare(Infinity));
    imager.capture(pixels, 10)
    // The first look makes the specimen.
    if (plane >= 0) spentMs += performance.now() - startedMs
  }
  microscope.close()
  return (planes * 1000) / spentMs
}

async function rate(plan: unknown, options: Record<string, unknown>): Promise<number> {
  const driverUrl = new URL('../drivers/simulated-microscope/index.ts', import.meta.url).href
  const worker = { driverUrl, address: 'demo', options: { width: size, height: size, frameRate, ...options } }
  const devices = new DeviceRegistry({
    connections: [{ id: 'demo', title: 'Demo', worker }],
    alerts: new AlertBoard(),
  })
  await devices.open()
  const { sequence } = readPlan(plan)
  const hardware = new MicroscopeHardware({ devices, detectorNames: [], times: new StepTimes() })
  const signal = new AbortController().signal
  const arrivedMs: number[] = []
  const exposed = async ({ camera, sequence: number }: ExposedFrame) => {
    const info = new NumberedFrameReader(devices.ring(camera)).look(number)
    if (info === undefined) throw new Error(`Frame ${number} is not in the ring any more`)
    arrivedMs.push(Number(info.hostTimeNs) / 1e6)
  }
  const events = [...expandPlan(sequence)].map((event, number) => ({ ...event, number }))
  try {
    await hardware.prepare(sequence, signal)
    for (const batch of hardware.batches(events)) {
      await hardware.setUp(batch, signal)
      await hardware.expose(batch, { signal, begun: () => undefined, exposed })
    }
    return ((arrivedMs.length - 1) * 1000) / ((arrivedMs.at(-1) ?? 0) - (arrivedMs[0] ?? 0))
  } finally {
    await hardware.restore('completed', signal)
    await devices.close()
  }
}

const table = {
  'images of new planes, the simulation alone': await simulationRate(),
  'stack by software': await rate(stack, { triggerCable: false }),
  'stack by the focus drive’s trigger': await rate(stack, {}),
  'burst in one plane': await rate(burst, {}),
}
console.log(`${planes} frames of ${size} × ${size}, camera at ${frameRate} frames/s, frames/s:`)
console.table(Object.fromEntries(Object.entries(table).map(([what, fps]) => [what, Number(fps.toFixed(1))])))
