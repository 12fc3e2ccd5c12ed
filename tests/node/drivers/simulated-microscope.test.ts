/** The simulated microscope as a driver: conformance, and what one sees when one uses it. */
import { afterEach, describe, expect, test } from 'vitest'
import { MemorySink } from '../../../drivers/sdk/conformance/memory-sink.ts'
import { conformanceChecks } from '../../../drivers/sdk/conformance/run-conformance.ts'
import driver from '../../../drivers/simulated-microscope/index.ts'
import { objectives } from '../../../drivers/simulated-microscope/optics.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { Bench, small } from '../../fixtures/microscope-bench.ts'

describe('conformance', () => {
  for (const check of conformanceChecks(driver, { address: 'demo', options: { ...small, frameRate: 200 } })) {
    test(check.name, async ({ skip }) => {
      const result = await check.run()
      if (result.outcome === 'skipped') skip(result.reason)
    })
  }
})

const benches: Bench[] = []
afterEach(async () => {
  for (const { connection } of benches.splice(0)) await connection.close()
})

async function openBench(options: Record<string, unknown> = {}): Promise<Bench> {
  const bench = await Bench.open(options)
  benches.push(bench)
  return bench
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)]
  const product = (x: readonly number[], y: readonly number[], mx: number, my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] ?? 0) - my), 0)
  const spread = Math.sqrt(product(a, a, meanA, meanA) * product(b, b, meanB, meanB))
  return product(a, b, meanA, meanB) / spread
}

/** Mean squared difference of neighbours, relative to the mean. */
function sharpness(values: readonly number[], width: number): number {
  let sum = 0
  for (let i = width; i < values.length; i += 1) {
    sum += ((values[i] ?? 0) - (values[i - 1] ?? 0)) ** 2 + ((values[i] ?? 0) - (values[i - width] ?? 0)) ** 2
  }
  return sum / values.length / mean(values)
}

function crop(
  values: readonly number[],
  width: number,
  area: { x: number; y: number; w: number; h: number },
) {
  return Array.from(
    { length: area.w * area.h },
    (_, i) => values[(area.y + Math.floor(i / area.w)) * width + area.x + (i % area.w)] ?? Number.NaN,
  )
}

