/** The GigE Vision driver and the simulator over a network that loses, delays, doubles and damages packets. */
import { afterEach, describe, expect, test } from 'vitest'
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
 * incomplete.
 */
async function snap({ camera, simulator }: Session, count: number): Promise<MemorySink> {
  const sink = new MemorySink({ maxFrameBytes: camera.description.maxFrameBytes, keep: 'pixels' })
  await camera.setProperty('TestPattern', 'GreyDiagonalRampMoving')
  await camera.setProperty('triggerMode', 'software')
  await camera.start(sink)
  for (let frame = 0; frame < count; frame += 1) {
    // A camera that is still exposing is busy.
    await eventually('a trigger', async () => {
      const before = await simulator.counters()
      await camera.trigger()
      return (await simulator.counters()).frames >= before.frames
    })
    await eventually('the frame, or that it is incomplete', () => {
      const { frames: arrived = 0, incompleteFrames = 0 } = camera.health?.() ?? {}
      return arrived + incompleteFrames > frame
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

describe.each([false, true])('extended ids: %s', (extendedIds) => {
  test.each([
    { title: 'one packet in a hundred is lost', link: { loss: 0.01 }, complete: 0.99 },
    { title: 'five in a hundred are lost', link: { loss: 0.05 }, complete: 0.97 },
    {
      title: 'packets are lost, late and doubled',
      link: { loss: 0.01, reorder: 0.05, duplicate: 0.05 },
      complete: 0.99,
    },
  ])('$title', async ({ link, complete }) => {
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
    const session = await openCamera({ extendedIds, link: { corrupt: 0.02 } })
    const sink = await snap(session, 30)
    expect(sink.violations).toEqual([])
    expect(sink.frames.length).toBeGreaterThan(0)
    expect(session.camera.health?.().frames).toBe(sink.frames.length)
  })
})

test('without resending, frames that lost packets are dropped, or delivered and flagged', async () => {
  const link = { loss: 0.02 }
  const dropping = await snap(await openCamera({ resend: false, link }), 40)
  expect(dropping.frames.length).toBeGreaterThan(0)
  expect(dropping.frames.length).toBeLessThan(40)
  expect(dropping.frames.filter((frame) => !isRamp(frame))).toEqual([])

  const delivering = await snap(
    await openCamera({ resend: false, link }, { incompleteFrames: 'deliver' }),
    40,
  )
  expect(delivering.frames.length).toBe(40)
  const flagged = delivering.frames.filter(({ info }) => info.incomplete === true)
  expect(flagged.length).toBeGreaterThan(0)
  expect(delivering.frames.filter((frame) => !isRamp(frame)).every(({ info }) => info.incomplete)).toBe(true)
})
