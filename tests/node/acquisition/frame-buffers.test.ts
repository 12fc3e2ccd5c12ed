import { describe, expect, it } from 'vitest'
import { FrameBuffers } from '../../../src-main/acquisition/recording/frame-buffers.ts'
import { beginsAtPage } from '../../../src-shared/kernels/page-aligned-memory.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

const sizes = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 2 ** 18, max: 2 ** 18 + 5000 }))

describe('FrameBuffers', () => {
  it('gives memory to one frame at a time, whether it is found yet or not', () => {
    fc.assert(
      fc.property(
        sizes,
        fc.array(fc.constantFrom('take', 'giveBack'), { minLength: 20, maxLength: 60 }),
        fc.boolean(),
        (size, steps, isFound) => {
          const buffers = new FrameBuffers(12 * size)
          if (isFound) buffers.find(7 * size)
          const taken: Uint8Array<ArrayBuffer>[] = []
          for (const step of steps) {
            if (step === 'take') {
              const { full } = buffers
              const buffer = buffers.take(size)
              if (taken.length > 0) expect(buffer === undefined).toBe(full)
              if (buffer !== undefined) taken.push(buffer.fill(taken.length + 1))
            } else {
              const buffer = taken.pop()
              if (buffer !== undefined) buffers.giveBack(buffer)
            }
            expect(buffers.bytesInUse).toBe(taken.length * size)
          }
          for (const [i, buffer] of taken.entries()) {
            expect(buffer.length).toBe(size)
            expect(buffer.every((value) => value === i + 1)).toBe(true)
            if (size >= 2 ** 18) expect(beginsAtPage(buffer)).toBe(true)
          }
        },
      ),
      { numRuns: 40 },
    )
  })

  it('has all of it found, a little at a time', () => {
    const buffers = new FrameBuffers(10 * 4096)
    let pieces = 1
    while (buffers.find(3 * 4096)) pieces += 1
    expect(pieces).toBe(4)
    expect(buffers.find(1)).toBe(false)
  })

  it('has room for frames of another size when none is in use', () => {
    const buffers = new FrameBuffers(2 ** 16)
    const first = buffers.take(2 ** 15)
    expect(first).toHaveLength(2 ** 15)
    expect(buffers.take(2 ** 14)).toBeUndefined()
    if (first !== undefined) buffers.giveBack(first)
    for (let i = 0; i < 4; i++) expect(buffers.take(2 ** 14)).toHaveLength(2 ** 14)
    expect(buffers.full).toBe(true)
    expect(buffers.take(2 ** 14)).toBeUndefined()
  })
})
