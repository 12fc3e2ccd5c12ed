import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { CameraRecording } from '../../../src-main/acquisition/recording/camera-recording.ts'
import { RecordingWorkers } from '../../../src-main/acquisition/recording/recording-workers.ts'
import { CameraStore } from '../../../src-main/acquisition/run/camera-store.ts'
import { createFrameRing } from '../../../src-main/frames/frame-ring.ts'
import { storageOptionsSchema } from '../../../src-shared/acquisition/storage-options.ts'
import { framePublisher } from '../../fixtures/frame-publisher.ts'
import { mountSmallDisk } from '../../fixtures/small-disk.ts'

const disk = mountSmallDisk(2)
afterAll(() => disk?.unmount())

const size = { width: 512, height: 256 }
const bytes = size.width * size.height

describe.skipIf(disk === undefined)('workers whose disk is full', () => {
  async function prepare(name: string) {
    const folder = join(disk?.path ?? '', name)
    await mkdir(folder)
    const ring = createFrameRing({ slots: 4, maxFrameBytes: bytes })
    const publish = framePublisher(ring, size)
    const data = {
      ring,
      folder,
      layout: {
        name,
        camera: { id: 'cam', name: 'Camera', model: 'M' },
        axes: [{ axis: 't' as const, length: undefined }],
        positions: [],
        channels: [],
        startedAt: 0,
        software: 'test',
        metadata: {},
      },
      storage: storageOptionsSchema.parse({ format: 'ome-tiff' }),
      bufferBytes: 4 * bytes,
    }
    return { data, publish }
  }

  it('say so: that of a plan', async () => {
    const { data, publish } = await prepare('plan')
    let failed = false
    const store: CameraStore = new CameraStore({
      data,
      layout: () => store.layoutSaved(),
      counts: () => undefined,
      failed: () => {
        failed = true
      },
    })
    await store.ready
    for (let sequence = 0; !failed; sequence++) {
      publish(sequence)
      // Rejects with the failure that `close` tells.
      await store.take(sequence, { index: { t: sequence } }).catch(() => undefined)
    }
    expect(await store.close()).toMatchObject({ failure: { code: 'DATA_FOLDER' }, isComplete: false })
  })

  it('say so: that of a recording', async () => {
    const { data, publish } = await prepare('recording')
    const workers = new RecordingWorkers()
    const recording: CameraRecording = new CameraRecording({
      workers,
      data: {
        ...data,
        begin: { kind: 'now' },
        preRecordS: 0,
        most: { frames: undefined, seconds: undefined },
        heldBytes: 0,
        temperatureC: undefined,
      },
      layout: () => recording.tell({ type: 'layoutSaved' }),
      begun: () => undefined,
      counts: () => undefined,
    })
    await recording.ready
    let isOver = false
    void recording.finished.then(() => {
      isOver = true
    })
    for (let sequence = 0; !isOver; sequence++) {
      publish(sequence)
      await delay(1)
    }
    expect(await recording.finished).toMatchObject({ error: { code: 'DATA_FOLDER' }, isComplete: false })
    // Its thread may have left anything: it is not for another recording.
    expect(workers.idleBytes).toBe(0)
    await workers.close()
  })
})
