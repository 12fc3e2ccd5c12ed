import { afterEach, expect, it, vi } from 'vitest'
import { startExport } from '../../../src-renderer/actions/export-actions.ts'
import type { ExportChoices } from '../../../src-renderer/export/export-choices.ts'
import { runExport } from '../../../src-renderer/export/export-job.ts'
import type { ExportReport, ExportRequest } from '../../../src-renderer/export/export-messages.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { createExportStore } from '../../../src-renderer/stores/export-store.ts'
import { createSessionStore } from '../../../src-renderer/stores/session-store.ts'
import { initialViewerState, withOpened } from '../../../src-renderer/stores/viewer-store.ts'
import type { PlaneIndex, ZProjection } from '../../../src-shared/gallery.ts'
import { sampleDataset, sampleOpened } from '../viewer/sample-image.ts'

const picked = vi.hoisted(() => ({ choose: vi.fn() }))
vi.mock('../../../src-renderer/export/save-file.ts', () => ({ chooseFile: picked.choose, download: vi.fn() }))

afterEach(() => vi.unstubAllGlobals())

const large = sampleDataset({
  width: 4096,
  height: 4096,
  sizes: { t: 3 },
  channels: [{ name: 'DAPI' }],
  timeStepS: 2,
  levels: [
    { width: 4096, height: 4096 },
    { width: 2048, height: 2048 },
  ],
})
const subject = { id: 'recordings/cells', state: withOpened(initialViewerState, sampleOpened([large])) }
const choices: ExportChoices = {
  axis: 't',
  ranges: { t: { from: 0, to: 2 }, z: { from: 0, to: 2 }, p: { from: 0, to: 0 } },
  zProjection: undefined,
  channels: 'all',
  format: 'mp4',
  width: 4096,
  speed: { kind: 'real', times: 2 },
  quality: 'good',
  burnIn: { scaleBar: false, time: false, labels: false },
}

const tenPerSecond = { kind: 'rate', perSecond: 10 } as const

const terminate = vi.fn()

/** A worker that answers at once, with a graphics card that draws up to `maxSize`. */
function stubWorker(maxSize: number): ExportRequest[] {
  const requests: ExportRequest[] = []
  class AnsweringWorker extends EventTarget {
    postMessage(request: ExportRequest): void {
      requests.push(request)
      const data: Record<ExportRequest['type'], ExportReport> = {
        begin: { type: 'begun', maxSize },
        picture: { type: 'ready' },
        finish: { type: 'finished', bytes: 1, download: undefined },
      }
      queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: data[request.type] })))
    }
    readonly terminate = terminate
  }
  vi.stubGlobal('Worker', AnsweringWorker)
  return requests
}

type PlaneRequest = {
  readonly level?: number | undefined
  readonly index?: PlaneIndex | undefined
  readonly zProjection?: ZProjection | undefined
}

/** An engine that has every plane, and the calls that it got. */
function answeringGallery() {
  const calls: string[] = []
  return {
    calls,
    plane: ({ level = 0, index = {}, zProjection }: PlaneRequest) => {
      calls.push(`plane ${index.t} ${zProjection === undefined ? '' : `${zProjection} of z, `}level ${level}`)
      return Promise.resolve(new Blob(['plane']))
    },
    frames: ({ index = {} }: { index?: PlaneIndex | undefined }) => {
      calls.push(`time ${index.t}`)
      return Promise.resolve({ records: [], total: 0 })
    },
  }
}

const job = (gallery: ReturnType<typeof answeringGallery>) => ({
  subject,
  choices,
  gallery,
  file: undefined,
  signal: new AbortController().signal,
  onProgress: () => undefined,
})

it('exports whole images as far as the graphics card draws them', async () => {
  for (const [maxSize, level] of [
    [16_384, 0],
    [2048, 1],
  ] as const) {
    stubWorker(maxSize)
    const gallery = answeringGallery()
    await runExport(job(gallery))
    const planes = gallery.calls.filter((call) => call.startsWith('plane'))
    expect(planes).toEqual([0, 1, 2].map((t) => `plane ${t} level ${level}`))
  }
})

