import { describe, expect, it } from 'vitest'
import { toggleMarked } from '../../../src-renderer/actions/delete-actions.ts'
import {
  type GalleryServices,
  loadMore,
  refreshGallery,
  searchGallery,
} from '../../../src-renderer/actions/gallery-actions.ts'
import { pictureKey, Thumbnails } from '../../../src-renderer/planes/thumbnails.ts'
import { createGalleryStore } from '../../../src-renderer/stores/gallery-store.ts'
import { galleryRows, neighbourOf } from '../../../src-renderer/views/gallery/gallery-rows.ts'
import {
  dayTitle,
  foundWords,
  itemFacts,
  itemState,
} from '../../../src-renderer/views/gallery/gallery-words.ts'
import type { GalleryItem, GalleryPage } from '../../../src-shared/gallery.ts'
import { settle } from './sample-image.ts'

const now = new Date(2026, 10, 28, 15).getTime()
const hour = 3_600_000

function sampleItem(place: number, parts: Partial<GalleryItem> = {}): GalleryItem {
  return {
    id: `recordings/${place}`,
    name: `item ${place}`,
    folder: true,
    kind: 'recording',
    format: 'OME-TIFF',
    startedAt: now - place * hour,
    cameras: [],
    ...parts,
  }
}

/** An engine that has kept so many items, and answers when the test says so. */
function scriptedGallery(count: number) {
  const kept = Array.from({ length: count }, (_, place) => sampleItem(place))
  const waiting: { readonly search: string; answer(): void }[] = []
  const asked: { readonly offset: number; readonly limit: number }[] = []
  const signals: AbortSignal[] = []
  const gallery = createGalleryStore()
  const list: GalleryServices['backend']['client']['gallery']['list'] = (
    { search, offset, limit },
    { signal },
  ) =>
    new Promise<GalleryPage>((resolve) => {
      asked.push({ offset, limit })
      signals.push(signal)
      const found = kept.filter(({ name }) => name.includes(search))
      const answer = () =>
        resolve({ items: found.slice(offset, offset + limit), total: found.length, folder: '/data' })
      waiting.push({ search, answer })
    })
  const services: GalleryServices = { backend: { client: { gallery: { list } } }, gallery }
  const answerAll = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      next.answer()
      await settle()
    }
  }
  return { kept, waiting, asked, signals, gallery, services, answerAll }
}

describe('the list', () => {
  it('of a search is given up when another is begun', async () => {
    const { services, signals, answerAll } = scriptedGallery(10)
    void searchGallery(services, 'item')
    void searchGallery(services, 'item 1')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    await answerAll()
  })

  it('comes in parts, older ones when they are asked for, and is refreshed as far as it was', async () => {
    const { gallery, services, asked, answerAll, kept } = scriptedGallery(1000)
    void refreshGallery(services)
    await answerAll()
    expect([gallery.getState().items?.length, gallery.getState().total]).toEqual([200, 1000])
    for (let part = 0; part < 3; part++) {
      void loadMore(services)
      await answerAll()
    }
    expect(gallery.getState().items).toHaveLength(800)
    kept.unshift(sampleItem(-1))
    asked.length = 0
    void refreshGallery(services)
    await answerAll()
    expect(asked).toEqual([
      { offset: 0, limit: 500 },
      { offset: 500, limit: 300 },
    ])
    expect(gallery.getState().items?.[0]?.id).toBe('recordings/-1')
    expect(gallery.getState().total).toBe(1001)
  })
  it('shows the newest search, whichever answer comes last', async () => {
    const { gallery, services, waiting } = scriptedGallery(30)
    void searchGallery(services, '1')
    void searchGallery(services, '12')
    const [first, second] = waiting
    second?.answer()
    await settle()
    first?.answer()
    await settle()
    expect(gallery.getState().items?.map(({ name }) => name)).toEqual(['item 12'])
    expect(gallery.getState().asking).toBe(false)
  })
  it('is not shorter when it is refreshed while older ones are asked for', async () => {
    const { gallery, services, waiting, answerAll } = scriptedGallery(1000)
    void refreshGallery(services)
    await answerAll()
    void loadMore(services)
    void refreshGallery(services)
    const [older, refreshed] = waiting
    older?.answer()
    await settle()
    // Another one is under way, which may know of newer items.
    expect(gallery.getState().items).toHaveLength(200)
    refreshed?.answer()
    await settle()
    expect([gallery.getState().items?.length, gallery.getState().asking]).toEqual([400, false])
  })
  it('keeps marks on what a search finds, and on nothing else', async () => {
    const { gallery, services, answerAll } = scriptedGallery(30)
    void refreshGallery(services)
    await answerAll()
    // As when the user marks before what was typed is searched for.
    toggleMarked(gallery, 'recordings/12')
    toggleMarked(gallery, 'recordings/7')
    void searchGallery(services, '12')
    toggleMarked(gallery, 'recordings/3')
    await answerAll()
    expect(gallery.getState().marked).toEqual(['recordings/12'])
  })
  it('says that a search goes on', async () => {
    const gallery = createGalleryStore()
    let complete = false
    const list = () => Promise.resolve({ items: [sampleItem(1)], total: 1, complete })
    const services: GalleryServices = { backend: { client: { gallery: { list } } }, gallery }
    await searchGallery(services, 'item')
    expect(foundWords(gallery.getState())).toBe('1 found so far, more is being read')
    complete = true
    await refreshGallery(services)
    expect(foundWords(gallery.getState())).toBe('1 found')
  })
  it('says why it cannot be had, and keeps what there was', async () => {
    const { gallery, services, answerAll } = scriptedGallery(3)
    void refreshGallery(services)
    await answerAll()
    const broken: GalleryServices = {
      gallery,
      backend: { client: { gallery: { list: () => Promise.reject(new Error('disk')) } } },
    }
    await refreshGallery(broken)
    expect(gallery.getState().failure?.message).toBe('disk')
    expect(gallery.getState().items).toHaveLength(3)
  })
})

