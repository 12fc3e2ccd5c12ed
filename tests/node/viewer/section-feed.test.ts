import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ImageDataset } from '../../../src-shared/gallery.ts'
import type { PlaneListener } from '../../../src-renderer/display/plane-display.ts'
import type { PlanePicture } from '../../../src-renderer/display/plane-messages.ts'
import { SectionFeed } from '../../../src-renderer/planes/section-feed.ts'
import type { PlaneSource } from '../../../src-renderer/planes/plane-source.ts'
import { createSectionStore } from '../../../src-renderer/stores/section-store.ts'
import { createShownStore } from '../../../src-renderer/stores/shown-store.ts'
import { createViewerStore, withIndex, withOpened } from '../../../src-renderer/stores/viewer-store.ts'
import { sampleDataset, sampleOpened, sampleUnderWay, settle } from './sample-image.ts'

type Asked = Parameters<PlaneSource['section']>[0] & {
  readonly signal: AbortSignal
  answer(): void
  fail(): void
}

function openFeed(cut: 'xz' | 'yz' = 'xz', growing?: Partial<ImageDataset>) {
  const asked: Asked[] = []
  const pictures: PlanePicture[] = []
  const viewer = createViewerStore()
  const plane = createShownStore()
  const section = createSectionStore()
  // Planes of 33 MB: a part of the stack has one.
  const size = { width: 8192, height: 2048 }
  const dataset = sampleDataset({
    ...size,
    sizes: { t: 3, z: 3 },
    channels: [],
    levels: [size],
    pixelFormat: 'Mono16',
    ...growing,
  })
  const opened = growing === undefined ? sampleOpened([dataset]) : sampleUnderWay([dataset])
  viewer.setState((state) => ({ ...withOpened(state, opened), ortho: true }))
  let listener: PlaneListener | undefined
  const display = {
    listen: (given: PlaneListener) => {
      listener = given
    },
    show: (picture: PlanePicture) => void pictures.push(picture),
    setDisplay: vi.fn(),
    setView: vi.fn(),
  }
  const gallery: Pick<PlaneSource, 'section'> = {
    section: (input, { signal }) =>
      new Promise((resolve, reject) => {
        asked.push({
          ...input,
          signal,
          answer: () => resolve(new Blob(['rows'])),
          fail: () => reject(new Error('The file is damaged')),
        })
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      }),
  }
  const feed = new SectionFeed({ id: 'recordings/cells', cut, gallery, viewer, plane, section, display })
  listener?.onReady(8192)
  const answerNext = async () => {
    asked.at(-1)?.answer()
    await settle()
  }
  const grow = async (now: Partial<ImageDataset>) => {
    const later = sampleUnderWay([{ ...dataset, ...now }])
    viewer.setState((state) => withOpened(state, later))
    await settle()
  }
  const finish = async (now: Partial<ImageDataset>) => {
    viewer.setState((state) => withOpened(state, sampleOpened([{ ...dataset, ...now }])))
    await settle()
  }
  const parts = () => asked.map(({ at, z }) => `${at}: ${z.from}+${z.count}`)
  return { feed, asked, pictures, viewer, plane, section, display, answerNext, grow, finish, parts }
}

