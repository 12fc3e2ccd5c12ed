/**
 * Records cameras at their full rate, whatever the live view shows: `<data folder>/recordings/YYYY-MM-DD/<name>/` holds
 * `acquisition.json`, and a folder for each camera with its dataset and `frames.jsonl`.
 *
 * @example
 * const { id } = await engine.recorder.start({ until: { kind: 'frames', frames: 100 } })
 * engine.recorder.on((status) => console.log(status.state, status.frames.written))
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import {
  type RecordingRequest,
  recordingRequestSchema,
} from '../../../src-shared/acquisition/acquisition-requests.ts'
import type {
  AcquisitionStatus,
  RecordingEstimate,
} from '../../../src-shared/acquisition/acquisition-status.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import type { DeviceState } from '../../../src-shared/devices.ts'
import { Emitter } from '../../../src-shared/emitter.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { DeviceRegistry } from '../../devices/device-registry.ts'
import type { AcquisitionTurn, Turn } from '../acquisition-turn.ts'
import { localTime } from '../local-time.ts'
import { safeFileName } from '../new-file.ts'
import { recordingsFolder, recordingsIn } from '../recordings-folder.ts'
import { checkStorage } from '../storage/check-storage.ts'
import { freeDiskBytes, newFolder, writeSummary } from './recording-folder.ts'
import type { LayoutStart } from './recording-messages.ts'
import { estimateRecording, type RecordedCamera, requireRoom } from './recording-room.ts'
import { RunningRecording } from './running-recording.ts'

type Options = {
  readonly devices: DeviceRegistry
  readonly alerts: AlertSink
  readonly turn: AcquisitionTurn
  readonly dataFolder: string | undefined
  /** Name and version of this program. */
  readonly software: string
}

type RequestInput = z.input<typeof recordingRequestSchema>

/** Memory for frames that wait for the disk, all cameras of a recording together. */
const bufferBytes = 256 * 2 ** 20

export class Recorder {
  readonly #options: Options
  readonly #events = new Emitter<AcquisitionStatus>()
  readonly #unsubscribe: () => void
  #running: RunningRecording | undefined
  #starting: Promise<void> | undefined
  #last: AcquisitionStatus | undefined

