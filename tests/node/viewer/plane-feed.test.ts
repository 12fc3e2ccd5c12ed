import { ORPCError } from '@orpc/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PlaneListener } from '../../../src-renderer/display/plane-display.ts'
import type { PlanePicture } from '../../../src-renderer/display/plane-messages.ts'
import { PlaneFeed } from '../../../src-renderer/planes/plane-feed.ts'
import type { PlaneAddress } from '../../../src-renderer/planes/plane-key.ts'
import type { PlaneSource } from '../../../src-renderer/planes/plane-source.ts'
import { createShownStore } from '../../../src-renderer/stores/shown-store.ts'
import {
  createViewerStore,
  withDataset,
  withIndex,
  withOpened,
} from '../../../src-renderer/stores/viewer-store.ts'
import { sampleDataset, sampleOpened, settle } from './sample-image.ts'

/** A feed whose engine answers at once, and whose display shows whatever it gets. */
function openFeed(
  answer: (asked: PlaneAddress) => Promise<Blob> = () => Promise.resolve(new Blob(['plane'])),
) {
  const asked: PlaneAddress[] = []
  const pictures: PlanePicture[] = []
  let listener: PlaneListener | undefined
  const store = createViewerStore()
  const shown = createShownStore()
  const gallery: Pick<PlaneSource, 'plane' | 'frames'> = {
    plane: (request) => {
      asked.push(request)
      return answer(request)
    },
    frames: () =>
      Promise.resolve({
        records: [{ kind: 'skipped', camera: 'camera', index: {}, reason: 'stage failed' }],
      }),
  }
  const display = {
    listen: (given: PlaneListener) => {
      listener = given
    },
    show: (picture: PlanePicture) => {
      pictures.push(picture)
      listener?.onShown(picture.id)
    },
    setDisplay: vi.fn(),
    setView: vi.fn(),
    setLine: vi.fn(),
  }
  const feed = new PlaneFeed({ id: 'recordings/cells', gallery, store, shown, display })
  return { feed, store, shown, asked, pictures, display, tell: () => listener }
}

describe('PlaneFeed', () => {
  let open: ReturnType<typeof openFeed>
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  })
  afterEach(() => {
    open.feed.close()
    vi.useRealTimers()
  })
  const at = (picture: PlanePicture | undefined) =>
    picture?.layers.map(({ channel, name }) => `${channel} ${name}`)

  it('shows all channels of the plane, and fetches those beside it', async () => {
    open = openFeed()
    open.store.setState((state) => withOpened(state, sampleOpened()))
    await settle()
    expect(open.pictures).toHaveLength(1)
    expect(at(open.pictures[0])).toEqual(['0 DAPI', '1 GFP'])
    expect(open.store.getState().plane).toEqual({ state: 'shown', missing: [] })
    expect(open.asked.slice(0, 2).map(({ index }) => index)).toEqual([
      { t: 0, c: 0, z: 2 },
      { t: 0, c: 1, z: 2 },
    ])
    expect(open.asked.length).toBe(2 + 2 * 3)
    const before = open.asked.length
    open.store.setState((state) => withIndex(state, 't', 1))
    await settle()
    // From what was fetched in advance.
    expect(open.pictures).toHaveLength(2)
    expect(open.asked.slice(before).every(({ index }) => index.t !== 1 || index.z !== 2)).toBe(true)
  })

  it('takes the smaller copy that fits the magnification', async () => {
    open = openFeed()
    const viewport = { ...open.shown.getState().viewport, canvas: { width: 128, height: 128 } }
    open.shown.setState({ viewport })
    open.store.setState((state) => withOpened(state, sampleOpened()))
    await settle()
    expect(open.pictures.at(-1)?.frame).toMatchObject({ width: 128, subsampling: 4, originalWidth: 512 })
    const { view } = open.shown.getState().viewport
    open.shown.setState((state) => ({
      viewport: { ...state.viewport, fit: false, view: { ...view, zoom: 1 } },
    }))
    await settle()
    expect(open.pictures.at(-1)?.frame).toMatchObject({ width: 512, subsampling: 1 })
  })

  it('says which channels were not taken, and that a plane was not', async () => {
    open = openFeed(({ index }) =>
      index.t === 1 || index.c === 1
        ? Promise.reject(new ORPCError('UNKNOWN_IMAGE', { message: 'The plane is not there' }))
        : Promise.resolve(new Blob(['plane'])),
    )
    open.store.setState((state) => withOpened(state, sampleOpened()))
    await settle()
    expect(open.store.getState().plane).toEqual({ state: 'shown', missing: ['GFP'] })
    open.store.setState((state) => withIndex(state, 't', 1))
    await settle()
    expect(open.store.getState().plane).toEqual({ state: 'absent', message: 'The plane is not there' })
    expect(open.pictures.at(-1)?.layers).toEqual([])
    await vi.advanceTimersByTimeAsync(500)
    expect(open.store.getState().record).toMatchObject({ kind: 'skipped', reason: 'stage failed' })
  })

  it('plays around as fast as planes are shown, and stops where they cannot be had', async () => {
    open = openFeed()
    open.store.setState((state) => withDataset(withOpened(state, sampleOpened()), 0))
    await settle()
    open.store.setState({ playing: 't', framesPerSecond: 10 })
    for (let step = 0; step < 12; step++) {
      await vi.advanceTimersByTimeAsync(100)
      await settle()
    }
    expect(open.store.getState().index.t).toBe(2)
    open.tell()?.onFailed(1, { code: 'INVALID_INPUT', message: 'damaged', hint: undefined })
    expect(open.store.getState()).toMatchObject({ playing: undefined, plane: { state: 'failed' } })
  })

  it('tells the place in the specimen, by the image’s corner where no stage is known', async () => {
    open = openFeed()
    open.store.setState((state) => withOpened(state, sampleOpened([sampleDataset()])))
    await settle()
    open.tell()?.onProbe({ x: 3, y: 1, value: 7, approximate: false, xUm: undefined, yUm: undefined })
    expect(open.shown.getState().probe).toMatchObject({ xUm: 1.75, yUm: 0.75 })
  })
})
