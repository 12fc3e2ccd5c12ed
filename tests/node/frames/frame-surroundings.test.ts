import { describe, expect, test } from 'vitest'
import {
  createSurroundings,
  SurroundingsReader,
  SurroundingsWriter,
} from '../../../src-main/frames/frame-surroundings.ts'

describe('the surroundings of frames', () => {
  test('are read as they were set last, and are nothing before', () => {
    const memory = createSurroundings()
    const reader = new SurroundingsReader(memory)
    expect(reader.now).toEqual({})
    const writer = new SurroundingsWriter(memory)
    const first = { stage: { x: 1.5, z: -2 }, channel: 'Zelle µ – 細胞', pixelSizeUm: 0.325 }
    writer.set(first)
    expect(reader.now).toEqual(first)
    expect(new SurroundingsReader(memory).now).toEqual(first)
    // Read with every frame: nothing is decoded where nothing has changed.
    expect(reader.now).toBe(reader.now)
    writer.set({ stage: { y: 7 } })
    expect(reader.now).toEqual({ stage: { y: 7 } })
    writer.set({})
    expect(reader.now).toEqual({})
  })

  test('that are being written are those of before', () => {
    const memory = createSurroundings()
    const reader = new SurroundingsReader(memory)
    new SurroundingsWriter(memory).set({ channel: 'GFP' })
    expect(reader.now).toEqual({ channel: 'GFP' })
    // As a writer leaves it in mid-write.
    Atomics.add(new Int32Array(memory, 0, 1), 0, 1)
    new Uint8Array(memory, 8).fill(0xff)
    expect(reader.now).toEqual({ channel: 'GFP' })
  })

  test('too long for the memory are left out', () => {
    const memory = createSurroundings()
    new SurroundingsWriter(memory).set({ channel: 'x'.repeat(4000) })
    expect(new SurroundingsReader(memory).now).toEqual({})
  })
})
