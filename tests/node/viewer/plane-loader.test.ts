import { beforeEach, describe, expect, it } from 'vitest'
import { type FetchedPlane, PlaneCache } from '../../../src-renderer/planes/plane-cache.ts'
import type { PlaneAddress } from '../../../src-renderer/planes/plane-key.ts'
import { PlaneLoader } from '../../../src-renderer/planes/plane-loader.ts'
import { packetOf, ScriptedPlanes, settle } from './sample-image.ts'

const at = (t: number, c = 0): PlaneAddress => ({ dataset: 'camera', index: { t, c }, level: 0 })

describe('PlaneLoader', () => {
  let planes: ScriptedPlanes
  let cache: PlaneCache
  let shown: number[][]
  let failures: unknown[]
  let nowMs: number
  let loader: PlaneLoader
  beforeEach(() => {
    planes = new ScriptedPlanes()
    cache = new PlaneCache(10_000)
    shown = []
    failures = []
    nowMs = 0
    loader = new PlaneLoader({
      cache,
      fetch: planes.fetch,
      onPlanes: (_, addresses) => shown.push(addresses.map(({ index }) => index.t ?? 0)),
      onFailure: (error) => failures.push(error),
      now: () => nowMs,
    })
  })
  const asked = () =>
    planes.requests.filter(({ signal }) => !signal.aborted).map(({ address }) => address.index.t)

  it('fetches what is wanted, then what probably will be, two at a time', async () => {
    loader.show([at(5)], [at(6), at(7), at(8)])
    expect(asked()).toEqual([5])
    planes.answer(at(5))
    await settle()
    expect(shown).toEqual([[5]])
    expect(asked()).toEqual([6, 7])
    planes.answer(at(6))
    await settle()
    expect(asked()).toEqual([7, 8])
    loader.show([at(6)], [])
    expect(shown).toEqual([[5], [6]])
    expect(asked()).toEqual([])
  })

  it('of many wishes shows the one under way and the newest, and asks for no other', async () => {
    for (let t = 0; t <= 50; t++) loader.show([at(t)], [])
    expect(asked()).toEqual([0])
    planes.answer(at(0))
    await settle()
    expect(shown).toEqual([[0]])
    expect(asked()).toEqual([50])
    planes.answer(at(50))
    await settle()
    expect(shown).toEqual([[0], [50]])
    expect(planes.requests).toEqual([])
  })

  it('aborts an overtaken request that takes long, and tells of no failure', async () => {
    loader.show([at(0)], [])
    nowMs = 1000
    loader.show([at(9)], [])
    await settle()
    expect(asked()).toEqual([9])
    planes.answer(at(9))
    await settle()
    expect(shown).toEqual([[9]])
    expect(failures).toEqual([])
  })

  it('aborts what is fetched in advance and is not wanted any more, and takes over what is', async () => {
    loader.show([at(0)], [at(1), at(2)])
    planes.answer(at(0))
    await settle()
    const [first, second] = planes.requests
    loader.show([at(2)], [at(3)])
    expect([first?.signal.aborted, second?.signal.aborted]).toEqual([true, false])
    await settle()
    // Not asked for twice.
    expect(asked()).toEqual([2])
    planes.answer(at(2))
    await settle()
    expect(shown).toEqual([[0], [2]])
    expect(asked()).toEqual([3])
  })

  it('waits for all channels of a composed image, and shows them together in their order', async () => {
    const channels: (readonly FetchedPlane[])[] = []
    loader = new PlaneLoader({
      cache,
      fetch: planes.fetch,
      onPlanes: (fetched) => channels.push(fetched),
      onFailure: (error) => failures.push(error),
      now: () => 0,
    })
    loader.show([at(1, 0), at(1, 1), at(1, 2)], [])
    planes.answer(at(1, 2), packetOf(3))
    planes.answer(at(1, 0), packetOf(1))
    await settle()
    expect(channels).toEqual([])
    planes.answer(at(1, 1), { kind: 'absent', message: 'not taken' })
    await settle()
    expect(channels[0]?.map((plane) => (plane.kind === 'packet' ? plane.packet.size : plane.kind))).toEqual([
      1,
      'absent',
      3,
    ])
  })

  it('shows images whose channels together are larger than what is kept', async () => {
    cache = new PlaneCache(1500)
    loader = new PlaneLoader({
      cache,
      fetch: planes.fetch,
      onPlanes: (fetched) =>
        shown.push(fetched.map((plane) => (plane.kind === 'packet' ? plane.packet.size : 0))),
      onFailure: (error) => failures.push(error),
      now: () => 0,
    })
    loader.show([at(1, 0), at(1, 1)], [])
    planes.answer(at(1, 0), packetOf(1000))
    planes.answer(at(1, 1), packetOf(1001))
    await settle()
    expect(shown).toEqual([[1000, 1001]])
    expect(cache.bytes).toBeLessThanOrEqual(1500)
  })

  it('tells of a failure, and asks again when the plane is wanted again', async () => {
    loader.show([at(3)], [at(4)])
    planes.requests[0]?.reject(new Error('disk'))
    await settle()
    expect(failures).toHaveLength(1)
    planes.requests.length = 0
    loader.show([at(3)], [])
    planes.answer(at(3))
    await settle()
    expect(shown).toEqual([[3]])
  })

  it('ends everything when it is closed', async () => {
    loader.show([at(0)], [at(1)])
    const [request] = planes.requests
    loader.close()
    await settle()
    expect(request?.signal.aborted).toBe(true)
    loader.show([at(1)], [])
    await settle()
    expect([shown, failures, asked()]).toEqual([[], [], []])
  })
})
