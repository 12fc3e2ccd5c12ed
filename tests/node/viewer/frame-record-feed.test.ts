import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import type { PlaneIndex } from '../../../src-shared/gallery.ts'
import { FrameRecordFeed } from '../../../src-renderer/planes/frame-record-feed.ts'
import { createViewerStore, withIndex, withOpened } from '../../../src-renderer/stores/viewer-store.ts'
import { sampleOpened } from './sample-image.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const skipped = (reason: string): FrameRecord => ({ kind: 'skipped', camera: 'Camera 1', index: {}, reason })

it('tells of planes that play over a slow line, and of the last one in the end', async () => {
  const store = createViewerStore()
  store.setState((state) => withOpened(state, sampleOpened()))
  const asked: PlaneIndex[] = []
  const gallery = {
    // Ten times as long as planes are settled.
    frames: ({ index }: { readonly index: PlaneIndex }, { signal }: { readonly signal: AbortSignal }) =>
      new Promise<{ records: FrameRecord[] }>((resolve, reject) => {
        asked.push(index)
        setTimeout(() => resolve({ records: [skipped(`t ${index.t}`)] }), 1200)
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      }),
  }
  const feed = new FrameRecordFeed({ id: 'recordings/cells', gallery, store })
  const told = new Set<unknown>()
  store.subscribe(({ record }) => told.add(record?.kind === 'skipped' ? record.reason : undefined))
  for (let t = 0; t < 10; t++) {
    store.setState((state) => withIndex(state, 't', t))
    feed.follow()
    await vi.advanceTimersByTimeAsync(200)
  }
  expect(told).toContain('t 0')
  await vi.advanceTimersByTimeAsync(5000)
  expect(store.getState().record).toEqual(skipped('t 9'))
  expect(asked.length).toBeLessThan(5)
  feed.close()
})
