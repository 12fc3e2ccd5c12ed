/** What the user has chosen, as the engine is asked for it. */
import type { RecordingBegin, RecordingRequest } from '../../src-shared/acquisition/acquisition-requests.ts'
import { type StorageOptions, storageOptionsSchema } from '../../src-shared/acquisition/storage-options.ts'
import type { ValueWindow } from '../stores/auto-window.ts'
import type { RecordingChoice } from '../stores/view-store.ts'

/**
 * @param detectors cameras to record; none: the engine's first.
 * @param seen black and white of the live view, for video; absent: the engine fits them to the first frame.
 */
export function recordingRequest(
  choice: RecordingChoice,
  detectors: readonly string[],
  seen?: ValueWindow,
): Partial<RecordingRequest> {
  return {
    ...(detectors.length === 0 ? {} : { detectorNames: [...detectors] }),
    ...(choice.name.trim() === '' ? {} : { name: choice.name.trim() }),
    storage: storageOf(choice, seen),
    until: untilOf(choice),
    begin: beginOf(choice),
    preRecordS: choice.preRecordS,
  }
}

function storageOf(
  { format, zarrCompression, video }: RecordingChoice,
  seen: ValueWindow | undefined,
): StorageOptions {
  switch (format) {
    case 'ome-zarr':
      return storageOptionsSchema.parse({ format, compression: zarrCompression })
    case 'video':
      return storageOptionsSchema.parse({
        format,
        ...video,
        // Other containers have no lossless video that players know.
        ...(video.quality === 'lossless' ? { container: 'mkv' } : {}),
        ...(seen === undefined ? {} : { windowLow: seen.low, windowHigh: seen.high }),
      })
    case 'ome-tiff':
    case 'raw':
      return storageOptionsSchema.parse({ format })
  }
}

function untilOf({ until, frames, seconds }: RecordingChoice): RecordingRequest['until'] {
  switch (until) {
    case 'frames':
      return { kind: 'frames', frames }
    case 'seconds':
      return { kind: 'seconds', seconds }
    case 'stopped':
      return { kind: 'stopped' }
  }
}

function beginOf({ begin, beginAt, changePercent }: RecordingChoice): RecordingBegin {
  switch (begin) {
    case 'at':
      return { kind: 'at', time: nextTime(beginAt, new Date()) }
    case 'change':
      return { kind: 'change', threshold: changePercent / 100 }
    case 'now':
    case 'asked':
      return { kind: begin }
  }
}

/** When the clock will show `time` (`HH:MM`) next after `now`, Unix time, ms. */
export function nextTime(time: string, now: Date): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  const next = new Date(now)
  next.setHours(hours, minutes, 0, 0)
  if (next <= now) next.setDate(next.getDate() + 1)
  return next.getTime()
}
