/**
 * Records cameras at their full rate, whatever the live view shows: `<data folder>/recordings/YYYY-MM-DD/<name>/` holds
 * `acquisition.json`, and a folder for each camera with its dataset and `frames.jsonl`.
 *
 * @example
 * const { id } = await engine.recorder.start({ until: { kind: 'frames', frames: 100 } })
 * engine.recorder.on((status) => console.log(status.state, status.frames.written))
 */
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
import { deviceSettings } from '../device-settings.ts'
import { localTime } from '../local-time.ts'
import { safeFileName } from '../new-file.ts'
import { recordingsFolder, recordingsIn } from '../recordings-folder.ts'
import { checkStorage } from '../storage/check-storage.ts'
import { beginFolder } from './begin-folder.ts'
import { freeDiskBytes, newFolder } from './recording-folder.ts'
import { ChangedSettings } from './changed-settings.ts'
import {
  memoryToPrepare,
  type RecordingMemory,
  recordingMemory,
  requireMemory,
  totalMemory,
} from './recording-memory.ts'
import { recordingLayout } from './layout-start.ts'
import { estimateRecording, type RecordedCamera, requireRoom } from './recording-room.ts'
import type { RecordingWorkers } from './recording-workers.ts'
import { RunningRecording } from './running-recording.ts'
import { workerData } from './worker-data.ts'

type Options = {
  readonly devices: DeviceRegistry
  readonly alerts: AlertSink
  readonly turn: AcquisitionTurn
  readonly workers: RecordingWorkers
  readonly dataFolder: string | undefined
  /** Name and version of this program. */
  readonly software: string
}

/** What is asked for, before defaults are filled in. */
export type RequestInput = z.input<typeof recordingRequestSchema>

