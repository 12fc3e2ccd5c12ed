import { describe, expect, test } from 'vitest'
import { createFrameRing, type FrameRingMemory } from '../../../src-main/frames/frame-ring.ts'
import { FrameRingWriter } from '../../../src-main/frames/frame-ring-writer.ts'
import { LiveFrameReader } from '../../../src-main/frames/live-frame-reader.ts'
import { LosslessFrameReader } from '../../../src-main/frames/lossless-frame-reader.ts'
import { encodeSlotHeader, slotHeaderBytes } from '../../../src-main/frames/slot-header.ts'
import {
  fillRingFrame,
  ring,
  ringFrameBytes,
  ringFrameFault,
  ringFrameInfo,
} from '../../fixtures/ring-frames.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

function write(writer: FrameRingWriter, ...sequences: readonly number[]): void {
  for (const sequence of sequences) {
    const info = ringFrameInfo(sequence)
    fillRingFrame(writer.slot(), info)
    writer.commit(info)
  }
}

/** All that a lossless reader has to say now: `3` for a frame, `4-6` for lost ones. */
function drain(reader: LosslessFrameReader): readonly string[] {
  const said: string[] = []
  const copy = new Uint8Array(ringFrameBytes)
  for (;;) {
    const read = reader.read((pixels) => copy.set(pixels.subarray(0, copy.length)))
    if (read.kind === 'empty') return said
    if (read.kind === 'lost') {
      said.push(`${read.first}-${read.last}`)
      continue
    }
    expect(ringFrameFault(read.info, copy)).toBeUndefined()
    said.push(`${read.info.sequence}`)
  }
}

function take(reader: LiveFrameReader): number | undefined {
  return reader.take(() => undefined)?.sequence
}

describe('live reader', () => {
  test('takes the newest frame, once', () => {
    const memory = ring(4)
    const writer = new FrameRingWriter(memory)
    write(writer, 0, 1)
    const reader = new LiveFrameReader(memory)
    expect(take(reader)).toBeUndefined()
    write(writer, 2, 3, 4, 5, 6, 7)
    expect(reader.look()).toEqual({ info: ringFrameInfo(7), arrived: 6, taken: false })
    expect(reader.look()).toBeUndefined()
    expect(take(reader)).toBe(7)
    expect(take(reader)).toBeUndefined()
    write(writer, 8, 9)
    expect(take(reader)).toBe(9)
    expect(reader.look()).toEqual({ info: ringFrameInfo(9), arrived: 2, taken: true })
  })

  test('a frame is not torn, nor taken twice, by a writer that laps the reader while it copies', () => {
    for (const slots of [2, 3, 5]) {
      const memory = ring(slots)
      const writer = new FrameRingWriter(memory)
      const reader = new LiveFrameReader(memory)
      write(writer, 0)
      let next = 1
      let copies = 0
      const info = reader.take(() => {
        // During the first copy the writer goes once round the ring.
        if (copies++ === 0) for (let i = 0; i < slots; i++) write(writer, next++)
      })
      expect(info?.sequence).toBe(slots)
      expect(copies).toBe(2)
      expect(take(reader)).toBeUndefined()
    }
  })

  test('gives up for now when it is lapped by every copy, and does not hang', () => {
    const memory = ring(2)
    const writer = new FrameRingWriter(memory)
    const reader = new LiveFrameReader(memory)
    write(writer, 0)
    let next = 1
    expect(reader.take(() => write(writer, next++, next++))).toBeUndefined()
    expect(take(reader)).toBe(next - 1)
  })

  test('never shows a slot that is being filled', () => {
    const memory = ring(2)
    const writer = new FrameRingWriter(memory)
    const reader = new LiveFrameReader(memory)
    write(writer, 0)
    writer.slot().fill(255)
    expect(take(reader)).toBe(0)
    writer.commit(ringFrameInfo(1))
    expect(take(reader)).toBe(1)
  })
})

