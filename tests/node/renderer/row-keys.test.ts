import { describe, expect, it } from 'vitest'
import { changed, moved, rowKeys, withAdded, without } from '../../../src-renderer/views/acquire/row-keys.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

type Entry = { readonly name: string; readonly version: number }

const edit = fc.record({
  kind: fc.constantFrom('change', 'remove', 'add', 'up', 'down'),
  at: fc.nat({ max: 9 }),
})

describe('keys of rows', () => {
  it('stay with their entries, however these are edited', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 30 }), (edits) => {
        let list: readonly Entry[] = ['a', 'b', 'c'].map((name) => ({ name, version: 0 }))
        const keyOf = new Map(list.map(({ name }, index) => [name, rowKeys(list)[index]]))
        for (const [number, { kind, at }] of edits.entries()) {
          const entry = list[at]
          if (kind === 'add') {
            const name = `new ${number}`
            list = withAdded(list, { name, version: 0 })
            keyOf.set(name, rowKeys(list).at(-1))
          } else if (entry === undefined) continue
          else if (kind === 'remove') list = without(list, at)
          else if (kind === 'change') list = changed(list, at, { ...entry, version: entry.version + 1 })
          else list = moved(list, at, kind === 'up' ? -1 : 1)
        }
        const keys = rowKeys(list)
        expect(keys).toEqual(list.map(({ name }) => keyOf.get(name)))
        expect(new Set(keys).size).toBe(list.length)
      }),
    )
  })

  it('are new ones for a list from elsewhere, also of the same entries, and as before for one that is brought back', () => {
    const entry = { name: 'a', version: 0 }
    const [list, other] = [
      [entry, entry],
      [entry, entry],
    ]
    const before = rowKeys(list)
    expect(new Set([...before, ...rowKeys(other)]).size).toBe(4)
    expect(rowKeys(list)).toEqual(before)
  })

  it('moves nothing beyond the ends', () => {
    const list = ['a', 'b', 'c']
    expect([moved(list, 0, -1), moved(list, 2, 1), moved(list, 5, -1)]).toEqual([list, list, list])
    expect(moved(list, 0, 1)).toEqual(['b', 'a', 'c'])
    expect(moved(list, 2, -1)).toEqual(['a', 'c', 'b'])
  })
})
