/** How the replay plays: which files, in what order, when, and from what memory. */
import { mkdir, readFile, truncate, unlink, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { compareNaturally } from '../../../drivers/replay/image-files.ts'
import { FrameCache } from '../../../drivers/replay/frame-cache.ts'
import { FrameSchedule } from '../../../drivers/replay/frame-schedule.ts'
import { MemorySink } from '../../../drivers/sdk/conformance/memory-sink.ts'
import { randomPixels, writePng, writeTiff } from '../../fixtures/image-fixtures.ts'
import {
  at,
  expectPixels,
  openCamera,
  play,
  replayFolder,
  replayInEachTest,
  step,
  valueOf,
} from '../../fixtures/replayed.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

replayInEachTest()

describe('folders', () => {
  const grey = (value: number) => ({
    width: 4,
    height: 3,
    channels: 1 as const,
    pixels: new Uint8Array(12).fill(value),
  })

  test('plays the files in natural order, PNG and TIFF alike, leaving other files out', async () => {
    await writePng(at('img10.png'), grey(10))
    await writePng(at('img9.PNG'), grey(9))
    await writeTiff(at('img2.tif'), {
      width: 4,
      height: 3,
      pages: [new Uint8Array(12).fill(2), new Uint8Array(12).fill(3)],
    })
    await writePng(at('.img1.png'), grey(1))
    await writeFile(at('notes.txt'), 'not an image')
    await mkdir(at('folder.png'))
    const sink = await step(await openCamera(replayFolder()), 5)
    expect(sink.frames.map(({ pixels }) => pixels?.[0])).toEqual([2, 3, 9, 10, 2])
  })

  test('natural order is a total order', () => {
    expect(['b10', 'a2', 'B2', 'b2', 'a10', 'a02'].sort(compareNaturally)).toEqual(
      ['a10', 'a02', 'b2', 'B2', 'a2', 'b10'].sort(compareNaturally),
    )
    expect(['t10.png', 't9.png', 't1.png'].sort(compareNaturally)).toEqual(['t1.png', 't9.png', 't10.png'])
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(Math.sign(compareNaturally(a, b))).toBe(-Math.sign(compareNaturally(b, a)) + 0)
        expect(compareNaturally(a, b) === 0).toBe(a === b)
      }),
      { seed: 1 },
    )
  })
})

describe('playing', () => {
  const spec = { width: 8, height: 4 }
  async function writeSeries(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await writePng(at(`f${i}.png`), { ...spec, channels: 1, pixels: new Uint8Array(32).fill(i) })
    }
  }
  const values = (sink: MemorySink) => sink.frames.map(({ pixels }) => pixels?.[0])

  test('a bad image met later is reported once, its number left out, and the rest plays on', async () => {
    await writeSeries(4)
    const camera = await openCamera(replayFolder())
    const bytes = await readFile(at('f2.png'))
    bytes[45] = (bytes[45] ?? 0) ^ 255
    await writeFile(at('f2.png'), bytes)
    const sink = await play(camera, 9)
    expect(values(sink).slice(0, 9)).toEqual([0, 1, 3, 0, 1, 3, 0, 1, 3])
    expect(sink.frames.slice(0, 9).map(({ info }) => info.sequence)).toEqual([0, 1, 3, 4, 5, 7, 8, 9, 11])
    expect(sink.faults).toHaveLength(1)
    expect(sink.faults[0]).toMatchObject({ code: 'REPLAY_SOURCE' })
    expect(sink.faults[0]?.message).toMatch(/f2.png/)
  })

  test('files that vanish or shrink after opening are reported by name', async () => {
    await writeSeries(3)
    await writeTiff(at('g.tif'), { ...spec, pages: [new Uint8Array(32).fill(7)] })
    const camera = await openCamera(replayFolder())
    await unlink(at('f1.png'))
    await truncate(at('g.tif'), 20)
    const sink = await play(camera, 4)
    expect(values(sink).slice(0, 4)).toEqual([0, 2, 0, 2])
    expect(sink.faults.map(({ message }) => message)).toEqual([
      expect.stringMatching(/no folder or image ".*f1.png"/),
      expect.stringMatching(/"\S+g.tif" is corrupt or truncated/),
    ])
  })

  test('a triggered image that is bad is refused, and the next trigger gives the next image', async () => {
    await writeSeries(3)
    const camera = await openCamera(replayFolder())
    await unlink(at('f1.png'))
    await camera.setProperty('triggerMode', 'software')
    const sink = new MemorySink({ maxFrameBytes: 32, keep: 'pixels' })
    await camera.start(sink)
    await camera.trigger()
    await expect(camera.trigger()).rejects.toThrow(/f1.png/)
    await camera.trigger()
    await camera.stop()
    expect(values(sink)).toEqual([0, 2])
    expect(sink.frames.map(({ info }) => info.sequence)).toEqual([0, 2])
  })

  test('without loop it plays once, stays at the end, and plays again on play', async () => {
    await writeSeries(3)
    const camera = await openCamera(replayFolder(), { loop: false })
    const sink = new MemorySink({ maxFrameBytes: 32, keep: 'pixels' })
    const ended = new Promise<void>((resolve) => {
      camera.onPropertiesChanged(() => {
        if (valueOf(camera, 'playing') === false) resolve()
      })
    })
    await camera.start(sink)
    await ended
    expect(values(sink)).toEqual([0, 1, 2])
    expect(valueOf(camera, 'frameIndex')).toBe(2)
    await camera.setProperty('playing', true)
    await sink.waitForFrames(6, 60_000)
    expect(values(sink)).toEqual([0, 1, 2, 0, 1, 2])
    await camera.stop()
    const again = await play(camera, 3)
    expect(values(again).slice(0, 3)).toEqual([0, 1, 2])
  })

  test('paused, it sends each image that is gone to, once', async () => {
    await writeSeries(5)
    const camera = await openCamera(replayFolder())
    await camera.setProperty('playing', false)
    const sink = new MemorySink({ maxFrameBytes: 32, keep: 'pixels' })
    await camera.start(sink)
    await sink.waitForFrames(1, 60_000)
    for (const [i, index] of [3, 1, 4].entries()) {
      await camera.setProperty('frameIndex', index)
      expect(valueOf(camera, 'frameIndex')).toBe(index)
      await sink.waitForFrames(i + 2, 60_000)
    }
    expect(values(sink)).toEqual([0, 3, 1, 4])
    await camera.setProperty('playing', true)
    await sink.waitForFrames(6, 60_000)
    await camera.stop()
    expect(values(sink).slice(4, 6)).toEqual([0, 1])
  })

  test('a stop and start goes on where it was', async () => {
    await writeSeries(5)
    const camera = await openCamera(replayFolder())
    await camera.setProperty('frameIndex', 3)
    const sink = await play(camera, 2)
    expect(values(sink).slice(0, 2)).toEqual([3, 4])
    expect(sink.frames[0]?.info.sequence).toBe(0)
  })

  test('a set larger than the cache plays right, too', async () => {
    const pages = Array.from({ length: 7 }, (_, i) => randomPixels(300 * 300, 16, i))
    await writeTiff(at('a.tif'), { width: 300, height: 300, pages })
    const camera = await openCamera(at('a.tif'), { cacheMiB: 0.6 })
    const sink = await play(camera, 20)
    for (const [i, { pixels }] of sink.frames.slice(0, 20).entries()) {
      expectPixels(pixels, pages[i % 7] ?? new Uint8Array())
    }
  })

  test('triggerMode cannot change while it is acquiring', async () => {
    await writeSeries(1)
    const camera = await openCamera(replayFolder())
    await camera.start(new MemorySink({ maxFrameBytes: 32 }))
    await expect(camera.setProperty('triggerMode', 'software')).rejects.toThrow(/while it is acquiring/)
    await expect(camera.trigger()).rejects.toThrow(/takes no triggers/)
    await expect(camera.start(new MemorySink({ maxFrameBytes: 32 }))).rejects.toThrow(/acquiring already/)
  })
})

