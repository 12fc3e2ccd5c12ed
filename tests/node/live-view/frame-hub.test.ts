import { beforeEach, describe, expect, it } from 'vitest'
import type { EncodedFrame } from '../../../src-main/live-view/encoded-frame.ts'
import { FrameHub } from '../../../src-main/live-view/frame-hub.ts'
import {
  type FrameTransport,
  type StreamAudience,
  StreamOutlet,
} from '../../../src-main/live-view/stream-outlet.ts'
import type { FrameMessage } from '../../../src-shared/frames/frame-message.ts'
import type { Protocol } from '../../../src-shared/stream-params.ts'
import { frameMessage } from '../../fixtures/frame-message.ts'

const detectorName = 'camera'

class RecordingTransport implements FrameTransport {
  readonly sent: { viewerIds: readonly string[]; frameId: number }[] = []
  readonly errors: string[] = []
  send(viewerIds: readonly string[], message: FrameMessage): void {
    this.sent.push({ viewerIds, frameId: message.metadata.frame_id })
  }
  report(viewerId: string, error: Error): void {
    this.errors.push(`${viewerId}: ${error.message}`)
  }
  idsFor(viewerId: string): number[] {
    return this.sent.filter(({ viewerIds }) => viewerIds.includes(viewerId)).map(({ frameId }) => frameId)
  }
}