/** A time that has passed longer ago was not meant. */
const latestPastMs = 60_000

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
      if (event.type === 'deviceChanged') this.#deviceChanged(event.device)
      if (event.type === 'deviceRemoved') this.#cameraRemoved(event.deviceId)
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
    const cameras = this.#camerasOf(request)
    const estimate = await this.#estimate(request, cameras, folder)
    const memory = memoryToPrepare(this.#memoryFor(request, cameras), this.#freeMemory())
    if (!this.#options.turn.isTaken) this.#options.workers.prepare(memory)
    return estimate
  }

  /**
   * Begins to record; resolves when the next frame will be kept, or it waits for its beginning.
   * @throws CoverslipError ACQUISITION_RUNNING; DATA_FOLDER: there is none, it cannot be written, or has no room;
   *   INVALID_INPUT: not enough memory, or the time to begin has passed; UNKNOWN_DEVICE, NO_CAMERA, DEVICE_UNAVAILABLE
   *   (also of ffmpeg, for video).
   */
  async start(input: RequestInput = {}): Promise<AcquisitionStatus> {
    const request = recordingRequestSchema.parse(input)
    const turn = this.#options.turn.take('Another recording')
    const starting = this.#start(request, turn)
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
   * Begins the recording that waits, whatever it waits for. One that has begun meanwhile (asked twice, or by its own
   * trigger in the same moment) goes on: what the caller wanted is so.
   * @throws CoverslipError UNKNOWN_ACQUISITION when there is no recording
   */
  begin(): AcquisitionStatus {
    const running = this.#running
    if (running === undefined) {
      throw new CoverslipError('UNKNOWN_ACQUISITION', 'No recording waits to begin', {
        hint: 'Start one that begins when asked: begin {"kind": "asked"}.',
      })
    }
    if (running.status.state === 'waiting') running.begin()
    return running.status
  }

  /**
   * Ends the recording; what was there until now is completed and kept. One that still waits leaves nothing.
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
    running.end(
      running.begun
        ? { reason: 'completed' }
        : { reason: 'cancelled', message: 'It was stopped before it began' },
    )
    return running.finished
  }

  /** Completes what is being recorded. */
  async close(): Promise<void> {
    this.#unsubscribe()
    await this.#starting
    this.#running?.end({ reason: 'cancelled', message: 'Coverslip was closed' })
    await this.#running?.finished
  }

  async #start(request: RecordingRequest, turn: Turn): Promise<AcquisitionStatus> {
    const recordings = await recordingsIn(this.#options.dataFolder)
    refusePast(request)
    const cameras = this.#camerasOf(request)
    const memory = this.#memoryFor(request, cameras)
    requireMemory(memory, this.#freeMemory())
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
    const all = devices.devices()
    const settings = deviceSettings(all)
    const summary = {
      version: 1 as const,
      name,
      software,
      pid: process.pid,
      startedAt,
      request,
      settings,
      datasets: parts.map((part) => ({ folder: part.folder })),
    }
    await beginFolder(folder, summary)
    const common = { name, startedAt, software, metadata: { request, settings } }
    const running = new RunningRecording({
      id: `${recordingsFolder}/${day}/${name}`,
      folder,
      summary,
      alerts,
      settings: new ChangedSettings(all),
      workers: this.#options.workers,
      acquire: (cameraId) => devices.acquire(cameraId, { owner: 'a recording' }),
      cameras: parts.map((part, i) => ({
        camera: part.camera,
        folder: part.folder,
        data: workerData(part, {
          request,
          folder: join(folder, part.folder),
          layout: recordingLayout(part.camera, common),
          memory: memory[i] ?? { bufferBytes: 0, heldBytes: 0 },
        }),
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
    // What changed or was lost before there was a recording was told to nobody.
    for (const device of devices.devices()) running.deviceChanged(device)
    await running.prepare()
    for (const { camera, ring } of cameras) {
      const { status } = devices.device(camera.id)
      if (status.state !== 'ready' || devices.ring(camera.id) !== ring) running.cameraLost(camera.id)
    }
    return running.status
  }

  #deviceChanged(device: DeviceState): void {
    const { state } = device.status
    if (state === 'error') this.#running?.cameraLost(device.id)
    else this.#running?.deviceChanged(device)
    // Its ring is gone with its connection.
    if (state !== 'ready') this.#options.workers.cameraGone(device.id)
  }

  #cameraRemoved(cameraId: string): void {
    this.#running?.cameraLost(cameraId)
    this.#options.workers.cameraGone(cameraId)
  }

  /** The cameras asked for, each once. @throws CoverslipError UNKNOWN_DEVICE, NO_CAMERA, DEVICE_UNAVAILABLE */
  #camerasOf({ detectorNames }: RecordingRequest): readonly RecordedCamera[] {
    const { devices } = this.#options
    const cameras = (detectorNames ?? [undefined]).map((name) => devices.camera(name))
    const ids = new Set(cameras.map(({ id }) => id))
    return [...ids].map((id) => ({ camera: devices.camera(id), ring: devices.ring(id) }))
  }

  #freeMemory(): number {
    return process.availableMemory() + this.#options.workers.foundBytes
  }

  #memoryFor(request: RecordingRequest, cameras: readonly RecordedCamera[]): readonly RecordingMemory[] {
    return recordingMemory(request, cameras, this.#freeMemory())
  }

  async #estimate(request: RecordingRequest, cameras: readonly RecordedCamera[], folder: string) {
    const memory = totalMemory(this.#memoryFor(request, cameras))
    const remarks = await checkStorage(request.storage)
    const freeBytes = await freeDiskBytes(folder)
    const estimate = estimateRecording(request, cameras, { ...memory, freeBytes })
    return { ...estimate, warnings: [...estimate.warnings, ...remarks] }
  }
}

/** @throws CoverslipError INVALID_INPUT */
function refusePast({ begin }: RecordingRequest): void {
  if (begin.kind !== 'at' || begin.time > Date.now() - latestPastMs) return
  throw new CoverslipError(
    'INVALID_INPUT',
    `The recording cannot begin at ${new Date(begin.time).toLocaleString('sv')}: that has passed`,
    { hint: 'Choose a later time. It is Unix time in milliseconds.' },
  )
}
