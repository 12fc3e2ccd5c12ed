import { describe, expect, it } from 'vitest'
import { ChangeWatch } from '../../../src-main/acquisition/recording/change-watch.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import type { PixelFormat } from '../../../src-shared/frames/pixel-format.ts'

const [width, height] = [200, 100]

function infoOf(pixelFormat: PixelFormat, significantBits: number): FrameInfo {
  return {
    sequence: 0,
    timestampNs: 0n,
    hostTimeNs: 0n,
    width,
    height,
    pixelFormat,
    significantBits,
    exposureMs: 1,
    gain: 0,
  }
}
/** 12 bits: `level` with noise of up to `noise` either way. */
function image(level: number, noise: number, seed: number): Uint8Array {
  const values = Uint16Array.from({ length: width * height }, (_, i) => {
    const random = (Math.imul(i + 1 + seed * 7919, 2654435761) >>> 16) / 65536
    return Math.round(level + (2 * random - 1) * noise)
  })
  return new Uint8Array(values.buffer)
}

describe('ChangeWatch', () => {
  const info = infoOf('Mono12', 12)

  it('takes neither noise nor slow drift for a change, but a step', () => {
    const watch = new ChangeWatch(0.05)
    const seen = (level: number, seed: number) => watch.changed(image(level, 100, seed), info)
    for (let i = 0; i < 60; i++) expect(seen(1000 + 10 * i, i)).toBe(false)
    expect(watch.level).toBeGreaterThan(0)
    expect(seen(1900, 60)).toBe(true)
  })

  it('sees a change of a part of the image by its share', () => {
    const watch = new ChangeWatch(0.05)
    for (let i = 0; i < 10; i++) watch.changed(image(1000, 0, i), info)
    const half = image(1000, 0, 0)
    half.set(image(2000, 0, 0).subarray(half.length / 2), half.length / 2)
    expect(watch.changed(half, info)).toBe(true)
    expect(watch.level).toBeCloseTo(1000 / 2 / 4095, 3)
  })

  it('says nothing before it has seen a few images, also of another size', () => {
    const watch = new ChangeWatch(0.05)
    for (let i = 0; i < 8; i++) expect(watch.changed(image(i * 400, 0, i), info)).toBe(false)
    const bytes = infoOf('Mono8', 8)
    expect(watch.changed(new Uint8Array(width * height).fill(200), bytes)).toBe(false)
    for (let i = 0; i < 8; i++)
      expect(watch.changed(new Uint8Array(width * height).fill(200), bytes)).toBe(false)
    expect(watch.changed(new Uint8Array(width * height).fill(100), bytes)).toBe(true)
  })
})
