import { afterEach, describe, expect, it } from 'vitest'
import { createFrameRing, framesPublished } from '../../../src-main/frames/frame-ring.ts'
import { FrameRingWriter } from '../../../src-main/frames/frame-ring-writer.ts'
import { FaultWatch } from '../../../src-main/live-view/fault-watch.ts'
import { StreamLoop } from '../../../src-main/live-view/stream-loop.ts'
import type { MadeFrame, StreamMaker } from '../../../src-main/live-view/stream-maker.ts'
import type { StreamMessage } from '../../../src-main/live-view/stream-messages.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { eventually } from '../../fixtures/eventually.ts'
import { fillRingFrame, ringFrameBytes, ringFrameInfo } from '../../fixtures/ring-frames.ts'

/** Makes nothing until it is closed: what is under way then fails. */
class BlockedMaker implements StreamMaker {
  readonly wanted = true
  readonly hasRoom = true
  readonly begun: number[] = []
  readonly #closed = Promise.withResolvers<MadeFrame>()
  load = () => undefined
  make(info: FrameInfo): Promise<MadeFrame> {
    this.begun.push(info.sequence)
    return this.#closed.promise
  }
  setParams = () => undefined
  handle = () => undefined
  async close(): Promise<void> {
    this.#closed.reject(new Error('The way out is closed'))
  }
}

const ring = createFrameRing({ slots: 4, maxFrameBytes: ringFrameBytes })
const writer = new FrameRingWriter(ring)
let sequence = 0
function takeFrame(): number {
  const info = ringFrameInfo(sequence++)
  fillRingFrame(writer.slot(), info)
  writer.commit(info)
  return info.sequence
}

let loop: StreamLoop
let told: StreamMessage[]
function loopFor(maker: StreamMaker, firstFrame: number): StreamLoop {
  told = []
  loop = new StreamLoop({ ring, firstFrame, frameRate: 1000, maker, post: (message) => told.push(message) })
  return loop
}
afterEach(() => loop.handle({ type: 'stop' }))

describe('the loop of a stream', () => {
  it('sends the newest frame that came after the start was asked for, and none from before', async () => {
    takeFrame()
    const maker = new BlockedMaker()
    const firstFrame = framesPublished(ring)
    const before = loopFor(maker, firstFrame).run()
    expect(maker.begun).toEqual([])
    loop.handle({ type: 'stop' })
    await before
    takeFrame()
    const newest = takeFrame()
    const running = loopFor(maker, firstFrame).run()
    await eventually('the frame', () => maker.begun.length > 0)
    expect(maker.begun).toEqual([newest])
    loop.handle({ type: 'stop' })
    await running
  })

  it('ends although a frame cannot go out: the maker is closed first', async () => {
    const maker = new BlockedMaker()
    const running = loopFor(maker, framesPublished(ring)).run()
    takeFrame()
    await eventually('a frame under way', () => maker.begun.length === 1)
    loop.handle({ type: 'stop' })
    await running
    expect(told).toMatchObject([{ type: 'fault', error: { message: 'The way out is closed' } }])
  })
})

describe('FaultWatch', () => {
  it('tells once that a frame was made after a fault', () => {
    const watch = new FaultWatch()
    expect(watch.recovered(5)).toBe(false)
    watch.fault()
    // Ten until now, of which the last may have been made before the fault.
    expect([watch.recovered(10), watch.recovered(10)]).toEqual([false, false])
    watch.fault()
    expect([watch.recovered(11), watch.recovered(12), watch.recovered(13)]).toEqual([false, true, false])
  })
})