describe('SectionFeed', () => {
  let open: ReturnType<typeof openFeed>
  afterEach(() => {
    open.feed.close()
    vi.restoreAllMocks()
  })

  it('asks for a stack part by part, shows each, and tells how far it is', async () => {
    open = openFeed()
    expect(open.asked).toHaveLength(1)
    expect(open.asked[0]).toMatchObject({ cut: 'xz', at: 1024, index: { t: 0 }, z: { from: 0, count: 2 } })
    expect(open.section.getState().progress).toEqual({ state: 'reading', done: 0, total: 2 })
    await open.answerNext()
    expect(open.pictures).toHaveLength(1)
    expect(open.section.getState().progress).toEqual({ state: 'reading', done: 1, total: 2 })
    await open.answerNext()
    expect(open.pictures.at(-1)?.layers).toMatchObject([{ channel: 0, more: [expect.any(Blob)] }])
    expect(open.section.getState().progress).toEqual({ state: 'shown' })
    expect(open.parts()).toEqual(['1024: 0+2', '1024: 2+1'])
    // Another plane of the same stack is in it already.
    open.viewer.setState((state) => withIndex(state, 'z', 0))
    expect(open.asked).toHaveLength(2)
    // Nothing is fetched of what is not shown.
    open.viewer.setState({ ortho: false, crosshair: { x: 7, y: 7 } })
    expect(open.asked).toHaveLength(2)
    open.viewer.setState({ ortho: true })
    expect(open.parts().at(-1)).toBe('7: 0+2')
  })

  it('gives up a cut that takes long when the crosshair moves, and shows the newest', async () => {
    open = openFeed('yz')
    const move = (x: number) => open.viewer.setState({ crosshair: { x, y: 5 } })
    move(100)
    expect(open.asked[0]?.signal.aborted).toBe(false)
    const started = performance.now()
    vi.spyOn(performance, 'now').mockImplementation(() => started + 10_000)
    move(200)
    expect(open.asked[0]?.signal.aborted).toBe(true)
    await settle()
    await open.answerNext()
    await open.answerNext()
    expect(open.parts()).toEqual(['4096: 0+2', '200: 0+2', '200: 2+1'])
    expect(open.section.getState().progress).toEqual({ state: 'shown' })
  })

  it('keeps what it has fetched', async () => {
    open = openFeed()
    await open.answerNext()
    await open.answerNext()
    open.viewer.setState((state) => withIndex(state, 't', 1))
    await open.answerNext()
    await open.answerNext()
    expect(open.asked).toHaveLength(4)
    open.viewer.setState((state) => withIndex(state, 't', 0))
    await settle()
    expect([open.asked.length, open.section.getState().progress.state]).toEqual([4, 'shown'])
  })

  it('asks for everything again when the file is another one', async () => {
    open = openFeed()
    await open.answerNext()
    await open.answerNext()
    open.feed.forgetAll()
    await open.answerNext()
    open.feed.forgetAll()
    await settle()
    await open.answerNext()
    await open.answerNext()
    expect(open.parts()).toEqual([
      '1024: 0+2',
      '1024: 2+1',
      '1024: 0+2',
      '1024: 2+1',
      '1024: 0+2',
      '1024: 2+1',
    ])
    expect(open.section.getState().progress).toEqual({ state: 'shown' })
  })

  it('reads no further once it is not shown any more', async () => {
    open = openFeed()
    open.viewer.setState({ ortho: false })
    expect(open.asked[0]?.signal.aborted).toBe(true)
    await settle()
    expect(open.asked).toHaveLength(1)
    open.viewer.setState({ ortho: true })
    await open.answerNext()
    await open.answerNext()
    expect(open.parts()).toEqual(['1024: 0+2', '1024: 0+2', '1024: 2+1'])
    expect(open.section.getState().progress).toEqual({ state: 'shown' })
  })

  it('asks again for a stack that has become higher', async () => {
    open = openFeed('xz', { sizes: { z: 3 }, planes: 3 })
    await open.answerNext()
    await open.answerNext()
    await open.grow({ sizes: { z: 4 }, planes: 4 })
    await open.answerNext()
    expect(open.parts()).toEqual(['1024: 0+2', '1024: 2+1', '1024: 2+2'])
  })

  it('asks again for a stack of which planes were still to come, also where no times tell so', async () => {
    open = openFeed('xz', { sizes: { p: 2, z: 2 }, planes: 1 })
    await open.answerNext()
    await open.grow({ planes: 2 })
    expect(open.asked).toHaveLength(1)
    await open.finish({ planes: 4 })
    await open.answerNext()
    expect(open.parts()).toEqual(['1024: 0+2', '1024: 0+2'])
    // What is whole stays as it is.
    await open.finish({ planes: 4 })
    expect(open.asked).toHaveLength(2)
  })

  it('says why a cut cannot be had', async () => {
    open = openFeed()
    open.asked.at(-1)?.fail()
    await settle()
    expect(open.section.getState().progress).toEqual({ state: 'failed', message: 'The file is damaged' })
    // The next one may be had.
    open.viewer.setState({ crosshair: { x: 1, y: 2 } })
    await open.answerNext()
    await open.answerNext()
    expect(open.section.getState().progress).toEqual({ state: 'shown' })
  })
})