describe('schedule', () => {
  test('the mean rate is exact however late single frames are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 50 }), (lateness) => {
        const schedule = new FrameSchedule(20, 1000)
        for (const late of lateness) schedule.advance(schedule.dueMs + 15 * late)
        schedule.advance(schedule.dueMs)
        expect(schedule.dueMs).toBeCloseTo(1020 + 20 * lateness.length, 6)
      }),
      { seed: 3 },
    )
  })

  test('a hold-up is made up for by frames that follow faster, but not all at once', () => {
    const schedule = new FrameSchedule(20, 0)
    const sent: number[] = []
    for (let i = 0; i < 12; i++) {
      const nowMs = i === 0 ? 100 : schedule.dueMs
      sent.push(nowMs)
      schedule.advance(nowMs)
    }
    expect(sent).toEqual([100, 105, 110, 115, 120, 125, 130, 140, 160, 180, 200, 220])
  })

  test('a long hold-up is not made up for', () => {
    const schedule = new FrameSchedule(20, 0)
    schedule.advance(5000)
    expect(schedule.dueMs).toBe(5020)
  })

  test('a new period counts from the last frame', () => {
    const schedule = new FrameSchedule(20, 0)
    schedule.advance(0)
    schedule.setPeriod(50)
    expect(schedule.dueMs).toBe(50)
  })
})

describe('cache', () => {
  test('keeps within its capacity, decodes each frame of a small set once, and of a large one keeps most', async () => {
    for (const [count, capacity, rounds] of [
      [10, 10, 3],
      [40, 20, 5],
      [5, 2, 3],
    ] as const) {
      const decoded: number[] = []
      const cache = new FrameCache({
        count,
        capacity,
        decode: async (index) => {
          decoded.push(index)
          return Uint8Array.of(index)
        },
      })
      for (let i = 0; i < rounds * count; i++) {
        const index = i % count
        expect((await cache.load(index))[0]).toBe(index)
        cache.readAhead((index + 1) % count)
        await new Promise((resolve) => setImmediate(resolve))
        const kept = Array.from({ length: count }, (_, n) => cache.get(n)).filter(
          (frame) => frame !== undefined,
        )
        expect(kept.length).toBeLessThanOrEqual(capacity)
      }
      if (capacity >= count) expect(decoded).toHaveLength(count)
      if (capacity === 20) expect(decoded.length).toBeLessThan(rounds * count * 0.8)
    }
  })
})
