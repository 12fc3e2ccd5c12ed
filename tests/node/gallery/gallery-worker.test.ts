import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Gallery } from '../../../src-main/acquisition/gallery/gallery.ts'
import { GalleryThread } from '../../../src-main/acquisition/gallery/gallery-thread.ts'
import { randomPixels, temporaryFolder, tiffBytes } from '../../fixtures/image-fixtures.ts'

it('A worker that dies fails what it was asked only, and what comes next has another', async () => {
  const { path, remove } = await temporaryFolder()
  await mkdir(join(path, 'recordings'))
  const spec = { width: 30, height: 20, pages: [randomPixels(600, 16, 1)] }
  await writeFile(join(path, 'recordings', 'cells.tif'), tiffBytes(spec))
  const workers: Worker[] = []
  // Node tells of every thread that is started.
  const onWorker = (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('worker' in message)) return
    if (message.worker instanceof Worker) workers.push(message.worker)
  }
  subscribe('worker_threads', onWorker)
  const gallery = new Gallery({ dataFolder: path })
  onTestFinished(async () => {
    unsubscribe('worker_threads', onWorker)
    await gallery.close()
    await remove()
  })
  const id = 'recordings/cells.tif'
  await gallery.open(id)
  const asked = Array.from({ length: 20 }, () =>
    gallery.open(id).then(
      () => 'opened',
      ({ code }: { readonly code: string }) => code,
    ),
  )
  await workers[0]?.terminate()
  const outcomes = await Promise.all(asked)
  // Those it had at once, but for what it had answered before it died; the others were still waiting.
  const failed = outcomes.filter((outcome) => outcome === 'UNREADABLE_IMAGE')
  expect(failed.length).toBeLessThanOrEqual(6)
  expect(outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(20 - failed.length)
  expect(workers).toHaveLength(2)
})

describe('What takes too long', () => {
  /** A thread whose worker does as the ids say (tests/fixtures/stubborn-gallery-worker.ts). */
  function stubborn(leaveOffMs: number) {
    const thread = new GalleryThread({
      dataFolder: '/nowhere',
      limitOf: ({ type }) => (type === 'thumbnail' ? 20 : 60_000),
      leaveOffMs,
      entry: new URL('../../fixtures/stubborn-gallery-worker.ts', import.meta.url),
    })
    onTestFinished(() => thread.close())
    const slow = (id: string) => thread.ask({ type: 'thumbnail', id, maxSize: 100 }, undefined)
    const usual = (id: string) =>
      thread.ask({ type: 'frames', id, dataset: '', offset: 0, limit: 1 }, undefined)
    const rename = (id: string) => thread.ask({ type: 'rename', id, name: 'x' }, undefined)
    return { slow, usual, rename }
  }

  it('is given up alone, and its worker goes on', async () => {
    const { slow, usual } = stubborn(60_000)
    const first = await usual('first')
    const kept = usual('until another was dropped')
    await expect(slow('leaves off')).rejects.toMatchObject({
      message: 'leaves off took longer than 0.02 s to read',
    })
    // Of the same worker, which counts its answers.
    expect([first.frames.total, (await kept).frames.total]).toEqual([1, 2])
  })

  it('and does not leave off ends its worker, of which nobody else notices anything', async () => {
    const { slow, usual } = stubborn(20)
    await usual('first')
    const hanging = slow('hangs')
    const others = ['once nothing hangs', 'once nothing hangs'].map(usual)
    await expect(hanging).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' })
    // Another worker, which begins to count.
    expect((await Promise.all(others)).map(({ frames }) => frames.total)).toEqual([1, 2])
  })
  it('is asked once only where it changes something: it may have been done', async () => {
    const { slow, usual, rename } = stubborn(20)
    await usual('first')
    const hanging = slow('hangs')
    const renamed = rename('once nothing hangs')
    await expect(hanging).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' })
    await expect(renamed).rejects.toMatchObject({
      message: 'The gallery gave up: another file took too long',
    })
  })
})