describe('FrameHub', () => {
  let hub: FrameHub
  let outlet: StreamOutlet
  let transport: RecordingTransport
  let audience: StreamAudience[]
  let recycled: number[]

  const frame = (frameId: number, encoding: EncodedFrame['encoding'] = 'lz4'): EncodedFrame => ({
    frameId,
    message: frameMessage({ frame_id: frameId }),
    packet: new Uint8Array(10),
    encoding,
    recycle: () => recycled.push(frameId),
  })
  const publish = (...frameIds: number[]) => {
    for (const frameId of frameIds) outlet.publish(frame(frameId))
  }
  const subscribe = (viewerId: string, decodes: readonly string[] = ['lz4']) =>
    hub.subscribe({ viewerId, detectorName, transport, decodes })
  const acknowledge = (viewerId: string, frameId: number) => hub.acknowledge(viewerId, detectorName, frameId)

  beforeEach(() => {
    audience = []
    recycled = []
    transport = new RecordingTransport()
    hub = new FrameHub()
    outlet = new StreamOutlet({
      detectorName,
      protocol: 'binary',
      audienceChanged: (now) => audience.push(now),
    })
    hub.open(outlet)
  })

  it('sends each frame to all ready viewers by one call', () => {
    subscribe('a')
    subscribe('b')
    publish(0)
    expect(transport.sent).toEqual([{ viewerIds: ['a', 'b'], frameId: 0 }])
  })

  it('stops at two unacknowledged frames, then gives the newest', () => {
    subscribe('slow')
    publish(0, 1, 2, 3, 4)
    expect(transport.idsFor('slow')).toEqual([0, 1])
    expect(acknowledge('slow', 0)).toBe(true)
    expect(transport.idsFor('slow')).toEqual([0, 1, 4])
    expect(outlet.counts).toMatchObject({ viewers: 1, sent: 3, skipped: 2 })
  })

  it('never sends a frame twice to a viewer', () => {
    subscribe('a')
    publish(0)
    acknowledge('a', 0)
    acknowledge('a', 0)
    expect(transport.idsFor('a')).toEqual([0])
  })

  it('lets a slow viewer delay nobody', () => {
    subscribe('slow')
    subscribe('fast')
    for (let id = 0; id < 10; id++) {
      publish(id)
      acknowledge('fast', id)
    }
    expect(transport.idsFor('fast')).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(transport.idsFor('slow')).toEqual([0, 1])
  })

  it('says when the first viewer is ready and when none is', () => {
    subscribe('a')
    publish(0)
    publish(1)
    expect(audience.map(({ ready }) => ready)).toEqual([1, 0])
    acknowledge('a', 0)
    expect(audience.at(-1)).toEqual({ viewers: 1, ready: 1 })
    hub.leave('a')
    expect(audience.at(-1)).toEqual({ viewers: 0, ready: 0 })
  })

  it('returns a packet’s memory when the last viewer is done and a newer frame is there', () => {
    subscribe('a')
    subscribe('b')
    publish(0)
    acknowledge('a', 0)
    acknowledge('b', 0)
    expect(recycled).toEqual([])
    publish(1)
    expect(recycled).toEqual([0])
  })

  it('never reuses memory that a viewer left with', () => {
    subscribe('a')
    publish(0)
    hub.leave('a')
    publish(1)
    outlet.close()
    expect(recycled).toEqual([1])
  })

  it('ignores acknowledgements that are late, repeated or made up', () => {
    subscribe('a')
    publish(0)
    expect(acknowledge('a', 7)).toBe(false)
    expect(acknowledge('b', 0)).toBe(false)
    expect(hub.acknowledge('a', 'other', 0)).toBe(false)
    expect(acknowledge('a', 0)).toBe(true)
    expect(acknowledge('a', 0)).toBe(false)
  })

  it('gives a new viewer the newest frame at once', () => {
    subscribe('first')
    publish(0, 1)
    subscribe('late')
    expect(transport.idsFor('late')).toEqual([1])
    expect(outlet.counts.skipped).toBe(0)
  })

  it('gives a new viewer no frame that was being encoded when the last one left', () => {
    subscribe('a')
    publish(0)
    hub.unsubscribe('a', detectorName)
    publish(1)
    subscribe('b')
    expect(transport.idsFor('b')).toEqual([])
    expect(recycled).toContain(1)
    publish(100)
    expect(transport.idsFor('b')).toEqual([100])
  })

  it('tells a viewer once that it cannot decode a stream, and sends it nothing', () => {
    subscribe('old', ['jpeg'])
    publish(0, 1, 2)
    expect(transport.idsFor('old')).toEqual([])
    expect(transport.errors).toHaveLength(1)
    expect(transport.errors[0]).toContain('lz4')
  })

  it('connects viewers who subscribed before the stream began, and those of a stream that ended', () => {
    hub.close(outlet)
    subscribe('early')
    const next = new StreamOutlet({ detectorName, protocol: 'jpeg', audienceChanged: () => undefined })
    hub.open(next)
    next.publish(frame(0, 'none'))
    expect(transport.idsFor('early')).toEqual([0])
  })

  it('does not count a viewer that cannot decode the stream as ready, until the stream can be decoded', () => {
    outlet = new StreamOutlet({
      detectorName: 'other',
      protocol: 'binary',
      encoding: 'zstd',
      audienceChanged: (now) => audience.push(now),
    })
    hub.open(outlet)
    hub.subscribe({ viewerId: 'old', detectorName: 'other', transport, decodes: ['lz4'] })
    expect(audience.at(-1)).toEqual({ viewers: 1, ready: 0 })
    expect(transport.errors).toEqual([expect.stringContaining('zstd')])
    hub.subscribe({ viewerId: 'new', detectorName: 'other', transport, decodes: ['zstd'] })
    expect(audience.at(-1)).toEqual({ viewers: 2, ready: 1 })
    hub.leave('new')
    expect(audience.at(-1)).toEqual({ viewers: 1, ready: 0 })
    outlet.encoding = 'lz4'
    expect(audience.at(-1)).toEqual({ viewers: 1, ready: 1 })
    outlet.publish(frame(0, 'lz4'))
    expect(transport.idsFor('old')).toEqual([0])
    expect(transport.errors).toHaveLength(1)
  })

  it('counts what a viewer is passed over for while it still is', () => {
    subscribe('stuck')
    publish(0, 1)
    expect(hub.countsOf('stuck', detectorName)).toEqual({ frames: 2, skipped: 0, bytes: 20 })
    publish(2, 3, 4)
    expect(hub.countsOf('stuck', detectorName)).toEqual({ frames: 2, skipped: 2, bytes: 20 })
    acknowledge('stuck', 0)
    expect(hub.countsOf('stuck', detectorName)).toEqual({ frames: 3, skipped: 2, bytes: 30 })
  })

  it('counts viewers that were dropped, apart from those that left', () => {
    subscribe('a')
    subscribe('b')
    hub.leave('a')
    hub.leave('b', { dropped: true })
    hub.leave('b', { dropped: true })
    expect(outlet.counts).toMatchObject({ viewers: 0, dropped: 1 })
  })

  describe('with several streams of a detector', () => {
    let second: StreamOutlet

    beforeEach(() => {
      second = new StreamOutlet({
        detectorName,
        protocol: 'mjpeg',
        encoding: 'jpeg',
        audienceChanged: () => undefined,
      })
      hub.open(second)
    })
    const wish = (viewerId: string, protocol?: Protocol) =>
      hub.subscribe({ viewerId, detectorName, transport, decodes: ['lz4', 'jpeg'], protocol })

    it('gives each viewer the protocol it wishes', () => {
      wish('a', 'binary')
      wish('b', 'mjpeg')
      outlet.publish(frame(0))
      second.publish(frame(100, 'jpeg'))
      expect([transport.idsFor('a'), transport.idsFor('b')]).toEqual([[0], [100]])
      expect([hub.protocolOf('a', detectorName), hub.protocolOf('b', detectorName)]).toEqual([
        'binary',
        'mjpeg',
      ])
      expect(acknowledge('b', 0)).toBe(false)
      expect(acknowledge('b', 100)).toBe(true)
    })

    it('gives a viewer without a wish the first stream, and the other when that ends', () => {
      wish('any')
      expect(hub.protocolOf('any', detectorName)).toBe('binary')
      wish('b', 'mjpeg')
      second.publish(frame(100, 'jpeg'))
      hub.close(outlet)
      expect(hub.protocolOf('any', detectorName)).toBe('mjpeg')
      expect(transport.idsFor('any')).toEqual([100])
      hub.close(second)
      expect(hub.protocolOf('any', detectorName)).toBeUndefined()
    })

    it('lets a viewer wait for the protocol it wishes, and change its mind', () => {
      wish('b', 'binary')
      wish('a', 'jpeg')
      outlet.publish(frame(0))
      expect(transport.idsFor('a')).toEqual([])
      wish('a', 'binary')
      expect(transport.idsFor('a')).toEqual([0])
      wish('a', 'mjpeg')
      expect(outlet.counts.viewers).toBe(1)
      expect(hub.protocolOf('a', detectorName)).toBe('mjpeg')
    })
  })
})
