import { describe, expect, it } from 'vitest'
import { planeAt, sectionImage } from '../../../src-renderer/display/section-image.ts'
import {
  acrossOf,
  isToScale,
  planeAcross,
  sectionBreadth,
  sectionFrame,
  sectionView,
  thicknessPx,
} from '../../../src-renderer/planes/section-geometry.ts'
import fc from '../../fixtures/seeded-fast-check.ts'
import { sampleDataset } from './sample-image.ts'

// 512 × 256 pixels of 0.5 µm, 5 planes of 2 µm: 20 pixels thick.
const stack = sampleDataset({ pixelSizeUm: 0.5, zStepUm: 2, sizes: { z: 5 } })

describe('A cut through a stack', () => {
  it('is as thick as pixel size and z step say', () => {
    expect([thicknessPx(stack), isToScale(stack)]).toEqual([20, true])
    expect([thicknessPx(sampleDataset({ sizes: { z: 5 } })), isToScale(sampleDataset())]).toEqual([5, false])
    expect([0, 2, 4].map((z) => acrossOf(stack, z))).toEqual([2, 10, 18])
    expect([-3, 0, 3.9, 4, 19, 99].map((at) => planeAcross(stack, at))).toEqual([0, 0, 0, 1, 4, 4])
    // So thick that nothing could draw it.
    const thick = sampleDataset({ pixelSizeUm: 0.01, zStepUm: 10, sizes: { z: 1000 } })
    expect([thicknessPx(thick), isToScale(thick)]).toEqual([8192, false])
  })

  it('lies beside the plane, at each of its sizes', () => {
    expect(sectionFrame(stack, 'xz', 0)).toMatchObject({
      frame: { width: 512, height: 20, originalWidth: 512, originalHeight: 20, subsampling: 1 },
      layout: { planes: 5, acrossPx: 20, upright: false },
    })
    expect(sectionFrame(stack, 'yz', 1)).toMatchObject({
      frame: { width: 10, height: 128, originalWidth: 20, originalHeight: 256, subsampling: 2 },
      layout: { planes: 5, acrossPx: 10, upright: true },
    })
    const view = { zoom: 2, centerX: 100, centerY: 50 }
    const at = (z: number, height: number) =>
      sectionView(stack, { cut: 'xz', view, z, canvas: { width: 300, height } })
    // All of it is seen, or what there is room for around the plane on show.
    expect(at(4, 60)).toEqual({ zoom: 2, centerX: 100, centerY: 10 })
    expect([0, 2, 4].map((z) => at(z, 20).centerY)).toEqual([5, 10, 15])
    expect(sectionView(stack, { cut: 'yz', view, z: 2, canvas: { width: 20, height: 300 } })).toEqual({
      zoom: 2,
      centerX: 10,
      centerY: 50,
    })
  })

  it('leaves most of the room to the plane', () => {
    const room = { width: 1000, height: 600 }
    expect(sectionBreadth(stack, room)).toBe(56)
    expect(sectionBreadth(sampleDataset({ pixelSizeUm: 0.5, zStepUm: 500, sizes: { z: 8 } }), room)).toBe(240)
  })
})

describe('The picture of a cut', () => {
  const size = fc.integer({ min: 1, max: 12 })
  it('has every value where it belongs, whichever way it lies and however many parts have come', () => {
    fc.assert(
      fc.property(
        fc.record({
          planes: size,
          length: size,
          acrossPx: fc.integer({ min: 1, max: 40 }),
          upright: fc.boolean(),
          parts: fc.array(size, { minLength: 1, maxLength: 4 }),
          samples: fc.constantFrom(1, 3),
        }),
        ({ planes, length, acrossPx, upright, parts, samples }) => {
          const layout = { planes, acrossPx, upright }
          const value = (z: number, i: number, sample: number) => (z * 31 + i * 7 + sample * 3 + 1) % 251
          let from = 0
          const images = parts.map((height) => {
            const start = from
            from += height
            const pixels = Uint8Array.from({ length: height * length * samples }, (_, at) => {
              const pixel = Math.floor(at / samples)
              return value(start + Math.floor(pixel / length), pixel % length, at % samples)
            })
            const kind = samples === 3 ? ('rgb' as const) : ('mono' as const)
            return { kind, pixels, width: length, height, maxValue: 255 as const }
          })
          const image = sectionImage(images, layout)
          if ('bitmap' in image) throw new Error('It has no pixels')
          const [width, height] = upright ? [acrossPx, length] : [length, acrossPx]
          expect([image.width, image.height, image.pixels.length]).toEqual([
            width,
            height,
            width * height * samples,
          ])
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++)
              for (let sample = 0; sample < samples; sample++) {
                const [z, i] = [planeAt(upright ? x : y, layout), upright ? y : x]
                const known = z < from ? value(z, i, sample) : 0
                expect(image.pixels[(y * width + x) * samples + sample]).toBe(known)
              }
        },
      ),
    )
  })

  it('shows every plane as thick as the others', () => {
    const planes = [0, 1, 2, 3, 4, 5, 6, 7].map((at) =>
      planeAt(at, { planes: 4, acrossPx: 8, upright: false }),
    )
    expect(planes).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
  })
})
