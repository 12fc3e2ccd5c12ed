import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  ViewerBoard,
  type ViewerCounts,
  type ViewerIdentity,
} from '../../../src-main/live-view/viewer-board.ts'
import type { Protocol } from '../../../src-shared/stream-params.ts'
import type { ViewerInfo } from '../../../src-shared/viewers.ts'

describe('ViewerBoard', () => {
  let board: ViewerBoard
  let told: (readonly ViewerInfo[])[]
  let disconnected: string[]

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance', 'Date'] })
    board = new ViewerBoard()
    told = []
    disconnected = []
    board.on((viewers) => told.push(viewers))
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const viewer = (id: string, callerId = id): ViewerIdentity => ({
    id,
    callerId,
    label: `Label of ${id}`,
    role: 'viewer',
    address: '10.0.0.7',
    client: 'mjpeg',
    disconnect: () => disconnected.push(id),
  })
  const join = (
    who: ViewerIdentity,
    counts: () => ViewerCounts = () => ({ frames: 0, bytes: 0, skipped: 0 }),
    protocol: () => Protocol | undefined = () => 'mjpeg',
  ) => board.join({ viewer: who, detectorName: 'camera', protocol, counts })

  it('lists who watches what', () => {
    vi.setSystemTime(5000)
    join(viewer('a'))
    expect(board.list()).toEqual([
      {
        id: 'a/camera',
        label: 'Label of a',
        role: 'viewer',
        address: '10.0.0.7',
        client: 'mjpeg',
        detectorName: 'camera',
        protocol: 'mjpeg',
        connectedAt: 5000,
        fps: 0,
        bytesPerSecond: 0,
        skipped: 0,
      },
    ])
  })

  it('measures rates over the last second, and tells them once a second', () => {
    let counts: ViewerCounts = { frames: 0, bytes: 0, skipped: 0 }
    join(viewer('a'), () => counts)
    counts = { frames: 30, bytes: 3000, skipped: 2, roundTripMs: 12 }
    vi.advanceTimersByTime(1000)
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject([{ fps: 30, bytesPerSecond: 3000, skipped: 2, roundTripMs: 12 }])
    counts = { frames: 40, bytes: 3500, skipped: 2 }
    vi.advanceTimersByTime(1000)
    expect(told[1]).toMatchObject([{ fps: 10, bytesPerSecond: 500 }])
    // It went over to another stream and counts anew.
    counts = { frames: 5, bytes: 100, skipped: 0 }
    vi.advanceTimersByTime(1000)
    expect(told[2]).toMatchObject([{ fps: 0, bytesPerSecond: 0 }])
  })

  it('leaves out who waits for a stream to begin', () => {
    const stream: { protocol?: Protocol } = {}
    join(viewer('a'), undefined, () => stream.protocol)
    expect(board.list()).toEqual([])
    stream.protocol = 'jpeg'
    expect(board.list()).toMatchObject([{ protocol: 'jpeg' }])
  })

  it('says so when the last has left, and rests then', () => {
    const [leaveA, leaveB] = [join(viewer('a')), join(viewer('b'))]
    leaveA()
    leaveA()
    expect(told).toEqual([])
    expect(board.list().map(({ id }) => id)).toEqual(['b/camera'])
    leaveB()
    expect(told).toEqual([[]])
    vi.advanceTimersByTime(10_000)
    expect(told).toHaveLength(1)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is not confused by the end of a subscription that was made anew', () => {
    const leave = join(viewer('a'))
    join(viewer('a'))
    leave()
    expect(board.list()).toHaveLength(1)
  })

  it('disconnects one viewer, or all connections of a caller', () => {
    join(viewer('a', 'anna'))
    join(viewer('b', 'anna'))
    join(viewer('c', 'carl'))
    board.disconnect('c/camera')
    expect(disconnected).toEqual(['c'])
    board.disconnectUsersOf('anna')
    expect(disconnected).toEqual(['c', 'a', 'b'])
    expect(() => board.disconnect('d/camera')).toThrow(expect.objectContaining({ code: 'UNKNOWN_VIEWER' }))
  })
})
