import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { Gallery } from '../../../src-main/acquisition/gallery/gallery.ts'
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
