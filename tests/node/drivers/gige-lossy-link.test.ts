/** The GigE Vision driver and the simulator over a network that loses, delays, doubles and damages packets. */
import { afterEach, expect, test } from 'vitest'
import gigeVision from '../../../drivers/gige-vision/index.ts'
import type { GigeSimulator } from '../../../drivers/gige-vision/simulator/gige-simulator.ts'
import type { GigeSimulatorOptions } from '../../../drivers/gige-vision/simulator/simulator-options.ts'
import { startGigeSimulator } from '../../../drivers/gige-vision/simulator/start-gige-simulator.ts'
import { MemorySink, type SinkFrame } from '../../../drivers/sdk/conformance/memory-sink.ts'
import type { CameraDevice, Connection } from '../../../drivers/sdk/driver.ts'
import { eventually } from '../../fixtures/eventually.ts'

const [width, height] = [256, 256]
/** 256 x 256 pixels in packets of 1400 bytes, leader and trailer. */
const packetsPerFrame = 50
const frames = 100

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

type Session = {
  readonly simulator: GigeSimulator
  readonly camera: CameraDevice
  readonly connection: Connection
}

async function openCamera(
  options: GigeSimulatorOptions,
  driverOptions: Readonly<Record<string, unknown>> = {},
): Promise<Session> {
  const simulator = await startGigeSimulator({ port: 0, broadcast: false, width, height, ...options })
  opened.unshift(simulator)
  const connection = await gigeVision.open(simulator.address, {
    port: simulator.port,
    packetSize: 1400,
    ...driverOptions,
  })
  opened.unshift(connection)
  const [camera] = connection.devices
  if (camera === undefined || !('trigger' in camera)) return expect.fail('no camera')
  return { simulator, camera, connection }
}

/**
 * Triggers `count` frames of a test pattern one after the other; each is waited for until it is there, or known to be
 * dropped.
 */
async function snap({ camera }: Session, count: number): Promise<MemorySink> {
  const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes, keep: 'pixels' })
  await camera.setProperty('TestPattern', 'GreyDiagonalRampMoving')
  await camera.setProperty('triggerMode', 'software')
  await camera.start(sink)
  const flagged = () => sink.frames.filter(({ info }) => info.incomplete === true).length
  for (let frame = 0; frame < count; frame += 1) {
    await camera.trigger()
    await eventually('the frame, or that it is dropped', () => {
      const { incompleteFrames = 0 } = camera.health?.() ?? {}
      return sink.frames.length + incompleteFrames - flagged() > frame
    })
  }
  await camera.stop()
  return sink
}

/** Whether each pixel is what the pattern has there in some frame. */
function isRamp({ pixels, info }: SinkFrame): boolean {
  const first = pixels?.[0]
  if (pixels === undefined || first === undefined) return false
  return pixels.every(
    (value, at) => value === ((first + (at % info.width) + Math.floor(at / info.width)) & 0xff),
  )
}

test.each([
  { title: 'one packet in a hundred is lost', link: { loss: 0.01 }, complete: 0.99, extendedIds: false },
  { title: 'one in a hundred, extended ids', link: { loss: 0.01 }, complete: 0.99, extendedIds: true },
  { title: 'five in a hundred are lost', link: { loss: 0.05 }, complete: 0.97, extendedIds: false },
  { title: 'five in a hundred, extended ids', link: { loss: 0.05 }, complete: 0.97, extendedIds: true },
  {
    title: 'packets are lost, late and doubled',
    link: { loss: 0.01, reorder: 0.05, duplicate: 0.05 },
    complete: 0.99,
    extendedIds: true,
  },
])('frames are complete though $title', async ({ link, complete, extendedIds }) => {
  const session = await openCamera({ extendedIds, link })
  const sink = await snap(session, frames)
  expect(sink.violations).toEqual([])
  expect(sink.frames.length).toBeGreaterThanOrEqual(complete * frames)
  expect(sink.frames.filter((frame) => !isRamp(frame))).toEqual([])
  const { lostPackets, resentPackets, packets } = await session.simulator.counters()
  expect(packets).toBeGreaterThanOrEqual(frames * packetsPerFrame)
  expect(lostPackets).toBeGreaterThan(0.5 * link.loss * packets)
  expect(resentPackets).toBeGreaterThan(0.5 * lostPackets)
})

test('damaged packets end no acquisition', async () => {
  const session = await openCamera({ link: { corrupt: 0.02 } })
  const sink = await snap(session, 30)
  expect(sink.violations).toEqual([])
  expect(sink.frames.length).toBeGreaterThan(0)
  expect(session.camera.health?.().frames).toBe(sink.frames.length)
})

/** Lets the camera run by itself until `count` frames came or were dropped. */
async function run(
  { camera }: Session,
  count: number,
): Promise<{ sink: MemorySink; incompleteFrames: number }> {
  const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes, keep: 'pixels' })
  await camera.setProperty('TestPattern', 'GreyDiagonalRampMoving')
  await camera.start(sink)
  await eventually(`${count} frames`, () => {
    const { incompleteFrames = 0 } = camera.health?.() ?? {}
    return sink.frames.length + incompleteFrames >= count
  })
  await camera.stop()
  return { sink, incompleteFrames: camera.health?.().incompleteFrames ?? 0 }
}

test('without resending, frames that lost packets are dropped, or delivered and flagged', async () => {
  // Every fourth frame or so.
  const options = { resend: false, link: { loss: 0.005 } }
  const dropping = await run(await openCamera(options), 40)
  expect(dropping.sink.frames.length).toBeGreaterThan(0)
  expect(dropping.incompleteFrames).toBeGreaterThan(0)
  expect(dropping.sink.frames.filter(({ info }) => info.incomplete === true)).toEqual([])
  expect(dropping.sink.frames.filter((frame) => !isRamp(frame))).toEqual([])

  const { sink: delivering } = await run(await openCamera(options, { incompleteFrames: 'deliver' }), 60)
  const flagged = delivering.frames.filter(({ info }) => info.incomplete === true)
  expect(flagged.length).toBeGreaterThan(0)
  expect(delivering.frames.filter((frame) => !isRamp(frame) && !flagged.includes(frame))).toEqual([])
})
