/** The parts of the simulated microscope: specimen, sensor, clock, bar code. */
import { describe, expect, test, vi } from 'vitest'
import { drawBarcode } from '../../../drivers/simulated-microscope/barcode.ts'
import { BlurLadder, ladderPosition } from '../../../drivers/simulated-microscope/blur-ladder.ts'
import { type ExposedFrame, ExposureClock } from '../../../drivers/simulated-microscope/exposure-clock.ts'
import { FieldSampler } from '../../../drivers/simulated-microscope/field-sampler.ts'
import { fullWellElectrons, MonoSensor } from '../../../drivers/simulated-microscope/mono-sensor.ts'
import { parseOptions } from '../../../drivers/simulated-microscope/options.ts'
import {
  stains,
  Specimen,
  tileSize,
  tileStep,
} from '../../../drivers/simulated-microscope/specimen/specimen.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { KernelMemory } from '../../../src-shared/kernels/kernel-memory.ts'

function mean(values: Iterable<number>): number {
  const all = [...values]
  return all.reduce((sum, value) => sum + value, 0) / all.length
}

describe('the specimen', () => {
  const specimen = new Specimen(1)

  test.each(stains)('%s: tiles join without a seam', (stain) => {
    for (const level of [1, 3]) {
      const tile = specimen.tile(stain, level, 0, 0)
      const right = specimen.tile(stain, level, 1, 0)
      const below = specimen.tile(stain, level, 0, 1)
      let differing = 0
      for (let index = 0; index < tileStep; index += 1) {
        const across = (tile[index * tileSize + tileStep] ?? 0) - (right[index * tileSize] ?? 0)
        const down = (tile[tileStep * tileSize + index] ?? 0) - (below[index] ?? 0)
        if (Math.abs(across) > 80 || Math.abs(down) > 80) differing += 1
      }
      // 80 is 1 % of a density of 1; a few pixels where the tables of two tiles round differently.
      expect(differing).toBeLessThan(10)
    }
  })

  test('the same seed gives the same specimen, another one another', () => {
    const again = new Specimen(1).tile('cytoskeleton', 2, 3, -2)
    expect(again).toEqual(specimen.tile('cytoskeleton', 2, 3, -2))
    expect(new Specimen(2).tile('cytoskeleton', 2, 3, -2)).not.toEqual(again)
  })

  test.each(['nuclei', 'cytoskeleton', 'vesicles'] as const)(
    '%s: all levels give about the same light',
    (stain) => {
      const light = [2, 3, 4, 5].map((level) => {
        const tiles = 2 ** (5 - level)
        const sums: number[] = []
        for (let row = 0; row < tiles; row += 1) {
          for (let column = 0; column < tiles; column += 1) {
            sums.push(mean(specimen.tile(stain, level, column, row)))
          }
        }
        return mean(sums)
      })
      for (const level of light) expect(Math.abs(level / (light[0] ?? 0) - 1)).toBeLessThan(0.2)
    },
  )

  test('it fills 4 x 4 mm, and glass lies around it', () => {
    const tileUm = tileStep * 5.2
    const stained = (xUm: number, yUm: number) =>
      mean(specimen.tile('eosin', 5, Math.floor(xUm / tileUm), Math.floor(yUm / tileUm))) > 800
    for (const x of [-1900, -600, 600, 1900]) {
      for (const y of [-1900, -600, 600, 1900]) expect(stained(x, y), `${x}, ${y}`).toBe(true)
    }
    for (const [x, y] of [
      [-9000, 0],
      [9000, 0],
      [0, -9000],
      [0, 9000],
    ] as const) {
      expect(stained(x, y), `${x}, ${y}`).toBe(false)
    }
  })

  test('a view shows stand-ins at once, and the same as without them in the end', () => {
    const view = { xUm: 3000.3, yUm: -2.1, pixelUm: 0.325, width: 300, height: 200, coarseness: 0 }
    const pixels = view.width * view.height
    const memory = new KernelMemory(2 * FieldSampler.bytes(pixels))
    const patient = new FieldSampler(memory, new Specimen(1), pixels)
    const prompt = new FieldSampler(memory, new Specimen(1), pixels)
    const image = (sampler: FieldSampler) =>
      new Float32Array(sampler.image.bytes.buffer, sampler.image.pointer, pixels)
    prompt.look({ ...view, coarseness: 2 }, 'eosin')
    prompt.refine(Infinity)
    prompt.look(view, 'eosin')
    expect(prompt.complete).toBe(false)
    expect(prompt.refine(0)).toBe(false)
    expect(prompt.refine(Infinity)).toBe(true)
    patient.look(view, 'eosin')
    patient.refine(Infinity)
    expect(image(prompt)).toEqual(image(patient))
  })
})

