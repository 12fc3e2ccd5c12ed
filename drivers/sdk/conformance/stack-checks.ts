/** Conformance of focus drives that step through a stack by themselves and trigger cameras in each plane. */
import { standardProperty } from '../../../src-shared/devices.ts'
import type { CameraDevice, Connection, StageDevice } from '../driver.ts'
import {
  type CheckBody,
  type ConformanceContext,
  ensure,
  pause,
  withConnection,
  within,
} from './conformance-check.ts'
import { MemorySink } from './memory-sink.ts'

const planes = 4
/** Of a stack that is stopped. */
const longStack = 200
/** How long a camera is watched for frames that must not come, ms. */
const quietMs = 150

type Wiring = { readonly stage: StageDevice; readonly cameras: readonly CameraDevice[] }

function wirings({ devices }: Connection): readonly Wiring[] {
  return devices.flatMap((stage) => {
    if (!('moveTo' in stage) || stage.description.triggeredStack === undefined) return []
    const { cameras } = stage.description.triggeredStack
    return [{ stage, cameras: cameras.map((id) => cameraOf(devices, stage, id)) }]
  })
}

function cameraOf(devices: Connection['devices'], stage: StageDevice, id: string): CameraDevice {
  const camera = devices.find(({ description }) => description.id === id)
  ensure(
    camera !== undefined && 'trigger' in camera,
    `${stage.description.name} says that it triggers "${id}", which is no camera of this connection`,
  )
  const mode = camera.properties().find(({ name }) => name === standardProperty.triggerMode)
  ensure(
    mode?.type === 'option' && mode.options.includes('external'),
    `${camera.description.name}, which ${stage.description.name} triggers, has no trigger mode "external"`,
  )
  return camera
}

const stacks: CheckBody = (context) =>
  withConnection(context, async (connection) => {
    const found = wirings(connection)
    for (const wiring of found) await checkStack(context, wiring)
    return found.length === 0 ? 'It has no focus drive that triggers cameras' : undefined
  })

async function checkStack(context: ConformanceContext, { stage, cameras }: Wiring): Promise<void> {
  const { timeoutMs, stageToleranceUm } = context
  const { name, axes } = stage.description
  ensure(stage.runStack !== undefined, `${name} has a triggeredStack, but no runStack()`)
  ensure(axes.z !== undefined, `${name} has a triggeredStack, but no z axis`)
  const { z = 0 } = stage.position()
  const step = (axes.z.max - z) / 100
  const planesUm = Array.from({ length: planes }, (_, plane) => z + plane * step)
  const sinks: MemorySink[] = []
  for (const camera of cameras) sinks.push(await startedByPulses(context, camera))
  await pause(quietMs)
  for (const sink of sinks)
    ensure(sink.frames.length === 0, 'A frame came in external-trigger mode before any trigger')
  const triggered = await within(stage.runStack(planesUm), timeoutMs, 'runStack()')
  for (const sink of sinks) await sink.waitForFrames(planes, timeoutMs)
  await pause(quietMs)
  for (const [i, sink] of sinks.entries()) {
    const camera = cameras[i]?.description.name
    ensure(
      sink.frames.length === planes,
      `A stack of ${planes} planes gave ${sink.frames.length} frames of ${camera}`,
    )
  }
  ensure(triggered === planes, `A stack of ${planes} planes says that it has triggered in ${triggered}`)
  const last = planesUm.at(-1) ?? z
  const stands = stage.position().z ?? Number.NaN
  ensure(
    Math.abs(stands - last) <= stageToleranceUm,
    `${name} was to end its stack at z = ${last} µm, but stands at ${stands} µm`,
  )
  for (const camera of cameras) await within(camera.stop(), timeoutMs, 'stop()')
}

const stopped: CheckBody = (context) =>
  withConnection(context, async (connection) => {
    const found = wirings(connection)
    for (const wiring of found) await checkStop(context, wiring)
    return found.length === 0 ? 'It has no focus drive that triggers cameras' : undefined
  })

async function checkStop(context: ConformanceContext, { stage, cameras }: Wiring): Promise<void> {
  const { timeoutMs } = context
  const { z = 0 } = stage.position()
  const { maxPlanes = 0 } = stage.description.triggeredStack ?? {}
  const stoppedPlanes = Math.min(maxPlanes, longStack)
  const sinks: MemorySink[] = []
  for (const camera of cameras) sinks.push(await startedByPulses(context, camera))
  const running = stage.runStack?.(Array.from({ length: stoppedPlanes }, () => z))
  await within(stage.stop(), timeoutMs, 'stop() during a stack')
  const triggered = await within(running ?? Promise.resolve(0), timeoutMs, 'runStack() that was stopped')
  for (const sink of sinks) {
    ensure(sink.frames.length < stoppedPlanes, 'The stack went on to its end although it was stopped')
    await sink.waitForFrames(triggered, timeoutMs)
    const { length } = sink.frames
    ensure(length >= triggered, `A stack says that it has triggered ${triggered} frames, and gave ${length}`)
  }
  for (const camera of cameras) await within(camera.stop(), timeoutMs, 'stop()')
}

/** Has a camera wait for pulses at its trigger input. */
async function startedByPulses({ timeoutMs }: ConformanceContext, camera: CameraDevice): Promise<MemorySink> {
  const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes })
  await within(camera.setProperty(standardProperty.triggerMode, 'external'), timeoutMs, 'setting triggerMode')
  await within(camera.start(sink), timeoutMs, 'start()')
  return sink
}

export const stackChecks: readonly (readonly [name: string, body: CheckBody])[] = [
  ['a triggered stack gives one frame in each plane', stacks],
  ['a triggered stack ends on stop', stopped],
]
