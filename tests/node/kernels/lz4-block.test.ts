import fc from '../../fixtures/seeded-fast-check.ts'
import { compressSync } from 'lz4-napi'
import { describe, expect, test } from 'vitest'
import {
  type DecodeKernels,
  PlainDecodeKernels,
  WasmDecodeKernels,
} from '../../../src-shared/kernels/decode-kernels.ts'

const capacity = 70_000

/** Bytes with repeats of short and long periods, near and far: all kinds of matches. */
const compressible = fc
  .array(
    fc.record({
      piece: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      repeats: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 300 })),
    }),
    { maxLength: 20 },
  )
  .map((pieces) =>
    Buffer.concat(pieces.flatMap(({ piece, repeats }) => Array.from({ length: repeats }, () => piece))),
  )
  .filter((bytes) => bytes.length <= capacity)

function decode(kernels: DecodeKernels, block: Uint8Array, end = capacity): Uint8Array | undefined {
  const size = kernels.decodeBlock(block, 'pixels', 0, end)
  return size < 0 ? undefined : kernels.pixels.slice(0, size)
}

describe('LZ4 block decoder', () => {
  const wasm = new WasmDecodeKernels(capacity)
  const plain = new PlainDecodeKernels(capacity)

  for (const kernels of [wasm, plain]) {
    const { name } = kernels.constructor
    test(`${name} decodes what lz4-napi compressed`, () => {
      fc.assert(
        fc.property(compressible, (bytes) => {
          expect(decode(kernels, compressSync(bytes).subarray(4))).toEqual(new Uint8Array(bytes))
        }),
        { numRuns: 300 },
      )
    })

    test(`${name} fills exactly the room it is given, and refuses with one byte less`, () => {
      fc.assert(
        fc.property(compressible, (bytes) => {
          const block = compressSync(bytes).subarray(4)
          kernels.pixels.fill(0xee)
          expect(decode(kernels, block, bytes.length)).toEqual(new Uint8Array(bytes))
          expect(kernels.pixels[bytes.length]).toBe(0xee)
          if (bytes.length > 0) expect(decode(kernels, block, bytes.length - 1)).toBeUndefined()
        }),
      )
    })
  }

  // One literal "A", a match of 4, and the empty last sequence.
  const fiveTimesA = Uint8Array.of(0x10, 65, 1, 0, 0)

  test.each([wasm, plain])('$constructor.name checks matches to the byte', (kernels) => {
    expect(decode(kernels, fiveTimesA, 5)).toEqual(new Uint8Array(5).fill(65))
    kernels.pixels.fill(0xee)
    expect(decode(kernels, fiveTimesA, 4)).toBeUndefined()
    expect(kernels.pixels[4]).toBe(0xee)
    for (const offset of [0, 2, 255]) expect(decode(kernels, fiveTimesA.with(2, offset))).toBeUndefined()
  })

  test('both refuse or decode the same damaged blocks', () => {
    const damaged = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .record({
          bytes: compressible,
          at: fc.nat(),
          value: fc.integer({ min: 0, max: 255 }),
          cut: fc.nat(3),
        })
        .map(({ bytes, at, value, cut }) => {
          const block = Uint8Array.from(compressSync(bytes).subarray(4))
          block[at % block.length] = value
          return block.subarray(0, block.length - Math.min(cut, block.length - 1))
        }),
    )
    fc.assert(
      fc.property(damaged, (block) => {
        expect(decode(wasm, block)).toEqual(decode(plain, block))
      }),
      { numRuns: 1000 },
    )
  })
})
