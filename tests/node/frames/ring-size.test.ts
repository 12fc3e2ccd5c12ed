import { describe, expect, it } from 'vitest'
import { findMemory } from '../../../src-main/frames/find-memory.ts'
import { ringSlotsFor } from '../../../src-main/frames/ring-size.ts'

const gibibyte = 2 ** 30
/** 2048 x 2048 pixels of 16 bits. */
const large = 2048 * 2048 * 2

describe('the size of a ring', () => {
  it.each([
    { gigabytes: 2, slots: 12 },
    { gigabytes: 4, slots: 12 },
    { gigabytes: 8, slots: 16 },
    { gigabytes: 24, slots: 48 },
    { gigabytes: 512, slots: 48 },
  ])('is a share of the memory of the computer: $slots large images with $gigabytes GB', (computer) => {
    expect(ringSlotsFor(large, computer.gigabytes * gibibyte)).toBe(computer.slots)
  })

  it('lets a reader be late by 0.3 s of 750 MB/s where there is memory', () => {
    expect(ringSlotsFor(large, 24 * gibibyte) / (750e6 / large)).toBeGreaterThan(0.3)
  })

  it('has room for a few of the largest images, and no more of the smallest than anybody is late by', () => {
    expect(ringSlotsFor(gibibyte, 4 * gibibyte)).toBe(4)
    expect(ringSlotsFor(1, 512 * gibibyte)).toBe(512)
  })
})

it('memory that is found holds what it held', async () => {
  const memory = new Uint8Array(new SharedArrayBuffer(3 * 2 ** 18 + 5))
  for (let at = 0; at < memory.length; at += 1021) memory[at] = at
  const before = memory.slice()
  await findMemory(memory)
  expect(Buffer.compare(memory, before)).toBe(0)
})
