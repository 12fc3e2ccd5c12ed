import fc from '../../fixtures/seeded-fast-check.ts'
import { describe, expect, it } from 'vitest'
import { Overview, type OverviewPicture } from '../../../src-renderer/stores/overview.ts'

function pictureAt(leftUm: number, topUm: number, widthUm = 10, heightUm = 10) {
  const bitmap = { width: 1, height: 1, closed: false, close: () => void (bitmap.closed = true) }
  return { bitmap, leftUm, topUm, widthUm, heightUm }
}

describe('what was seen of the specimen', () => {
  it('stays until newer pictures cover all of it', () => {
    const overview = new Overview()
    const first = pictureAt(0, 0)
    overview.add(first)
    overview.add(pictureAt(1.5, 0))
    overview.add(pictureAt(-8.5, -3))
    expect(overview.pictures).toContain(first)
    overview.add(pictureAt(-8.5, 3))
    expect(overview.pictures).not.toContain(first)
    expect(first.bitmap.closed).toBe(true)
  })

  it('is never lost, wherever pictures are taken', () => {
    const place = fc.integer({ min: 0, max: 30 })
    const size = fc.integer({ min: 1, max: 12 })
    fc.assert(
      fc.property(fc.array(fc.tuple(place, place, size, size), { maxLength: 40 }), (places) => {
        const overview = new Overview()
        const all = places.map((each) => pictureAt(...each))
        for (const picture of all) overview.add(picture)
        const shows = (x: number, y: number) => (picture: OverviewPicture) =>
          x > picture.leftUm &&
          x < picture.leftUm + picture.widthUm &&
          y > picture.topUm &&
          y < picture.topUm + picture.heightUm
        // The newest above each place is the same as if all had been kept.
        for (let x = 0.5; x < 42; x++)
          for (let y = 0.5; y < 42; y++)
            expect(overview.pictures.findLast(shows(x, y))).toBe(all.findLast(shows(x, y)))
      }),
      { numRuns: 30 },
    )
  })

  it('is bounded: where there are very many, the one of which the least is seen goes', () => {
    const overview = new Overview()
    const [far, hidden] = [pictureAt(-1000, 0), pictureAt(-500, 0)]
    for (const picture of [far, hidden, pictureAt(-499.9, 0)]) overview.add(picture)
    for (let at = 0; at < 148; at++) overview.add(pictureAt(at * 20, 0))
    expect(overview.pictures).toHaveLength(150)
    expect(overview.pictures).toContain(far)
    expect(overview.pictures).not.toContain(hidden)
  })
})
