import { describe, expect, it } from 'vitest'
import { maxOmePlanes, OmePlanes } from '../../../src-main/acquisition/storage/ome-planes.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const record = { exposureMs: 1, elapsedS: 0 }
const axisOrders = [['t', 'p', 'c', 'z'], ['p', 't', 'z', 'c'], ['z', 't'], ['t']] as const

/** Planes of a plan in the order of acquisition, some of them left out. */
const plans = fc
  .record({
    order: fc.constantFrom(...axisOrders),
    lengths: fc.record({
      t: fc.integer({ min: 1, max: 4 }),
      p: fc.integer({ min: 1, max: 3 }),
      c: fc.integer({ min: 1, max: 3 }),
      z: fc.integer({ min: 1, max: 3 }),
    }),
    skips: fc.array(fc.nat({ max: 50 })),
  })
  .map(({ order, lengths, skips }) => {
    const axes = order.map((axis) => ({ axis, length: lengths[axis] }))
    const count = axes.reduce((product, { length }) => product * length, 1)
    const indices = Array.from({ length: count }, (_, number) => {
      let rest = number
      const index: Partial<Record<(typeof order)[number], number>> = {}
      for (const { axis, length } of axes.toReversed()) {
        index[axis] = rest % length
        rest = Math.floor(rest / length)
      }
      return index
    })
    return { axes, indices: indices.filter((_, i) => !skips.includes(i)) }
  })

describe('OmePlanes', () => {
  it('has each image of the file in one run, as the dimensions are ordered', () => {
    fc.assert(
      fc.property(plans, ({ axes, indices }) => {
        const planes = new OmePlanes({ axes })
        indices.forEach((index, ifd) => planes.add({ index, record }, ifd))
        const lengthOf = (axis: string) => axes.find((one) => one.axis === axis)?.length ?? 1
        const order = [...axes.map(({ axis }) => axis).filter((axis) => axis !== 'p')].toReversed()
        for (const [position, { runs, count, planes: each }] of planes.images) {
          const found = runs.flatMap(({ first, ifd, planes: length }) =>
            Array.from({ length }, (_, step) => {
              // As the specification of OME-TIFF counts: the fastest dimension first.
              const place = { ...first }
              for (let i = 0; i < step; i++)
                for (const axis of order) {
                  place[axis] += 1
                  if (place[axis] < lengthOf(axis) || axis === order.at(-1)) break
                  place[axis] = 0
                }
              return { ifd: ifd + step, ...place }
            }),
          )
          const expected = indices.flatMap(({ t = 0, p = 0, c = 0, z = 0 }, ifd) =>
            p === position ? [{ ifd, t, c, z }] : [],
          )
          expect(found).toEqual(expected)
          expect(count).toBe(expected.length)
          expect(each).toHaveLength(count)
        }
      }),
    )
  })

  it('takes no more memory for a recording that never ends', () => {
    const planes = new OmePlanes({ axes: [{ axis: 't', length: undefined }] })
    for (let t = 0; t <= maxOmePlanes; t++)
      planes.add({ index: { t }, record: { ...record, elapsedS: t } }, t)
    expect(planes.images.get(0)).toEqual({
      count: maxOmePlanes + 1,
      lengths: { t: maxOmePlanes + 1, c: 1, z: 1 },
      runs: [{ first: { t: 0, c: 0, z: 0 }, ifd: 0, planes: maxOmePlanes + 1 }],
      planes: [],
      last: maxOmePlanes,
    })
    expect(planes).toMatchObject({ isDetailed: false, full: false, meanTimeStepS: 1 })
  })
})
