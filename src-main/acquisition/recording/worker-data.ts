import type { RecordingRequest } from '../../../src-shared/acquisition/acquisition-requests.ts'
import { temperatureOf } from '../device-settings.ts'
import type { RecordingMemory } from './recording-memory.ts'
import type { RecordingWorkerData } from './recording-messages.ts'
import type { RecordedCamera } from './recording-room.ts'

/** What the thread that records `camera` as asked for is told. */
export function workerData(
  { camera, ring }: RecordedCamera,
  parts: Pick<RecordingWorkerData, 'folder' | 'layout'> & {
    readonly request: RecordingRequest
    readonly memory: RecordingMemory
  },
): RecordingWorkerData {
  const { request, memory, folder, layout } = parts
  const { begin, storage, until } = request
  return {
    ring,
    folder,
    layout,
    storage,
    begin,
    // A camera that stands still has no frames of before.
    preRecordS: begin.kind === 'now' && camera.acquiring !== true ? 0 : request.preRecordS,
    most: {
      frames: until.kind === 'frames' ? until.frames : undefined,
      seconds: until.kind === 'seconds' ? until.seconds : undefined,
    },
    ...memory,
    temperatureC: temperatureOf(camera),
  }
}
