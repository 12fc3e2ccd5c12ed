/** Conformance of cameras: frames, numbering, starting and stopping, software trigger. */
import { standardProperty } from '../../../src-shared/devices.ts'
import { frameInfoSchema } from '../../../src-shared/frames/frame-info.ts'
import type { CameraDevice } from '../driver.ts'
import {
  type CheckBody,
  type ConformanceContext,
  forEachCamera,
  pause,
  ensure,
  within,
} from './conformance-check.ts'
import { MemorySink } from './memory-sink.ts'
import { setProperty, valuesToTry } from './property-checks.ts'

/** How long a camera is watched for frames that must not come, ms. */
const quietMs = 150
const committedSchema = frameInfoSchema.omit({ hostTimeNs: true }).strict()

function sinkFor(camera: CameraDevice): MemorySink {
  return new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes })
}

async function started({ timeoutMs }: ConformanceContext, camera: CameraDevice): Promise<MemorySink> {
  const sink = sinkFor(camera)
  await within(camera.start(sink), timeoutMs, 'start()')
  return sink
}

async function stopped(
  { timeoutMs }: ConformanceContext,
  camera: CameraDevice,
  sink: MemorySink,
): Promise<void> {
  await within(camera.stop(), timeoutMs, 'stop()')
  sink.seal('stop() had resolved')
}

async function requireFrames(
  { timeoutMs }: ConformanceContext,
  sink: MemorySink,
  count: number,
): Promise<void> {
  await sink.waitForFrames(count, timeoutMs)
  const faults = sink.faults.map((fault) => fault.message).join('; ')
  ensure(
    sink.frames.length >= count,
    `${sink.frames.length} frames came within ${timeoutMs} ms, at least ${count} were awaited${faults && `; ${faults}`}`,
  )
}

function requireNoViolations(sink: MemorySink): void {
  ensure(sink.violations.length === 0, `The camera ${sink.violations.join('; it ')}`)
}

/** Sequence from 0 and increasing, timestamps not decreasing, all fields valid. */
function checkInfos(sink: MemorySink): void {
  let lastSequence = -1
  let lastTimestamp: bigint | undefined
  for (const { info } of sink.frames) {
    const parsed = committedSchema.safeParse(info)
    ensure(parsed.success, `The info of frame ${info.sequence} is not valid: ${parsed.error?.message}`)
    if (lastSequence === -1)
      ensure(info.sequence === 0, `The first frame after start() has the number ${info.sequence}, not 0`)
    ensure(info.sequence > lastSequence, `Frame ${info.sequence} came after frame ${lastSequence}`)
    ensure(
      lastTimestamp === undefined || info.timestampNs >= lastTimestamp,
      `The timestamp of frame ${info.sequence} lies before that of the frame before it`,
    )
    lastSequence = info.sequence
    lastTimestamp = info.timestampNs
  }
}

const frames: CheckBody = (context) =>
  forEachCamera(context, async (camera) => {
    for (let acquisition = 0; acquisition < 3; acquisition++) {
      const sink = await started(context, camera)
      await requireFrames(context, sink, 5)
      await stopped(context, camera, sink)
      await pause(quietMs)
      requireNoViolations(sink)
      checkInfos(sink)
    }
  })

const modes: CheckBody = (context) =>
  forEachCamera(context, async (camera) => {
    const names: readonly string[] = [standardProperty.pixelFormat, standardProperty.binning]
    const settable = camera
      .properties()
      .filter(({ name, readOnly }) => names.includes(name) && readOnly !== true)
    for (const property of settable) {
      for (const value of valuesToTry(property)) {
        await setProperty(context, camera, property.name, value)
        const sink = await started(context, camera)
        await requireFrames(context, sink, 1)
        await stopped(context, camera, sink)
        requireNoViolations(sink)
        checkInfos(sink)
        if (property.name !== standardProperty.pixelFormat) continue
        const [frame] = sink.frames
        ensure(frame?.info.pixelFormat === value, `Set to ${value}, it sends ${frame?.info.pixelFormat}`)
      }
    }
  })