describe('lossless reader', () => {
  test('reads every frame in order, as many as there are slots while the writer rests', () => {
    const memory = ring(4)
    const writer = new FrameRingWriter(memory)
    const reader = new LosslessFrameReader(memory)
    expect(drain(reader)).toEqual([])
    write(writer, 0, 1, 2, 3)
    expect(reader.backlog).toBe(4)
    expect(drain(reader)).toEqual(['0', '1', '2', '3'])
    write(writer, 4, 5)
    expect(drain(reader)).toEqual(['4', '5'])
  })

  test('tells what was overwritten, from the very first frame', () => {
    const memory = ring(3)
    const writer = new FrameRingWriter(memory)
    const reader = new LosslessFrameReader(memory)
    write(writer, 0, 1, 2, 3, 4)
    expect(drain(reader)).toEqual(['0-1', '2', '3', '4'])
    write(writer, 5, 6, 7, 8, 9)
    writer.slot()
    expect(drain(reader)).toEqual(['5-7', '8', '9'])
  })

  test('tells what the camera lost, and what both lost as one range', () => {
    const memory = ring(3)
    const writer = new FrameRingWriter(memory)
    const reader = new LosslessFrameReader(memory)
    write(writer, 2, 4)
    expect(drain(reader)).toEqual(['0-1', '2', '3-3', '4'])
    write(writer, 5, 9, 10, 12, 13)
    expect(drain(reader)).toEqual(['5-9', '10', '11-11', '12', '13'])
  })

  test('a reader that comes later counts from there', () => {
    const memory = ring(3)
    const writer = new FrameRingWriter(memory)
    write(writer, 0, 1, 2, 3)
    const reader = new LosslessFrameReader(memory)
    write(writer, 4, 5, 6, 7, 8)
    expect(drain(reader)).toEqual(['4-5', '6', '7', '8'])
  })

  test('an acquisition that starts again: the end of the old and the beginning of the new one', () => {
    const memory = ring(3)
    const writer = new FrameRingWriter(memory)
    const reader = new LosslessFrameReader(memory)
    write(writer, 0, 1)
    expect(drain(reader)).toEqual(['0', '1'])
    write(writer, 0, 1, 2)
    expect(drain(reader)).toEqual(['0', '1', '2'])
    write(writer, 3, 4, 0, 1, 2, 3, 4, 5)
    expect(drain(reader)).toEqual(['3-4', '0-2', '3', '4', '5'])
  })

  test('a writer that is replaced (its thread died with a slot half filled) begins a new run', () => {
    const memory = ring(3)
    const reader = new LosslessFrameReader(memory)
    const first = new FrameRingWriter(memory)
    write(first, 0, 1)
    expect(drain(reader)).toEqual(['0', '1'])
    first.slot().fill(255)
    const second = new FrameRingWriter(memory)
    write(second, 2, 3)
    expect(drain(reader)).toEqual(['0-1', '2', '3'])
  })

  test('a writer that laps the reader while it copies', () => {
    const memory = ring(3)
    const writer = new FrameRingWriter(memory)
    const reader = new LosslessFrameReader(memory)
    write(writer, 0)
    let copies = 0
    const read = reader.read(() => {
      if (copies++ === 0) write(writer, 1, 2, 3, 4)
    })
    expect(read).toEqual({ kind: 'lost', first: 0, last: 1 })
    expect(drain(reader)).toEqual(['2', '3', '4'])
  })

  test('says the same as a plain model, whatever writer and readers do', () => {
    const command = fc.oneof(
      fc.record({ do: fc.constant('write' as const), gap: fc.nat(2) }),
      fc.record({ do: fc.constant('write' as const), gap: fc.constant(0) }),
      fc.record({ do: fc.constant('read' as const) }),
      fc.record({ do: fc.constant('take' as const) }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.array(command, { maxLength: 60 }), (slots, commands) => {
        const memory = ring(slots)
        const writer = new FrameRingWriter(memory)
        const lossless = new LosslessFrameReader(memory)
        const live = new LiveFrameReader(memory)
        let sequence = 0
        const pending: number[] = []
        let told = 0
        let taken: number | undefined
        for (const step of commands) {
          if (step.do === 'write') {
            sequence += step.gap
            write(writer, sequence)
            pending.push(sequence)
            taken = sequence
            sequence += 1
          }
          if (step.do === 'read') {
            const expected: string[] = []
            for (const frame of pending.splice(0).slice(-slots)) {
              if (frame > told) expected.push(`${told}-${frame - 1}`)
              expected.push(`${frame}`)
              told = frame + 1
            }
            expect(drain(lossless)).toEqual(expected)
          }
          if (step.do === 'take') {
            expect(take(live)).toBe(taken)
            taken = undefined
          }
        }
      }),
      { seed: 11, numRuns: 300 },
    )
  })
})