describe('what one sees', () => {
  test('an image that is well exposed and has structure, as soon as it starts', async () => {
    const { info, values } = await (await openBench()).snap()
    expect(info).toMatchObject({
      sequence: 0,
      width: 256,
      height: 192,
      pixelFormat: 'Mono12',
      significantBits: 12,
      exposureMs: 10,
      gain: 0,
      channel: 'GFP',
      stage: { x: 0, y: 0, z: 0 },
    })
    expect(info.pixelSizeUm).toBeCloseTo(6.5 / 20, 9)
    const sorted = values.toSorted((a, b) => a - b)
    expect(sorted[Math.floor(values.length * 0.01)]).toBeLessThan(400)
    expect(sorted[Math.floor(values.length * 0.99)]).toBeGreaterThan(900)
    expect(sorted.at(-10)).toBeLessThan(4095)
  })

  test('the same seed gives the same pixels, another seed others', async () => {
    const first = await (await openBench({ seed: 5 })).snap()
    const again = await (await openBench({ seed: 5 })).snap()
    const other = await (await openBench({ seed: 6 })).snap()
    expect(again.values).toEqual(first.values)
    expect(correlation(other.values, first.values)).toBeLessThan(0.5)
  })

  test('the stage moves the image by as many pixels as it says', async () => {
    const bench = await openBench()
    const before = await bench.snap()
    const pixelUm = before.info.pixelSizeUm ?? Number.NaN
    await bench.stage.moveTo({ x: 40 * pixelUm, y: -24 * pixelUm })
    const after = await bench.snap()
    expect(after.info.stage?.x).toBeCloseTo(40 * pixelUm, 3)
    expect(after.info.stage?.y).toBeCloseTo(-24 * pixelUm, 3)
    const seenBefore = crop(before.values, 256, { x: 50, y: 10, w: 150, h: 130 })
    expect(
      correlation(seenBefore, crop(after.values, 256, { x: 10, y: 34, w: 150, h: 130 })),
    ).toBeGreaterThan(0.97)
    expect(correlation(seenBefore, crop(after.values, 256, { x: 50, y: 10, w: 150, h: 130 }))).toBeLessThan(
      0.8,
    )
  })

  test('it is sharpest in focus, the more so the higher the aperture', async () => {
    const bench = await openBench()
    await bench.set('camera', { exposureMs: 100, gain: 0 })
    await bench.set('led-475', { intensity: 5 })
    const sharpnessAt = async (zUm: number) => {
      await bench.stage.moveTo({ z: zUm })
      const { values } = await bench.snap()
      return sharpness(values, 256)
    }
    const focused = await sharpnessAt(0)
    for (const side of [-1, 1]) {
      const near = await sharpnessAt(2 * side)
      const far = await sharpnessAt(12 * side)
      expect(near).toBeLessThan(0.8 * focused)
      expect(far).toBeLessThan(0.7 * near)
    }
    await bench.set('objective', { position: '4x/0.20' })
    await bench.set('led-475', { intensity: 50 })
    const low = await sharpnessAt(0)
    expect(await sharpnessAt(2)).toBeGreaterThan(0.8 * low)
  })

  test('exposure, light and gain make it brighter, as much as they should', async () => {
    const bench = await openBench()
    await bench.set('led-475', { intensity: 10 })
    const signal = async () => mean((await bench.snap()).values) - 100
    const plain = await signal()
    await bench.set('camera', { exposureMs: 20 })
    expect((await signal()) / plain).toBeCloseTo(2, 1)
    await bench.set('camera', { exposureMs: 10 })
    await bench.set('led-475', { intensity: 20 })
    expect((await signal()) / plain).toBeCloseTo(2, 1)
    await bench.set('led-475', { intensity: 10 })
    await bench.set('camera', { gain: 6 })
    expect((await signal()) / plain).toBeCloseTo(10 ** (6 / 20), 1)
    await bench.set('led-475', { on: false })
    expect(Math.abs(await signal())).toBeLessThan(2)
  })

  test('each channel shows another picture, and is named', async () => {
    const bench = await openBench()
    const seen: number[][] = []
    for (const channel of ['BF', 'DAPI', 'GFP', 'RFP']) {
      await bench.preset(channel)
      const { info, values } = await bench.snap()
      expect(info.channel).toBe(channel)
      for (const other of seen) expect(Math.abs(correlation(values, other))).toBeLessThan(0.9)
      seen.push(values)
    }
    await bench.set('led-385', { on: true })
    expect((await bench.snap()).info.channel).toBeUndefined()
  })

  test.each(objectives)('$label: pixel size and magnification', async ({ label, magnification }) => {
    const bench = await openBench()
    await bench.set('objective', { position: label })
    const { info } = await bench.snap()
    expect(info.pixelSizeUm).toBeCloseTo(6.5 / magnification, 9)
  })

  test.each([
    ['Mono8', 8],
    ['Mono12', 12],
    ['Mono16', 16],
  ])('%s has the same picture in its own range', async (pixelFormat, bits) => {
    const bench = await openBench()
    const reference = await bench.snap()
    await bench.set('camera', { pixelFormat })
    const { info, values } = await bench.snap()
    expect(info).toMatchObject({ pixelFormat, significantBits: bits })
    expect(mean(values) / 2 ** bits).toBeCloseTo(mean(reference.values) / 4096, 2)
    expect(correlation(values, reference.values)).toBeGreaterThan(0.97)
  })

  test('binning shows the same field with fewer, larger pixels', async () => {
    const bench = await openBench()
    const full = await bench.snap()
    await bench.set('camera', { binning: '2x2' })
    const { info, values } = await bench.snap()
    expect(info).toMatchObject({ width: 128, height: 96 })
    expect(info.pixelSizeUm).toBeCloseTo((2 * 6.5) / 20, 9)
    const averaged = Array.from({ length: 128 * 96 }, (_, i) => {
      const at = 2 * Math.floor(i / 128) * 256 + 2 * (i % 128)
      return mean([at, at + 1, at + 256, at + 257].map((index) => full.values[index] ?? 0))
    })
    expect(correlation(values, averaged)).toBeGreaterThan(0.93)
    expect(mean(values) / mean(averaged)).toBeCloseTo(1, 1)
  })

  test('a region of interest is a part of the full image, and says where its centre is', async () => {
    const bench = await openBench()
    const full = await bench.snap()
    await bench.set('camera', { roiWidth: 96, roiHeight: 64, roiX: 128, roiY: 104 })
    const { info, values } = await bench.snap()
    expect(info).toMatchObject({ width: 96, height: 64 })
    expect(info.stage?.x).toBeCloseTo((128 + 48 - 128) * (6.5 / 20), 6)
    expect(info.stage?.y).toBeCloseTo((104 + 32 - 96) * (6.5 / 20), 6)
    expect(correlation(values, crop(full.values, 256, { x: 128, y: 104, w: 96, h: 64 }))).toBeGreaterThan(
      0.97,
    )
    const width = bench.camera.properties().find(({ name }) => name === 'roiWidth')
    expect(width).toMatchObject({ max: 256 - 128 })
  })

  test('the overview camera sees the stained section in colour, whatever the channel', async () => {
    const bench = await openBench()
    const overview = bench.device('overview')
    if (!('trigger' in overview)) throw new Error('The overview is no camera')
    const { info, values } = await bench.snap(overview)
    expect(info).toMatchObject({ width: 1280, height: 960, pixelFormat: 'RGB8', pixelSizeUm: 2.6 })
    const colour = (channel: number) => mean(values.filter((_, i) => i % 3 === channel))
    // Pink and violet: least green.
    expect(colour(0)).toBeGreaterThan(colour(1) + 20)
    expect(colour(2)).toBeGreaterThan(colour(1) + 10)
  })
})

