import { describe, expect, test } from 'vitest'
import { PacketPool } from '../../../src-main/live-view/encoders/packet-pool.ts'

describe('PacketPool', () => {
  test('uses buffers again for packets of about the same size', () => {
    const pool = new PacketPool()
    const buffer = pool.take(1_000_000)
    expect(buffer.byteLength).toBeGreaterThanOrEqual(1_000_000)
    pool.recycle(buffer)
    expect(pool.take(1_100_000)).toBe(buffer)
    expect(pool.take(1_000_000)).not.toBe(buffer)
  })

  test('does not give a buffer that is too small, nor one that is far too large', () => {
    const pool = new PacketPool()
    const buffer = pool.take(1_000_000)
    pool.recycle(buffer)
    expect(pool.take(2_000_000)).not.toBe(buffer)
    expect(pool.take(10_000)).not.toBe(buffer)
  })

  test('keeps a limited number, and no detached ones', () => {
    const pool = new PacketPool({ limit: 2 })
    const [first, second, third] = [pool.take(1000), pool.take(1000), pool.take(1000)]
    for (const buffer of [first, second, third]) pool.recycle(buffer)
    expect(new Set([pool.take(1000), pool.take(1000)])).toEqual(new Set([second, third]))
    expect(pool.take(1000)).not.toBe(first)
    const moved = pool.take(1000)
    structuredClone(moved, { transfer: [moved] })
    pool.recycle(moved)
    expect(pool.take(1000).byteLength).toBeGreaterThan(0)
  })
})