describe('rows', () => {
  const items = [0, 1, 2, 15, 16, 30].map((place) => sampleItem(place))
  const rows = galleryRows(items, { columns: 2, nowMs: now, byDay: true })
  it('lie below their days', () => {
    expect(rows.map((row) => (row.kind === 'day' ? row.title : row.items.length))).toEqual([
      'Today',
      2,
      2,
      'Yesterday',
      2,
    ])
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length)
    expect(dayTitle(new Date(2026, 10, 2, 12).getTime(), now)).toBe('Monday, 2 November 2026')
  })
  it('are walked through by arrow keys', () => {
    const from = (place: number, key: Parameters<typeof neighbourOf>[2]) =>
      neighbourOf(rows, `recordings/${place}`, key)
    expect(neighbourOf(rows, undefined, 'ArrowDown')).toBe('recordings/0')
    expect(from(0, 'ArrowRight')).toBe('recordings/1')
    expect(from(1, 'ArrowRight')).toBe('recordings/2')
    expect(from(2, 'ArrowLeft')).toBe('recordings/1')
    expect(from(1, 'ArrowDown')).toBe('recordings/15')
    expect(from(16, 'ArrowUp')).toBe('recordings/2')
    expect(from(0, 'ArrowUp')).toBeUndefined()
    expect(from(30, 'ArrowRight')).toBeUndefined()
  })
  it('say what an item is and how it ended', () => {
    const item = sampleItem(1, { frames: 1200, bytes: 4.2e9, finish: 'failed' })
    expect(itemFacts(item)).toBe('OME-TIFF · 1\u2009200 frames · 4.2 GB')
    // What it could not be asked is not told.
    expect(itemFacts({ ...item, damaged: 'acquisition.json cannot be read' })).toBe('4.2 GB')
    expect(itemState(item, [])).toBe('failed')
    expect(itemState(sampleItem(1), ['recordings/1'])).toBe('running')
    expect(itemState(sampleItem(1, { finish: 'completed' }), [''])).toBeUndefined()
    expect(itemState(sampleItem(1, { damaged: 'acquisition.json is empty' }), [''])).toBe('damaged')
  })
})

describe('small pictures', () => {
  function thumbnails() {
    const requests: { readonly id: string; answer(): void; fail(): void }[] = []
    const revoked: string[] = []
    const cache = new Thumbnails({
      fetch: (id, signal) =>
        new Promise((resolve, reject) => {
          requests.push({ id, answer: () => resolve(new Blob([id])), fail: () => reject(new Error('none')) })
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        }),
      createUrl: () => `url ${requests.length}`,
      revokeUrl: (url) => revoked.push(url),
    })
    return { cache, requests, revoked }
  }
  const signal = new AbortController().signal

  it('are fetched three at a time, the one that came into sight last first', async () => {
    const { cache, requests } = thumbnails()
    const got = ['a', 'b', 'c', 'd', 'e'].map((id) => cache.get(id, id, signal))
    await settle()
    expect(requests.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    requests[0]?.answer()
    await settle()
    expect(requests.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'e'])
    for (const request of requests) request.answer()
    await settle()
    requests.at(-1)?.answer()
    expect(await Promise.all(got)).toHaveLength(5)
    expect(cache.kept('d')).toBeDefined()
  })
  it('are not fetched when they are out of sight before their turn', async () => {
    const { cache, requests } = thumbnails()
    const gone = new AbortController()
    const all = ['a', 'b', 'c'].map((id) => cache.get(id, id, signal))
    const late = cache.get('late', 'late', gone.signal)
    gone.abort()
    await expect(late).rejects.toThrow()
    requests[1]?.fail()
    await expect(all[1]).rejects.toThrow('none')
    requests[0]?.answer()
    requests[2]?.answer()
    await Promise.all([all[0], all[2]])
    expect(requests.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })
  it('that could not be made are tried again when the item has changed', () => {
    const item = sampleItem(1, { bytes: 100 })
    expect(pictureKey({ ...item, name: 'renamed' })).toBe(pictureKey(item))
    for (const change of [{ bytes: 200 }, { startedAt: 5 }, { finish: 'completed' as const }])
      expect(pictureKey({ ...item, ...change })).not.toBe(pictureKey(item))
  })
  it('are forgotten when there are too many', async () => {
    const { cache, requests, revoked } = thumbnails()
    for (let place = 0; place < 305; place++) {
      const got = cache.get(String(place), String(place), signal)
      await settle()
      requests.at(-1)?.answer()
      await got
    }
    expect([revoked.length, cache.kept('4'), cache.kept('5') === undefined]).toEqual([5, undefined, false])
  })
})