describe('the blur ladder', () => {
  test('spreads a point as far as it says', () => {
    const size = 512
    const memory = new KernelMemory(BlurLadder.bytes(size, size) + 4 * size * size + 8 * size)
    const image = memory.allocate(4 * size * size)
    new Float32Array(image.bytes.buffer, image.pointer, size * size)[size * (size / 2) + size / 2] = 1
    const ladder = new BlurLadder(memory, image.pointer, size, size)
    const row = memory.allocate(4 * (size + 4))
    const values = new Float32Array(row.bytes.buffer, row.pointer, size)
    const variance = (rung: number) => {
      let sum = 0
      let moment = 0
      for (let y = 0; y < size; y += 1) {
        ladder.row(rung, y, row.pointer)
        for (const value of values) {
          sum += value
          moment += value * (y - size / 2) ** 2
        }
      }
      return { sum, sigma: Math.sqrt(moment / sum) }
    }
    for (const rung of [1, 2, 3, 4, 5]) {
      const { sum, sigma } = variance(rung)
      expect(sum).toBeCloseTo(1, 1)
      // Where a blur of this size stands on the ladder; enlarging adds a little.
      expect(ladderPosition(sigma)).toBeGreaterThan(rung - 0.1)
      expect(ladderPosition(sigma)).toBeLessThan(rung + 0.25)
    }
  })

  test('positions grow with the blur', () => {
    const positions = [0, 0.2, 0.9, 1, 1.5, 3, 8, 40, 150, 1000].map(ladderPosition)
    expect(positions).toEqual(positions.toSorted((a, b) => a - b))
    expect(positions.at(0)).toBe(0)
    expect(positions.at(3)).toBe(1)
    expect(positions.at(-1)).toBe(8)
  })
})

describe('the sensor', () => {
  const size = { width: 64, height: 64 }
  const settings = {
    ...size,
    exposureMs: 10,
    gainDb: 0,
    blackLevel: 100,
    bits: 12,
    binning: 1,
    left: 0,
    top: 0,
  } as const

  /** Mean over space, and mean over the pixels of their variance in time. */
  function measure(electrons: number, change: Partial<Parameters<MonoSensor['expose']>[0]> = {}) {
    const options = { seed: 3, sensorWidth: 64, sensorHeight: 64 }
    const memory = new KernelMemory(MonoSensor.bytes(options) + 2 * 4 * 128)
    const light = memory.allocate(4 * 72)
    const shades = memory.allocate(4 * 72)
    new Float32Array(light.bytes.buffer, light.pointer, 72).fill(1)
    const sensor = new MonoSensor(memory, options)
    const wanted = { ...settings, ...change }
    sensor.expose(wanted, {
      rate: (electrons / wanted.exposureMs) * 1000,
      flat: 0,
      shades: shades.pointer,
      base: () => 1,
      row: () => light.pointer,
    })
    const pixels = (64 / wanted.binning) ** 2
    const bytes = new Uint8Array(pixels * (wanted.bits === 8 ? 1 : 2))
    const values = wanted.bits === 8 ? bytes : new Uint16Array(bytes.buffer)
    const sums = new Float64Array(pixels)
    const squares = new Float64Array(pixels)
    const frames = 60
    for (let frame = 0; frame < frames; frame += 1) {
      sensor.read(bytes)
      for (const [index, value] of values.entries()) {
        sums[index] = (sums[index] ?? 0) + value
        squares[index] = (squares[index] ?? 0) + value * value
      }
    }
    const variances = Array.from(
      sums,
      (sum, index) => ((squares[index] ?? 0) - (sum * sum) / frames) / (frames - 1),
    )
    return { mean: mean(sums) / frames, variance: mean(variances) }
  }

  const countsPerElectron = 4095 / fullWellElectrons

  test.each([0, 200, 2000, 9000])('%i electrons: mean and shot noise', (electrons) => {
    const { mean: level, variance } = measure(electrons)
    expect(level).toBeCloseTo(100 + electrons * countsPerElectron, -1)
    // Quantisation adds 1/12.
    const expected = (electrons + 1.8 ** 2) * countsPerElectron ** 2 + 1 / 12
    expect(variance / expected).toBeGreaterThan(0.9)
    expect(variance / expected).toBeLessThan(1.12)
  })

  test('gain multiplies signal and noise', () => {
    const plain = measure(1000)
    const amplified = measure(1000, { gainDb: 12 })
    expect((amplified.mean - 100) / (plain.mean - 100)).toBeCloseTo(10 ** (12 / 20), 1)
    expect(Math.sqrt(amplified.variance / plain.variance)).toBeCloseTo(10 ** (12 / 20), 0)
  })

  test('binning keeps the level and halves the noise', () => {
    const plain = measure(1000)
    const binned = measure(1000, { binning: 2 })
    expect(binned.mean / plain.mean).toBeCloseTo(1, 1)
    expect(Math.sqrt((binned.variance - 1 / 12) / (plain.variance - 1 / 12))).toBeCloseTo(0.5, 1)
  })

  test.each([
    [8, 255],
    [12, 4095],
    [16, 65535],
  ] as const)('%i bits saturate at %i without flicker', (bits, largest) => {
    expect(measure(2 * fullWellElectrons, { bits })).toEqual({ mean: largest, variance: 0 })
  })

  test('a longer exposure has hot pixels', () => {
    const options = { seed: 3, sensorWidth: 512, sensorHeight: 512 }
    const memory = new KernelMemory(MonoSensor.bytes(options) + 2 * 4 * 520)
    const dark = memory.allocate(4 * 520).pointer
    const sensor = new MonoSensor(memory, options)
    const illumination = { rate: 1, flat: 0, shades: dark, base: () => 1, row: () => dark }
    sensor.expose({ ...settings, width: 512, height: 512, exposureMs: 5000 }, illumination)
    const pixels = new Uint16Array(512 * 512)
    sensor.read(new Uint8Array(pixels.buffer))
    const hot = pixels.filter((pixel) => pixel > 110).length
    expect(hot).toBeGreaterThan(3)
    expect(hot).toBeLessThan(15)
  })
})