it('asks for the times of pictures as they are made, not for all before the first', async () => {
  const requests = stubWorker(16_384)
  const gallery = answeringGallery()
  const to = 49
  const long = { ...large, sizes: { t: to + 1 } }
  const state = withOpened(initialViewerState, sampleOpened([long]))
  let askedAtFirst = 0
  await runExport({
    ...job(gallery),
    subject: { ...subject, state },
    choices: { ...choices, ranges: { ...choices.ranges, t: { from: 0, to } } },
    onProgress: ({ done }) => {
      if (done === 1) askedAtFirst = gallery.calls.length
    },
  })
  expect(askedAtFirst).toBeLessThan(20)
  const pictures = requests.flatMap((request) => (request.type === 'picture' ? [request.picture] : []))
  expect(pictures.map(({ atS, durationS }) => [atS, durationS])).toEqual(
    Array.from({ length: to + 1 }, (_, t) => [t, 1]),
  )
})

it('makes pictures of whole stacks where their projection is wanted, but planes along a stack that moves', async () => {
  const deep = { ...large, sizes: { t: 3, z: 3 } }
  const state = withOpened(initialViewerState, sampleOpened([deep]))
  const projected = ['0 max of z,', '1 max of z,', '2 max of z,']
  for (const [axis, format, drawn] of [
    ['t', 'mp4', projected],
    ['z', 'mp4', ['0', '0', '0']],
    ['z', 'tiff', projected],
  ] as const) {
    stubWorker(16_384)
    const gallery = answeringGallery()
    await runExport({
      ...job(gallery),
      subject: { ...subject, state },
      choices: { ...choices, axis, format, zProjection: 'max' },
    })
    const planes = gallery.calls.filter((call) => call.startsWith('plane'))
    expect(planes).toEqual(drawn.map((of) => `plane ${of} level 0`))
  }
})

it('leaves out images that are not there, but fails when all of it has gone', async () => {
  const gone = (place: string) => new CoverslipError('UNKNOWN_IMAGE', `There is no ${place}`)
  for (const deleted of [false, true]) {
    const requests = stubWorker(16_384)
    const gallery = answeringGallery()
    const lacking = {
      ...gallery,
      plane: (request: PlaneRequest) =>
        request.index?.t === 0 ? gallery.plane(request) : Promise.reject(gone('plane')),
      frames: () => (deleted ? Promise.reject(gone('image recordings/cells')) : gallery.frames({})),
    }
    const running = runExport({
      ...job(gallery),
      gallery: lacking,
      choices: { ...choices, speed: tenPerSecond },
    })
    if (deleted) await expect(running).rejects.toThrow('There is no image recordings/cells')
    else expect(await running).toMatchObject({ pictures: 1, missing: 2 })
    expect(requests.filter(({ type }) => type === 'picture')).toHaveLength(1)
  }
})

it('ends its worker where it was given up before', async () => {
  stubWorker(16_384)
  terminate.mockClear()
  const signal = AbortSignal.abort(new Error('given up'))
  await expect(runExport({ ...job(answeringGallery()), signal })).rejects.toThrow('given up')
  expect(terminate).toHaveBeenCalledOnce()
})

it('leaves no empty file when the dialog is closed while the user picks one', async () => {
  const exporting = createExportStore()
  const session = createSessionStore()
  exporting.setState({ phase: 'choosing', subject }, true)
  const forget = vi.fn(() => Promise.resolve())
  picked.choose.mockImplementation(() => {
    exporting.setState({ phase: 'closed' }, true)
    return Promise.resolve({ handle: {}, name: 'cells.mp4', forget })
  })
  const backend = { client: { gallery: answeringGallery() } }
  await startExport({ exporting, session, backend }, { subject, choices, page: Object.create(null) })
  expect(forget).toHaveBeenCalledOnce()
  expect(exporting.getState().phase).toBe('closed')
})
