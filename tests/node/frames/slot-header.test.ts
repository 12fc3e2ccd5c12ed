import { describe, expect, test } from 'vitest'
import {
  decodeSlotHeader,
  encodeSlotHeader,
  type SlotHeader,
  slotHeaderBytes,
} from '../../../src-main/frames/slot-header.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { pixelFormats } from '../../../src-shared/frames/pixel-format.ts'
import { ringFrameInfo } from '../../fixtures/ring-frames.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

describe('slot header', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
  const infoArbitrary: fc.Arbitrary<FrameInfo> = fc
    .record({
      sequence: fc.nat(Number.MAX_SAFE_INTEGER),
      timestampNs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      hostTimeNs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      width: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      height: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
      pixelFormat: fc.constantFrom(...pixelFormats),
      significantBits: fc.integer({ min: 1, max: 16 }),
      exposureMs: finite,
      gain: finite,
      pixelSizeUm: optional(finite),
      stage: optional(fc.record({ x: optional(finite), y: optional(finite), z: optional(finite) })),
      channel: optional(fc.string({ unit: 'binary', maxLength: 35 }).filter((name) => name.isWellFormed())),
      incomplete: optional(fc.constant(true)),
    })
    .map(withoutUndefined)

  /** Absent is absent, also inside the stage position; a stage without any axis is not known. */
  function withoutUndefined<T extends { stage?: object | undefined }>(info: T) {
    const present = (value: object) =>
      Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined))
    const stage = info.stage === undefined ? undefined : present(info.stage)
    const known = stage === undefined || Object.keys(stage).length === 0 ? undefined : stage
    return present({ ...info, stage: known }) as FrameInfo
  }

  test('reads as it was written', () => {
    fc.assert(
      fc.property(
        infoArbitrary,
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER }),
        (info, run, previousRunLast) => {
          const header = new DataView(new SharedArrayBuffer(slotHeaderBytes))
          header.setInt32(0, -123456, true)
          const written: SlotHeader = { info, run, previousRunLast }
          encodeSlotHeader(header, written)
          expect(decodeSlotHeader(header)).toEqual(written)
          expect(header.getInt32(0, true)).toBe(-123456)
        },
      ),
      { seed: 5, numRuns: 2000 },
    )
  })

  test('a channel name that is too long is cut after a whole character', () => {
    const header = new DataView(new ArrayBuffer(slotHeaderBytes))
    for (const name of [
      'x'.repeat(300),
      'ä'.repeat(100),
      `a${'ä'.repeat(100)}`,
      '🔬'.repeat(60),
      `abc${'🔬'.repeat(60)}`,
    ]) {
      encodeSlotHeader(header, { info: { ...ringFrameInfo(0), channel: name }, run: 0, previousRunLast: -1 })
      const channel = decodeSlotHeader(header)?.info.channel ?? ''
      expect(name.startsWith(channel)).toBe(true)
      expect(Buffer.byteLength(channel)).toBeGreaterThan(slotHeaderBytes - 120 - 4)
    }
  })

  test('any bytes are a header or none, and never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: slotHeaderBytes, maxLength: slotHeaderBytes }), (bytes) => {
        expect(() => decodeSlotHeader(new DataView(bytes.buffer))).not.toThrow()
      }),
      { seed: 6, numRuns: 2000 },
    )
  })
})