describe('the exposure clock', () => {
  /** Runs a clock on fake time; `busyMs` is how long a delivery takes. */
  function run(options: {
    exposureMs: number
    periodMs: number
    forMs: number
    busyMs?: (n: number) => number
  }) {
    let nowMs = 1000
    vi.useFakeTimers()
    vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => BigInt(Math.round(nowMs * 1e6)))
    const frames: (ExposedFrame & { lateMs: number })[] = []
    const clock = new ExposureClock(
      () => options,
      (frame) => {
        frames.push({ ...frame, lateMs: nowMs - frame.endMs })
        nowMs += options.busyMs?.(frames.length) ?? 0
      },
    )
    clock.start()
    while (nowMs < 1000 + options.forMs) {
      nowMs += 0.25
      vi.advanceTimersByTime(0.25)
      vi.advanceTimersByTime(0)
    }
    clock.stop()
    vi.useRealTimers()
    vi.restoreAllMocks()
    return frames
  }

  test('the mean rate is exact though timers tick in whole ms', () => {
    const frames = run({ exposureMs: 3.3, periodMs: 7.7, forMs: 1000 })
    expect(frames.length).toBe(Math.floor((1000 - 3.3) / 7.7) + 1)
    for (const [index, frame] of frames.entries()) {
      expect(frame.sequence).toBe(index)
      expect(frame.endMs).toBeCloseTo(1000 + 3.3 + index * 7.7, 6)
      expect(frame.lateMs).toBeGreaterThanOrEqual(0)
    }
  })

  test('after a long delay it goes on by whole periods, without a gap in the frame numbers and without a burst', () => {
    const frames = run({ exposureMs: 5, periodMs: 20, forMs: 1000, busyMs: (n) => (n === 5 ? 130 : 0) })
    expect(frames.map(({ sequence }) => sequence)).toEqual(frames.map((_, index) => index))
    for (const { endMs } of frames) expect((endMs - 1005) % 20).toBeCloseTo(0, 6)
    expect((frames[5]?.endMs ?? 0) - (frames[4]?.endMs ?? 0)).toBeGreaterThan(100)
    expect((frames[6]?.endMs ?? 0) - (frames[5]?.endMs ?? 0)).toBeCloseTo(20, 6)
  })

  test('a short delay loses nothing', () => {
    const frames = run({ exposureMs: 5, periodMs: 20, forMs: 1000, busyMs: (n) => (n === 5 ? 35 : 0) })
    expect(frames.map(({ sequence }) => sequence)).toEqual(frames.map((_, index) => index))
  })
})

test('the bar code holds the number, bit 0 first, in blocks of 16 pixels', () => {
  for (const [channels, Pixels, maxValue] of [
    [1, Uint16Array, 4095],
    [3, Uint8Array, 255],
  ] as const) {
    const width = 600
    const pixels = new Pixels(width * 20 * channels).fill(7)
    drawBarcode(pixels, { width, height: 20, channels, maxValue }, 0xdeadbeef)
    let value = 0
    for (let bit = 0; bit < 32; bit += 1) {
      for (const [x, y] of [
        [16 * bit, 0],
        [16 * bit + 15, 15],
      ] as const) {
        const sample = pixels[(y * width + x) * channels]
        expect([0, maxValue]).toContain(sample)
        if (y === 0 && sample === maxValue) value += 2 ** bit
      }
    }
    expect(value).toBe(0xdeadbeef)
    expect(pixels[512 * channels]).toBe(7)
    expect(pixels[16 * width * channels]).toBe(7)
  }
})

describe('options', () => {
  test('have defaults', () => {
    expect(parseOptions({})).toEqual({
      seed: 1,
      counter: false,
      frameRate: 50,
      width: 2048,
      height: 2048,
      fault: 'none',
      shutter: false,
      triggerCable: true,
      failMove: 0,
      failLight: 0,
      failFocus: 0,
    })
  })

  test.each([
    [{ sead: 2 }, /sead/],
    [{ frameRate: 0 }, /frameRate/],
    [{ width: 100 }, /width/],
    [{ fault: 'explode' }, /fault/],
    [{ seed: '1' }, /seed/],
  ])('%j is refused by name', (options, message) => {
    let refusal: unknown
    try {
      parseOptions(options)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(CoverslipError)
    expect(refusal).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(message) })
  })
})
