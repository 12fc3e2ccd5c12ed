/**
 * How fast the simulated microscope makes frames of 2048 x 2048 in Mono16 on one thread, with nobody listening.
 *
 *     node bench/simulated-microscope.ts [--seconds 3]
 *
 * First the pixels alone, as fast as they come; then the whole driver at the rates its clock is asked for, standing
 * still, moving and refocusing. CPU is that of the whole process.
 */
import { parseArgs } from 'node:util'
import type { CameraDevice, Connection, FrameSink, StageDevice } from '../drivers/sdk/driver.ts'
import driver from '../drivers/simulated-microscope/index.ts'
import { Microscope } from '../drivers/simulated-microscope/microscope.ts'
import { MonoImager } from '../drivers/simulated-microscope/mono-imager.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '3' } } })
const seconds = Number(values.seconds)
const size = { width: 2048, height: 2048 }

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function print(name: string, columns: Record<string, string>): void {
  console.log(
    name.padEnd(34),
    Object.entries(columns)
      .map(([title, value]) => `${value} ${title}`.padEnd(22))
      .join(''),
  )
}

/** The first frame, and frames without a clock. */
function measurePixels(): void {
  const startMs = performance.now()
  const startCpuMs = cpuMs()
  const microscope = new Microscope({ seed: 1, settle: () => Promise.resolve() })
  const imager = new MonoImager({ microscope, seed: 1, frameRate: 50, ...size })
  imager.set('pixelFormat', 'Mono16')
  const pixels = new Uint8Array(new SharedArrayBuffer(imager.maxFrameBytes))
  while (!imager.prepare(Infinity)) continue
  imager.capture(pixels, 10)
  print('first frame, 20x GFP, all detail', {
    ms: (performance.now() - startMs).toFixed(0),
    'ms CPU': (cpuMs() - startCpuMs).toFixed(0),
  })
  for (let frame = 0; frame < 50; frame += 1) imager.capture(pixels, 10)
  const beganMs = performance.now()
  const beganCpuMs = cpuMs()
  let frames = 0
  for (; performance.now() - beganMs < 1000 * seconds; frames += 1) {
    imager.prepare(Infinity)
    imager.capture(pixels, 10)
  }
  const perFrameMs = (cpuMs() - beganCpuMs) / frames
  print('frames without a clock', {
    fps: ((1000 * frames) / (performance.now() - beganMs)).toFixed(0),
    'ms CPU/frame': perFrameMs.toFixed(2),
    'fps per core': (1000 / perFrameMs).toFixed(0),
  })
}

class Run {
  readonly camera: CameraDevice
  readonly stage: StageDevice
  readonly #connection: Connection
  #frames = 0
  #lost = 0
  #next = 0

  constructor(connection: Connection) {
    this.#connection = connection
    const camera = connection.devices.find((device) => 'trigger' in device)
    const stage = connection.devices.find((device) => 'moveTo' in device)
    if (camera === undefined || stage === undefined) throw new Error('The demo microscope lacks a device')
    this.camera = camera
    this.stage = stage
  }

  async start(): Promise<void> {
    const slot = new Uint8Array(new SharedArrayBuffer(this.camera.description.maxFrameBytes))
    const sink: FrameSink = {
      slot: () => slot,
      commit: ({ sequence }) => {
        this.#frames += 1
        this.#lost += sequence - this.#next
        this.#next = sequence + 1
      },
      fault: (error) => console.error(error),
    }
    await this.camera.start(sink)
  }

  async measure(name: string, during: () => Promise<unknown>): Promise<void> {
    const [frames, lost, startMs, startCpuMs] = [this.#frames, this.#lost, performance.now(), cpuMs()]
    await during()
    const elapsedMs = performance.now() - startMs
    const taken = Math.max(1, this.#frames - frames)
    print(name, {
      fps: ((1000 * (this.#frames - frames)) / elapsedMs).toFixed(1),
      lost: String(this.#lost - lost),
      'ms CPU/frame': ((cpuMs() - startCpuMs) / taken).toFixed(1),
      '% of a core': (((cpuMs() - startCpuMs) / elapsedMs) * 100).toFixed(0),
    })
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}

measurePixels()
const run = new Run(await driver.open('demo', size))
await run.camera.setProperty('pixelFormat', 'Mono16')
await run.start()
await pause(3000)
await run.measure('50 fps asked, at rest', () => pause(1000 * seconds))
await run.camera.setProperty('exposureMs', 2)
await run.camera.setProperty('frameRate', 200)
await run.measure('200 fps asked, at rest', () => pause(1000 * seconds))
await run.camera.setProperty('frameRate', 50)
await run.stage.setProperty('xySpeed', 300)
await run.measure('50 fps asked, moving 0.3 mm/s', () => run.stage.moveTo({ x: 900 }))
await run.stage.setProperty('xySpeed', 3000)
await run.measure('50 fps asked, moving 3 mm/s', () => run.stage.moveTo({ x: -1500, y: 1500 }))
await pause(2000)
await run.stage.setProperty('zSpeed', 20)
await run.measure('50 fps asked, refocusing', () => run.stage.moveTo({ z: 20 * seconds }))
await run.close()
