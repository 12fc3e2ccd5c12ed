import { beforeEach, describe, expect, it } from 'vitest'
import {
  type EncodedFrame,
  FrameHub,
  type FrameTransport,
  type StreamAudience,
  StreamOutlet,
} from '../../../src-main/live-view/frame-hub.ts'
import type { FrameMessage } from '../../../src-shared/frames/frame-message.ts'
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
    publish(0, 1)
    subscribe('late')
    expect(transport.idsFor('late')).toEqual([1])
    expect(outlet.counts.skipped).toBe(0)
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
})
