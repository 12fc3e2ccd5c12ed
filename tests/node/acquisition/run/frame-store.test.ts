import { mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { CameraStore } from '../../../../src-main/acquisition/run/camera-store.ts'
import { FrameStore } from '../../../../src-main/acquisition/run/frame-store.ts'
import type { StoreMessage, StoreWorkerData } from '../../../../src-main/acquisition/run/store-messages.ts'
import { createFrameRing, type FrameRingMemory } from '../../../../src-main/frames/frame-ring.ts'
import { type FrameRecord, frameRecordSchema } from '../../../../src-shared/acquisition/frame-record.ts'
import { storageOptionsSchema } from '../../../../src-shared/acquisition/storage-options.ts'
import type { CoverslipError } from '../../../../src-shared/errors.ts'
import { eventually } from '../../../fixtures/eventually.ts'
import { framePublisher } from '../../../fixtures/frame-publisher.ts'
import { temporaryFolder } from '../../../fixtures/image-fixtures.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

const [width, height] = [4, 2]

async function dataOf(name: string, { slots = 4, buffers = 3 } = {}): Promise<StoreWorkerData> {
  const path = join(folder.path, name)
  await mkdir(path)
  return {
    ring: createFrameRing({ slots, maxFrameBytes: 64 }),
    folder: path,
    layout: {
      name,
      camera: { id: 'cam', name: 'Camera', model: 'M' },
      axes: [{ axis: 'z', length: 10 }],
      positions: [],
      channels: [],
      startedAt: 0,
      software: 'test',
      metadata: {},
    },
    storage: { format: 'raw' },
    bufferBytes: buffers * width * height,
  }
}

const publisher = (ring: FrameRingMemory) => framePublisher(ring, { width, height })

const recordsIn = async ({ folder: path }: StoreWorkerData): Promise<FrameRecord[]> =>
  (await readFile(join(path, 'frames.jsonl'), 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line) => frameRecordSchema.parse(JSON.parse(line)))
/** The first pixel of each frame of the file. */
const valuesIn = async ({ folder: path, layout }: StoreWorkerData): Promise<number[]> => {
  const bytes = await readFile(join(path, `${layout.name}.raw`))
  return [...bytes].filter((_, i) => i % (width * height) === 0)
}
/** Whose layout is on the disk as soon as it is known. */
async function openStore(data: StoreWorkerData, messages: StoreMessage[] = []): Promise<FrameStore> {
  const store: FrameStore = await FrameStore.open(data, (message) => {
    messages.push(message)
    if (message.type === 'layout') void store.hear({ type: 'layoutSaved' })
  })
  return store
}
const place = (z: number) => ({ index: { z }, channel: 'DAPI', positionName: 'A' })

describe('FrameStore', () => {
  it('stores the frames it is told of, with what is known of their places, and no others', async () => {
    const data = await dataOf('chosen', { slots: 8 })
    const messages: StoreMessage[] = []
    const publish = publisher(data.ring)
    const store = await openStore(data, messages)
    for (let sequence = 0; sequence < 5; sequence++) publish(sequence)
    await store.hear({ type: 'take', number: 0, sequence: 3, place: { ...place(0), temperatureC: -20 } })
    await store.hear({ type: 'take', number: 1, sequence: 1, place: place(1) })
    await store.hear({
      type: 'note',
      record: { kind: 'skipped', camera: 'cam', index: { z: 2 }, reason: 'fault' },
    })
    await store.hear({ type: 'close' })
    expect(await valuesIn(data)).toEqual([3, 1])
    expect(await recordsIn(data)).toMatchObject([
      {
        kind: 'frame',
        index: { z: 0 },
        place: 0,
        sequence: 3,
        channel: 'DAPI',
        positionName: 'A',
        temperatureC: -20,
      },
      { kind: 'frame', index: { z: 1 }, place: 1, sequence: 1 },
      { kind: 'skipped', index: { z: 2 }, reason: 'fault' },
    ])
    expect(messages.filter(({ type }) => type === 'taken')).toEqual([
      { type: 'taken', number: 0, result: 'taken' },
      { type: 'taken', number: 1, result: 'taken' },
    ])
    expect(messages.at(-1)).toMatchObject({
      type: 'closed',
      counts: { written: 2, bytesWritten: 16, bufferBytes: 0 },
    })
  })

  it('says which frames the ring has lost', async () => {
    const data = await dataOf('lost', { slots: 2 })
    const messages: StoreMessage[] = []
    const publish = publisher(data.ring)
    const store = await openStore(data, messages)
    for (const sequence of [0, 1, 2]) publish(sequence)
    await store.hear({ type: 'take', number: 7, sequence: 0, place: place(0) })
    await store.hear({ type: 'take', number: 8, sequence: 2, place: place(1) })
    await store.hear({ type: 'close' })
    expect(messages.filter(({ type }) => type === 'taken')).toEqual([
      { type: 'taken', number: 7, result: 'lost' },
      { type: 'taken', number: 8, result: 'taken' },
    ])
    expect(await valuesIn(data)).toEqual([2])
  })

  it('takes the frame of the present run where an older one has the same number', async () => {
    const data = await dataOf('runs', { slots: 8 })
    const publish = publisher(data.ring)
    const store = await openStore(data)
    publish(0, { value: 10 })
    publish(1, { value: 11 })
    // The camera was started again.
    publish(0, { value: 20 })
    await store.hear({ type: 'take', number: 0, sequence: 0, place: place(0) })
    // And opened again: another ring.
    const ring = createFrameRing({ slots: 2, maxFrameBytes: 64 })
    publisher(ring)(0, { value: 30 })
    await store.hear({ type: 'ring', ring })
    await store.hear({ type: 'take', number: 1, sequence: 0, place: place(1) })
    await store.hear({ type: 'close' })
    expect(await valuesIn(data)).toEqual([20, 30])
  })

  it('waits for memory while all of it waits for the disk', async () => {
    const data = await dataOf('waits', { slots: 64, buffers: 2 })
    const publish = publisher(data.ring)
    const store = await openStore(data)
    for (let sequence = 0; sequence < 40; sequence++) publish(sequence)
    const taken = Array.from({ length: 40 }, (_, sequence) =>
      store.hear({ type: 'take', number: sequence, sequence, place: place(sequence) }),
    )
    await Promise.all(taken)
    await store.hear({ type: 'close' })
    expect(await valuesIn(data)).toEqual(Array.from({ length: 40 }, (_, i) => i))
  })

  it('reports no frame as written before the layout is on the disk', async () => {
    const data = await dataOf('layout')
    const messages: StoreMessage[] = []
    const store = await FrameStore.open(data, (message) => messages.push(message))
    publisher(data.ring)(0)
    await store.hear({ type: 'take', number: 0, sequence: 0, place: place(0) })
    const closed = store.hear({ type: 'close' }).then(() => 'closed')
    await eventually('the pixels in the file', async () =>
      (await valuesIn(data).catch(() => [])).length === 1 ? true : undefined,
    )
    expect(await Promise.race([closed, delay(100, 'waits')])).toBe('waits')
    expect(await recordsIn(data)).toEqual([])
    void store.hear({ type: 'layoutSaved' })
    expect(await closed).toBe('closed')
    expect(await recordsIn(data)).toHaveLength(1)
    expect(messages.at(-1)).toMatchObject({ type: 'closed', counts: { written: 1 }, isComplete: true })
  })

  it('says that its files are not complete where the disk has failed', async () => {
    const data = { ...(await dataOf('enospc')), storage: storageOptionsSchema.parse({ format: 'ome-tiff' }) }
    const messages: StoreMessage[] = []
    const publish = publisher(data.ring)
    const store = await openStore(data, messages)
    publish(0)
    await store.hear({ type: 'take', number: 0, sequence: 0, place: place(0) })
    await eventually('the first frame', async () => ((await recordsIn(data)).length === 1 ? true : undefined))
    const handle = await open(join(data.folder, 'frames.jsonl'))
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' })
    const writes = vi
      .spyOn(Object.getPrototypeOf(handle) as typeof handle, 'writev')
      .mockRejectedValueOnce(full)
    try {
      publish(1)
      await store.hear({ type: 'take', number: 1, sequence: 1, place: place(1) })
      await store.hear({ type: 'close' })
    } finally {
      writes.mockRestore()
      await handle.close()
    }
    expect(messages.at(-1)).toMatchObject({ type: 'closed', isComplete: false, counts: { written: 1 } })
  })

  it('fails when the size of the images changes, and keeps what was there', async () => {
    const data = await dataOf('size', { slots: 8 })
    const messages: StoreMessage[] = []
    const publish = publisher(data.ring)
    const store = await openStore(data, messages)
    publish(0)
    publish(1, { width: 2, height: 2 })
    await store.hear({ type: 'take', number: 0, sequence: 0, place: place(0) })
    await store.hear({ type: 'take', number: 1, sequence: 1, place: place(1) })
    await store.hear({ type: 'close' })
    expect(messages.find(({ type }) => type === 'failed')).toMatchObject({
      error: { code: 'DEVICE_FAILED', message: expect.stringMatching(/changed from 4 x 2 .* to 2 x 2/) },
    })
    expect(await valuesIn(data)).toEqual([0])
    expect(await recordsIn(data)).toHaveLength(1)
  })
})

describe('CameraStore', () => {
  async function openCamera(data: StoreWorkerData) {
    const failures: CoverslipError[] = []
    const store: CameraStore = new CameraStore({
      data,
      layout: () => store.layoutSaved(),
      counts: () => undefined,
      failed: (error) => failures.push(error),
    })
    await store.ready
    return { store, failures }
  }

  it('takes frames in a worker of its own', async () => {
    const data = await dataOf('worker', { slots: 16 })
    const publish = publisher(data.ring)
    const { store, failures } = await openCamera(data)
    for (let sequence = 0; sequence < 10; sequence++) publish(sequence)
    const results = await Promise.all(
      Array.from({ length: 11 }, (_, z) => store.take(z, place(z), data.ring)),
    )
    expect(results).toEqual([...Array.from({ length: 10 }, () => 'taken'), 'lost'])
    expect(await store.close()).toEqual({ failure: undefined, isComplete: true })
    expect(failures).toEqual([])
    expect(await valuesIn(data)).toEqual(Array.from({ length: 10 }, (_, i) => i))
  })

  it('says why there is nothing to write to', async () => {
    const data = { ...(await dataOf('nowhere')), folder: join(folder.path, 'not', 'there') }
    await expect(openCamera(data)).rejects.toMatchObject({ code: 'DATA_FOLDER' })
  })

  it('fails, with what waits for it, when it cannot write any more', async () => {
    const data = await dataOf('failing', { slots: 8 })
    const publish = publisher(data.ring)
    const { store, failures } = await openCamera(data)
    publish(0)
    publish(1, { width: 2, height: 1 })
    await store.take(0, place(0), data.ring)
    await store.take(1, place(1), data.ring).catch(() => undefined)
    await eventually('the failure', () => failures[0])
    await expect(store.take(0, place(2), data.ring)).rejects.toMatchObject({ code: 'DEVICE_FAILED' })
    expect((await store.close()).failure).toBe(failures[0])
    expect(failures).toHaveLength(1)
  })
})