describe('taking frames', () => {
  test('the counter in the image is the sequence number', async () => {
    const bench = await openBench({ width: 512, counter: true, frameRate: 200 })
    const sink = new MemorySink({ maxFrameBytes: bench.camera.description.maxFrameBytes, keep: 'pixels' })
    await bench.camera.start(sink)
    await sink.waitForFrames(12, 60_000)
    await bench.camera.stop()
    expect(sink.frames.length).toBeGreaterThanOrEqual(12)
    for (const { info, pixels } of sink.frames) {
      const values = new Uint16Array(pixels?.buffer ?? new ArrayBuffer(0))
      const bits = Array.from({ length: 32 }, (_, bit) => values[8 * info.width + 16 * bit + 8])
      expect(bits.reduce<number>((sum, value, bit) => sum + (value === 4095 ? 2 ** bit : 0), 0)).toBe(
        info.sequence,
      )
    }
  })

  test('timestamps lie on the schedule of the frame rate', async () => {
    const bench = await openBench({ frameRate: 125 })
    await bench.set('camera', { exposureMs: 2 })
    const sink = new MemorySink({ maxFrameBytes: bench.camera.description.maxFrameBytes })
    await bench.camera.start(sink)
    await sink.waitForFrames(20, 60_000)
    await bench.camera.stop()
    const [first] = sink.frames
    for (const { info } of sink.frames) {
      const elapsedMs = Number(info.timestampNs - (first?.info.timestampNs ?? 0n)) / 1e6
      expect(elapsedMs / 8).toBeCloseTo(Math.round(elapsedMs / 8), 3)
    }
  })

  test('a new exposure holds from the next frame on, and cuts a long one short', async () => {
    const bench = await openBench()
    await bench.set('camera', { exposureMs: 10_000 })
    const sink = new MemorySink({ maxFrameBytes: bench.camera.description.maxFrameBytes })
    await bench.camera.start(sink)
    await bench.set('camera', { exposureMs: 5 })
    await sink.waitForFrames(3, 60_000)
    await bench.camera.stop()
    expect(sink.frames.length).toBeGreaterThanOrEqual(3)
    for (const { info } of sink.frames) expect(info.exposureMs).toBe(5)
  })

  test('a long exposure can be stopped, by trigger or not', async () => {
    const bench = await openBench()
    await bench.set('camera', { exposureMs: 10_000 })
    const sink = new MemorySink({ maxFrameBytes: bench.camera.description.maxFrameBytes })
    await bench.camera.start(sink)
    await bench.camera.stop()
    await bench.set('camera', { triggerMode: 'software' })
    await bench.camera.start(sink)
    const triggered = expect(bench.camera.trigger()).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' })
    await bench.camera.stop()
    await triggered
    expect(sink.frames).toEqual([])
  })

  test('triggers that come together give a frame each', async () => {
    const bench = await openBench()
    await bench.set('camera', { triggerMode: 'software' })
    const sink = new MemorySink({ maxFrameBytes: bench.camera.description.maxFrameBytes })
    await bench.camera.start(sink)
    await Promise.all([bench.camera.trigger(), bench.camera.trigger(), bench.camera.trigger()])
    await bench.camera.stop()
    expect(sink.frames.map(({ info }) => info.sequence)).toEqual([0, 1, 2])
  })

  test('frames after a move show the new place in all detail', async () => {
    const place = { x: 700, y: -300 }
    const other = await openBench()
    await other.stage.moveTo(place)
    const still = await other.snap()
    const bench = await openBench({ frameRate: 200 })
    const sink = new MemorySink({ maxFrameBytes: bench.camera.description.maxFrameBytes, keep: 'pixels' })
    await bench.camera.start(sink)
    await bench.stage.moveTo(place)
    // Missing detail is worked on between two frames, for which there is no time on a busy machine.
    await eventually('a frame in all detail', () => {
      const { info, pixels } = sink.frames.at(-1) ?? {}
      const values = Array.from(new Uint16Array(pixels?.buffer ?? new ArrayBuffer(0)))
      const share = sharpness(values, 256) / sharpness(still.values, 256)
      return (
        info?.stage?.x === place.x && correlation(values, still.values) > 0.97 && Math.abs(share - 1) < 0.05
      )
    })
    await bench.camera.stop()
  })

  test('what is locked does not change while frames are taken', async () => {
    const bench = await openBench()
    await bench.camera.start(new MemorySink({ maxFrameBytes: bench.camera.description.maxFrameBytes }))
    await expect(bench.set('camera', { binning: '2x2' })).rejects.toMatchObject({
      code: 'PROPERTY_READ_ONLY',
      hint: 'Stop the acquisition first.',
    })
    await bench.camera.stop()
    await bench.set('camera', { binning: '2x2' })
  })
})

