import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { FrameQueue } from '../../../src-renderer/display/frame-queue.ts'
import type { DecodedImage, ReceivedFrame } from '../../../src-renderer/display/image-decoder.ts'
import { framesInFlight } from '../../../src-shared/frame-channel.ts'
import { frameMessage } from '../../fixtures/frame-message.ts'

function received(frameId: number): ReceivedFrame {
  return { message: frameMessage({ frame_id: frameId }), packet: new Uint8Array(1) }
}

/** A queue that writes down all it does; `decode` may be made slow or to fail. */
function setUp(decode?: (image: DecodedImage) => DecodedImage | Promise<DecodedImage>) {
  const log: string[] = []
  const queue = new FrameQueue({
    decode: ({ message }) => {
      const id = message.metadata.frame_id
      log.push(`decode ${id}`)
      const image = { kind: 'mono', pixels: new Uint8Array(1), width: 1, height: 1, maxValue: 255 } as const
      const decoded = { message, image, release: () => log.push(`release ${id}`) }
      return decode === undefined ? decoded : decode(decoded)
    },
    acknowledge: (frameId) => log.push(`ack ${frameId}`),
    onReady: () => log.push('ready'),
    onFailure: (error) => log.push(String(error)),
    onDecoded: () => undefined,
    onDropped: () => log.push('dropped'),
    now: () => 0,
  })
  const entries = () => log.splice(0)
  const shownId = () => queue.take()?.message.metadata.frame_id
  return { queue, entries, shownId }
}

describe('FrameQueue', () => {
  test('a frame is decoded, acknowledged and ready at once', () => {
    const { queue, entries, shownId } = setUp()
    queue.push(received(0))
    expect(entries()).toEqual(['decode 0', 'ack 0', 'ready'])
    expect(shownId()).toBe(0)
    expect(shownId()).toBeUndefined()
  })

  test('of the frames that come while one waits to be drawn, only the newest is decoded', () => {
    const { queue, entries, shownId } = setUp()
    for (const id of [0, 1, 2, 3]) queue.push(received(id))
    expect(entries()).toEqual(['decode 0', 'ack 0', 'ready', 'dropped', 'dropped'])
    expect(shownId()).toBe(0)
    queue.decodeNext()
    expect(entries()).toEqual(['ack 1', 'ack 2', 'decode 3', 'ack 3', 'ready'])
    expect(shownId()).toBe(3)
  })

  test('while nothing is drawn, the host is left with two frames that are not acknowledged', () => {
    const { queue, entries, shownId } = setUp()
    const unacknowledged = new Set<number>()
    for (let id = 0; id < 10 && unacknowledged.size < framesInFlight; id++) {
      unacknowledged.add(id)
      queue.push(received(id))
      for (const entry of entries()) unacknowledged.delete(Number(/^ack (\d+)/.exec(entry)?.[1]))
    }
    expect([...unacknowledged]).toEqual([1, 2])
    expect(shownId()).toBe(0)
    expect(entries()).toEqual(['ack 1'])
    queue.decodeNext()
    expect(entries()).toEqual(['decode 2', 'ack 2', 'ready'])
  })

  test('while one is being decoded, newer ones wait and replace each other', async () => {
    const { queue, entries, shownId } = setUp(async (image) => {
      await delay(1)
      return image
    })
    for (const id of [0, 1, 2]) queue.push(received(id))
    expect(entries()).toEqual(['decode 0', 'dropped'])
    await delay(20)
    expect(entries()).toEqual(['ack 0', 'ready'])
    expect(shownId()).toBe(0)
    queue.decodeNext()
    await delay(20)
    expect(entries()).toEqual(['ack 1', 'decode 2', 'ack 2', 'ready'])
  })

  test('the next JPEG is decoded while one is drawn', () => {
    const { queue, entries, shownId } = setUp()
    for (const id of [0, 1]) {
      const { message, packet } = received(id)
      queue.push({ packet, message: { ...message, format: 'jpeg' } })
    }
    expect(entries()).toEqual(['decode 0', 'ack 0', 'ready'])
    expect(shownId()).toBe(0)
    expect(entries()).toEqual(['decode 1', 'ack 1', 'ready'])
  })

  test('a damaged frame is acknowledged and reported, and the next one is shown', () => {
    const { queue, entries, shownId } = setUp((image) => {
      if (image.message.metadata.frame_id === 0) throw new Error('damaged')
      return image
    })
    queue.push(received(0))
    queue.push(received(1))
    expect(entries()).toEqual(['decode 0', 'ack 0', 'Error: damaged', 'decode 1', 'ack 1', 'ready'])
    expect(shownId()).toBe(1)
  })

  test('after a reset nothing of before is shown or acknowledged, and memory is given back', async () => {
    const slow = setUp(async (image) => {
      await delay(1)
      return image
    })
    slow.queue.push(received(0))
    slow.queue.push(received(1))
    slow.queue.reset()
    await delay(20)
    expect(slow.entries()).toEqual(['decode 0', 'release 0'])
    expect(slow.shownId()).toBeUndefined()

    const { queue, entries, shownId } = setUp()
    queue.push(received(5))
    queue.reset()
    expect(entries()).toEqual(['decode 5', 'ack 5', 'ready', 'release 5'])
    expect(shownId()).toBeUndefined()
    queue.push(received(6))
    expect(shownId()).toBe(6)
  })
})