const stopRaces: CheckBody = (context) =>
  forEachCamera(context, async (camera) => {
    const { timeoutMs } = context
    await within(camera.stop(), timeoutMs, 'stop() without start()')
    for (let i = 0; i < 5; i++) {
      const sink = sinkFor(camera)
      const starting = camera.start(sink).catch(() => undefined)
      if (i % 2 === 1) await Promise.resolve()
      await within(camera.stop(), timeoutMs, 'stop() while starting')
      sink.seal('stop() had resolved')
      await within(starting, timeoutMs, 'start() that was stopped')
      await pause(quietMs / 3)
      requireNoViolations(sink)
    }
    const sink = await started(context, camera)
    await requireFrames(context, sink, 1)
    await within(Promise.all([camera.stop(), camera.stop()]), timeoutMs, 'two stop() at once')
    sink.seal('stop() had resolved')
    await within(camera.stop(), timeoutMs, 'stop() when stopped')
    await pause(quietMs)
    requireNoViolations(sink)
  })

const closeWhileAcquiring: CheckBody = (context) =>
  forEachCamera(context, async (camera, close) => {
    const sink = await started(context, camera)
    await requireFrames(context, sink, 1)
    await close()
    sink.seal('close() had resolved')
    await pause(quietMs)
    requireNoViolations(sink)
  })

const setWhileAcquiring: CheckBody = (context) =>
  forEachCamera(context, async (camera) => {
    const sink = await started(context, camera)
    const names: readonly string[] = [
      standardProperty.exposureMs,
      standardProperty.gain,
      standardProperty.frameRate,
    ]
    for (const property of camera.properties()) {
      const settable = property.readOnly !== true && property.lockedWhileAcquiring !== true
      if (!settable || !names.includes(property.name)) continue
      await setProperty(context, camera, property.name, property.value)
    }
    await requireFrames(context, sink, sink.frames.length + 2)
    await stopped(context, camera, sink)
    requireNoViolations(sink)
    checkInfos(sink)
  })

const softwareTrigger: CheckBody = async (context) => {
  let tried = 0
  const missing = await forEachCamera(context, async (camera) => {
    const mode = camera.properties().find((property) => property.name === standardProperty.triggerMode)
    if (mode?.type !== 'option' || !mode.options.includes('software')) return
    tried += 1
    await setProperty(context, camera, mode.name, 'software')
    await requireRefusedTrigger(context, camera)
    const sink = await started(context, camera)
    await pause(quietMs)
    ensure(sink.frames.length === 0, 'A frame came in software-trigger mode before any trigger')
    for (let triggers = 1; triggers <= 3; triggers++) {
      await within(camera.trigger(), context.timeoutMs, 'trigger()')
      await requireFrames(context, sink, triggers)
      await pause(quietMs)
      ensure(sink.frames.length === triggers, `${triggers} triggers gave ${sink.frames.length} frames`)
    }
    await stopped(context, camera, sink)
    await requireRefusedTrigger(context, camera)
    requireNoViolations(sink)
    checkInfos(sink)
  })
  return missing ?? (tried === 0 ? 'It has no camera with a software trigger' : undefined)
}

async function requireRefusedTrigger({ timeoutMs }: ConformanceContext, camera: CameraDevice): Promise<void> {
  const refused = camera.trigger().then(
    () => false,
    () => true,
  )
  ensure(
    await within(refused, timeoutMs, 'trigger() when stopped'),
    'trigger() was taken while the camera is stopped',
  )
}

export const cameraChecks: readonly (readonly [name: string, body: CheckBody])[] = [
  ['frames are numbered from 0 at each start, timed, whole, and end with stop', frames],
  ['every pixel format and binning gives frames that fit', modes],
  ['stop without start, while starting, and twice', stopRaces],
  ['closing ends a running acquisition', closeWhileAcquiring],
  ['exposure, gain and frame rate can be set while acquiring', setWhileAcquiring],
  ['a software trigger gives exactly one frame', softwareTrigger],
]