describe('the stage', () => {
  test('a new move replaces the axes it names; the move before it resolves', async () => {
    const { stage } = await openBench()
    const first = stage.moveTo({ x: 9000, y: 500 })
    await stage.moveTo({ x: 10 })
    await first
    expect(stage.position()).toEqual({ x: 10, y: 500, z: 0 })
  })

  test('tells where it is on its way', async () => {
    const { stage } = await openBench()
    await stage.setProperty('xySpeed', 1000)
    const seen: number[] = []
    stage.onMoved(({ x }) => seen.push(x ?? Number.NaN))
    await stage.moveTo({ x: 3000 })
    expect(seen.length).toBeGreaterThan(2)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen.at(-1)).toBe(3000)
  })

  test('does not go beyond its travel', async () => {
    const { stage } = await openBench()
    await expect(stage.moveTo({ z: 501 })).rejects.toMatchObject({ code: 'OUT_OF_RANGE' })
    expect(stage.position()).toEqual({ x: 0, y: 0, z: 0 })
  })
})

test('only the address "demo" can be opened', async () => {
  await expect(driver.open('192.168.0.1', {})).rejects.toMatchObject({ code: 'DEVICE_UNAVAILABLE' })
  expect(await driver.discover({ signal: new AbortController().signal, interfaces: [] })).toEqual([
    { address: 'demo', title: 'Demo microscope' },
  ])
})
