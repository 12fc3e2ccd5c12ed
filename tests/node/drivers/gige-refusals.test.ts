/** What the GigE Vision driver leaves behind when the camera refuses in the middle of something. */
import { afterEach, expect, test } from 'vitest'
import driver from '../../../drivers/gige-vision/index.ts'
import { streamChannel } from '../../../drivers/gige-vision/protocol/bootstrap-registers.ts'
import { startGigeSimulator } from '../../../drivers/gige-vision/simulator/start-gige-simulator.ts'
import { MemorySink } from '../../../drivers/sdk/conformance/memory-sink.ts'
import type { CameraDevice } from '../../../drivers/sdk/driver.ts'
import { GvcpRelay } from '../../fixtures/gvcp-relay.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function openCamera(): Promise<{ camera: CameraDevice; relay: GvcpRelay; sink: MemorySink }> {
  const simulator = await startGigeSimulator({ port: 0, broadcast: false, width: 256, height: 256 })
  closing.push(() => simulator.close())
  const relay = await GvcpRelay.open(simulator)
  closing.push(() => relay.close())
  const connection = await driver.open(relay.address, {
    port: relay.port,
    heartbeatTimeoutMs: 30_000,
    packetSize: 1400,
  })
  closing.push(() => connection.close())
  const [camera] = connection.devices
  if (camera === undefined || !('trigger' in camera)) return expect.fail('no camera')
  return { camera, relay, sink: new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes }) }
}

/** Starts and stops once, to learn which write starts the camera, and which three end it. */
async function learn({ camera, relay, sink }: Awaited<ReturnType<typeof openCamera>>) {
  await camera.start(sink)
  const start = relay.writes.at(-1) ?? expect.fail('nothing was written')
  relay.writes.length = 0
  await camera.stop()
  const ending = relay.writes.splice(0)
  expect(ending).toHaveLength(3)
  expect(ending[2]).toEqual({ address: streamChannel.port, value: 0 })
  return { start, ending }
}

test('a refused AcquisitionStart leaves nothing locked and no channel open', async () => {
  const session = await openCamera()
  const { camera, relay, sink } = session
  const { start, ending } = await learn(session)
  relay.refuse = (access) =>
    access.kind === 'write' && access.address === start.address && access.value === start.value
      ? 'busy'
      : undefined
  await expect(camera.start(sink)).rejects.toMatchObject({ data: { status: 'busy' } })
  expect(relay.writes.slice(-3)).toEqual(ending)
  relay.refuse = () => undefined
  await camera.setProperty('pixelFormat', 'Mono16')
  await camera.start(sink)
})

test('a camera whose settings cannot be read once it has started is stopped', async () => {
  const session = await openCamera()
  const { camera, relay, sink } = session
  const { start, ending } = await learn(session)
  let started = false
  relay.refuse = (access) => {
    if (access.kind === 'write') started ||= access.address === start.address
    // Once, and as if the connection were at fault.
    else if (started) {
      relay.refuse = () => undefined
      return 'accessDenied'
    }
    return undefined
  }
  await expect(camera.start(sink)).rejects.toMatchObject({ data: { status: 'accessDenied' } })
  expect(relay.writes.slice(-3)).toEqual(ending)
  sink.seal('start() had failed')
  const next = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes })
  await camera.start(next)
  await next.waitForFrames(1, 60_000)
  expect(next.frames.length).toBeGreaterThan(0)
  expect(sink.violations).toEqual([])
})

test('a refused AcquisitionStop unlocks and closes all the same, and is told', async () => {
  const session = await openCamera()
  const { camera, relay, sink } = session
  const { ending } = await learn(session)
  await camera.start(sink)
  relay.writes.length = 0
  relay.refuse = (access) =>
    access.kind === 'write' && access.address === ending[0]?.address ? 'busy' : undefined
  await expect(camera.stop()).rejects.toMatchObject({ data: { status: 'busy' } })
  expect(relay.writes).toEqual(ending)
})

test('values that could not be read are read the next time', async () => {
  const { camera, relay } = await openCamera()
  const value = (name: string) => camera.properties().find((property) => property.name === name)?.value
  const before = value('PayloadSize')
  let written = false
  relay.refuse = (access) => {
    if (access.kind === 'write') written = true
    else if (written) {
      relay.refuse = () => undefined
      return 'accessDenied'
    }
    return undefined
  }
  await expect(camera.setProperty('pixelFormat', 'Mono16')).rejects.toMatchObject({
    data: { status: 'accessDenied' },
  })
  await camera.setProperty('gain', 6)
  expect(value('PayloadSize')).toBe(2 * Number(before))
  expect(value('pixelFormat')).toBe('Mono16')
})