  constructor(options: Options) {
    this.#options = options
    this.#unsubscribe = options.devices.on((event) => {
      if (event.type === 'deviceChanged' && event.device.status.state === 'error')
        this.#running?.cameraLost(event.device.id)
      if (event.type === 'deviceRemoved') this.#running?.cameraLost(event.deviceId)
    })
  }

  /** Called with each change, a few times a second while something is recorded. */
  on(listener: (status: AcquisitionStatus) => void): () => void {
    return this.#events.on(listener)
  }

  /** What is being recorded, or was last. */
  get status(): AcquisitionStatus | undefined {
    return this.#running?.status ?? this.#last
  }

  /** What a recording would take. @throws as `start` */
  async estimate(input: RequestInput = {}): Promise<RecordingEstimate> {
    const request = recordingRequestSchema.parse(input)
    const folder = await recordingsIn(this.#options.dataFolder)
    return this.#estimate(request, this.#camerasOf(request), folder)
  }

  /**
   * Begins to record; resolves when memory is reserved and the next frame will be kept.
   * @throws CoverslipError ACQUISITION_RUNNING; DATA_FOLDER: there is none, it cannot be written, or has no room;
   *   UNKNOWN_DEVICE, NO_CAMERA, DEVICE_UNAVAILABLE (also of ffmpeg, for video).
   */
  async start(input: RequestInput = {}): Promise<AcquisitionStatus> {
    const request = recordingRequestSchema.parse(input)
    const turn = this.#options.turn.take('Another recording')
    const starting = this.#begin(request, turn)
    this.#starting = starting.then(
      () => undefined,
      () => undefined,
    )
    try {
      return await starting
    } finally {
      this.#starting = undefined
      if (this.#running === undefined) turn.end()
    }
  }

  /**
   * Ends the recording; what was there until now is completed and kept.
   * @returns its status when everything is on the disk.
   * @throws CoverslipError UNKNOWN_ACQUISITION when nothing (or, with `id`, something else) is being recorded.
   */
  async stop(id?: string): Promise<AcquisitionStatus> {
    const running = this.#running
    if (running === undefined || (id !== undefined && id !== running.status.id)) {
      throw new CoverslipError('UNKNOWN_ACQUISITION', 'Nothing is being recorded', {
        hint: 'It may have ended by itself: see the last status.',
      })
    }
    running.end({ reason: 'completed' })
    return running.finished
  }

  /** Completes what is being recorded. */
  async close(): Promise<void> {
    this.#unsubscribe()
    await this.#starting
    this.#running?.end({ reason: 'cancelled', message: 'Coverslip was closed' })
    await this.#running?.finished
  }

  async #begin(request: RecordingRequest, turn: Turn): Promise<AcquisitionStatus> {
    const recordings = await recordingsIn(this.#options.dataFolder)
    const cameras = this.#camerasOf(request)
    requireRoom(await this.#estimate(request, cameras, recordings))
    const startedAt = Date.now()
    const { day, time } = localTime(new Date(startedAt))
    const given = safeFileName(request.name ?? '')
    const name = await newFolder(join(recordings, day), given === '' ? `recording_${time}` : given)
    turn.named(name)
    const folder = join(recordings, day, name)
    const { software, alerts, devices } = this.#options
    const parts = cameras.map((recorded, i) => ({
      ...recorded,
      folder: cameras.length === 1 ? 'camera' : `camera_${i + 1}`,
    }))
    const summary = {
      version: 1 as const,
      name,
      software,
      pid: process.pid,
      startedAt,
      request,
      datasets: parts.map((part) => ({ folder: part.folder })),
    }
    await writeSummary(folder, summary)
    for (const part of parts) await mkdir(join(folder, part.folder))
    const settings = Object.fromEntries(devices.devices().map((device) => [device.id, settingsOf(device)]))
    const running = await RunningRecording.start({
      id: `${recordingsFolder}/${day}/${name}`,
      folder,
      summary,
      alerts,
      bufferBytes,
      acquire: (cameraId) => devices.acquire(cameraId, { owner: 'a recording' }),
      cameras: parts.map(({ camera, ring, folder: part }) => ({
        camera,
        folder: part,
        data: {
          ring,
          folder: join(folder, part),
          layout: layoutStart(camera, { name, startedAt, software, metadata: { request, settings } }),
          storage: request.storage,
          most: {
            frames: request.until.kind === 'frames' ? request.until.frames : undefined,
            seconds: request.until.kind === 'seconds' ? request.until.seconds : undefined,
          },
          bufferBytes: bufferBytes / parts.length,
        },
      })),
      changed: (status) => this.#events.emit(status),
    })
    this.#running = running
    void running.finished.then((status) => {
      this.#running = undefined
      turn.end()
      this.#last = status
      this.#events.emit(status)
    })
    // What was lost while the recording started was told to nobody.
    for (const { camera, ring } of cameras) {
      const { status } = devices.device(camera.id)
      if (status.state !== 'ready' || devices.ring(camera.id) !== ring) running.cameraLost(camera.id)
    }
    return running.status
  }

  /** The cameras asked for, each once. @throws CoverslipError UNKNOWN_DEVICE, NO_CAMERA, DEVICE_UNAVAILABLE */
  #camerasOf({ detectorNames }: RecordingRequest): readonly RecordedCamera[] {
    const { devices } = this.#options
    const cameras = (detectorNames ?? [undefined]).map((name) => devices.camera(name))
    const ids = new Set(cameras.map(({ id }) => id))
    return [...ids].map((id) => ({ camera: devices.camera(id), ring: devices.ring(id) }))
  }

  async #estimate(request: RecordingRequest, cameras: readonly RecordedCamera[], folder: string) {
    const remarks = await checkStorage(request.storage)
    const estimate = estimateRecording(request, cameras, {
      freeBytes: await freeDiskBytes(folder),
      bufferBytes,
    })
    return { ...estimate, warnings: [...estimate.warnings, ...remarks] }
  }
}

function settingsOf({ properties }: DeviceState) {
  return Object.fromEntries(properties.map(({ name, value }) => [name, value]))
}

type Common = Pick<LayoutStart, 'name' | 'startedAt' | 'software' | 'metadata'>

function layoutStart({ id, description }: DeviceState, common: Common): LayoutStart {
  const { name, model } = description
  const serialNumber = description.kind === 'camera' ? description.serialNumber : undefined
  return {
    ...common,
    camera: { id, name, model, serialNumber },
    axes: [{ axis: 't', length: undefined }],
    positions: [],
    channels: [{ name }],
  }
}