describe('waiting', () => {
  /** Whether a promise is settled once everything that is due has run. */
  async function isSettled(promise: Promise<unknown>): Promise<boolean> {
    let settled = false
    void promise.then(() => {
      settled = true
    })
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 2))
    return settled
  }

  test('sleeps until a frame comes, and does not sleep when one is there', async () => {
    const memory = ring(2)
    const writer = new FrameRingWriter(memory)
    const readers = [new LiveFrameReader(memory), new LosslessFrameReader(memory)]
    const waits = readers.map((reader) => reader.wait())
    for (const waiting of waits) expect(await isSettled(waiting)).toBe(false)
    write(writer, 0)
    await Promise.all(waits)
    await Promise.all(readers.map((reader) => reader.wait()))
  })

  test('interrupt ends the wait of its reader, and of no other', async () => {
    const memory = ring(2)
    const [one, two] = [new LiveFrameReader(memory), new LosslessFrameReader(memory)]
    const [first, second] = [one.wait(), two.wait()]
    one.interrupt()
    await first
    expect(await isSettled(second)).toBe(false)
    two.interrupt()
    await second
  })

  test('interrupt before the wait ends that wait, and only that', async () => {
    const memory = ring(2)
    const reader = new LiveFrameReader(memory)
    reader.interrupt()
    await reader.wait()
    const again = reader.wait()
    expect(await isSettled(again)).toBe(false)
    reader.interrupt()
    await again
  })
})

describe('counters', () => {
  /** A ring as it is after `count` frames, by the layout that frame-ring.ts describes. */
  function ringAfter(slots: number, count: number): FrameRingMemory {
    const memory = ring(slots)
    new BigInt64Array(memory.control, 0, 1)[0] = BigInt(count)
    for (let slot = 0; slot < slots; slot++) {
      const published = Math.ceil((count - slot) / slots)
      new Int32Array(memory.control, 32 + slot * slotHeaderBytes, 1)[0] = 2 * published
    }
    const header = new DataView(memory.control, 32 + ((count - 1) % slots) * slotHeaderBytes, slotHeaderBytes)
    encodeSlotHeader(header, { info: ringFrameInfo(4), run: 0, previousRunLast: -1 })
    return memory
  }

  test.each([
    [3, 2 ** 31],
    [3, 2 ** 32],
    [5, 2 ** 32],
    [4, 2 ** 32 + 2],
    // The generation, 2 for each lap, passes 2^31 and 2^32 here.
    [3, 3 * 2 ** 30],
    [3, 3 * 2 ** 31],
    [7, 7 * 2 ** 31],
  ])('%i slots, around frame %i', (slots, frame) => {
    const memory = ringAfter(slots, frame - 4)
    const early = { live: new LiveFrameReader(memory), lossless: new LosslessFrameReader(memory) }
    const writer = new FrameRingWriter(memory)
    const copy: number[] = []
    for (let sequence = 0; sequence < 12; sequence++) {
      const late = { live: new LiveFrameReader(memory), lossless: new LosslessFrameReader(memory) }
      write(writer, sequence)
      for (const { live, lossless } of [early, late]) {
        expect(take(live)).toBe(sequence)
        expect(drain(lossless)).toEqual([`${sequence}`])
      }
      copy.push(sequence)
    }
    expect(copy).toHaveLength(12)
  })

  test('a writer that was ended between a frame and its publication harms no later one', () => {
    const memory = ring(2)
    new FrameRingWriter(memory).slot()
    // All of `commit` but the count.
    new Int32Array(memory.control, 32, 1)[0] = 2
    const reader = new LosslessFrameReader(memory)
    const writer = new FrameRingWriter(memory)
    for (let sequence = 0; sequence < 5; sequence++) {
      write(writer, sequence)
      expect(drain(reader)).toEqual([`${sequence}`])
    }
  })

  test('a ring is refused when it cannot work', () => {
    expect(() => createFrameRing({ slots: 1, maxFrameBytes: 10 })).toThrow(RangeError)
    expect(() => createFrameRing({ slots: 2.5, maxFrameBytes: 10 })).toThrow(RangeError)
    expect(() => createFrameRing({ slots: 2, maxFrameBytes: 0 })).toThrow(RangeError)
    expect(() => createFrameRing({ slots: 2, maxFrameBytes: Number.NaN })).toThrow(RangeError)
  })

  test('a commit without a slot, or of an image that is larger than the slot, is refused, and nothing is published', () => {
    const memory = ring(2)
    const writer = new FrameRingWriter(memory)
    const reader = new LosslessFrameReader(memory)
    expect(() => writer.commit(ringFrameInfo(0))).toThrow(/without slot/)
    writer.slot()
    expect(() => writer.commit({ ...ringFrameInfo(0), width: 5000 })).toThrow(/5000 x 30 Mono16 .* slot/)
    expect(() => writer.commit({ ...ringFrameInfo(0), width: 0 })).toThrow(RangeError)
    expect(drain(reader)).toEqual([])
    write(writer, 0)
    expect(drain(reader)).toEqual(['0'])
  })
})
