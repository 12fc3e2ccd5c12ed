/**
 * ImSwitch's continuous recordings (RecordingController), made by Coverslip's recorder: every frame of the
 * camera at full bit depth, whatever its live view shows.
 */
import { dirname, join } from 'node:path'
import type { AcquisitionStatus } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { StorageFormat } from '../../../src-shared/acquisition/storage-options.ts'
import type { RequestInput } from '../../acquisition/recording/recorder.ts'
import type { Engine } from '../../engine/create-engine.ts'

const tiff = { number: 1, name: 'TIFF' }
/** ImSwitch's numbers and names of the formats; it has none for raw pixels. */
const saveFormats: Readonly<
  Record<StorageFormat, { readonly number: number; readonly name: string } | undefined>
> = {
  'ome-tiff': tiff,
  'ome-zarr': { number: 3, name: 'ZARR' },
  video: { number: 4, name: 'MP4' },
  raw: undefined,
}

/** By ImSwitch's number; as in ImSwitch, any that does not record is TIFF. */
function storageOf(saveFormat: number): RequestInput['storage'] {
  switch (saveFormat) {
    case 3:
    case 8:
      return { format: 'ome-zarr' }
    case 4:
      return { format: 'video', container: 'mp4' }
    default:
      return { format: 'ome-tiff' }
  }
}

/**
 * Begins to record the camera that streams, else the first; one that is under way goes on, and is described.
 * @throws as `Recorder.start`
 */
export async function startRecording(
  { recorder, liveView, capture }: Engine,
  wish: { readonly saveFormat: number; readonly fileName: string | undefined },
): Promise<Record<string, unknown>> {
  const running = underWay(recorder.status)
  if (running !== undefined) return described(running, capture.folder)
  const [live] = liveView.getActiveStreams()
  const status = await recorder.start({
    ...(live === undefined ? {} : { detectorNames: [live.detectorName] }),
    ...(wish.fileName === undefined ? {} : { name: wish.fileName }),
    storage: storageOf(wish.saveFormat),
  })
  return described(status, capture.folder)
}

/** Ends the recording; one that has ended already is described. @throws CoverslipError UNKNOWN_ACQUISITION when there was none */
export async function stopRecording({ recorder, capture }: Engine): Promise<Record<string, unknown>> {
  const last = recorder.status
  const status = last !== undefined && underWay(last) === undefined ? last : await recorder.stop()
  return described(status, capture.folder)
}

/** What is being recorded, as ImSwitch tells it. */
export type ImSwitchRecording = {
  readonly is_recording: boolean
  readonly format: string | null
  readonly duration_seconds: number
  readonly frame_count: number
  /** Its folder on the microscope's computer. */
  readonly filepath: string | null
}

/** What is being recorded now. */
export function recordingStatus({ recorder, capture }: Engine): ImSwitchRecording {
  const running = underWay(recorder.status)
  if (running === undefined)
    return { is_recording: false, format: null, duration_seconds: 0, frame_count: 0, filepath: null }
  return {
    is_recording: true,
    format: saveFormats[running.format]?.name ?? 'RAW',
    duration_seconds: Math.max(0, (Date.now() - running.startedAt) / 1000),
    frame_count: running.frames.written,
    filepath: folderOf(running, capture.folder),
  }
}

const underWay = (status: AcquisitionStatus | undefined): AcquisitionStatus | undefined =>
  status?.state === 'finished' ? undefined : status

const folderOf = ({ id }: AcquisitionStatus, recordings: string): string => join(dirname(recordings), id)

/** `recordings` is the folder of all recordings: `id` names it, too. Only a video is one file, which can be downloaded. */
function described(status: AcquisitionStatus, recordings: string): Record<string, unknown> {
  const { id, name, format } = status
  const isVideo = format === 'video'
  return {
    fullPath: folderOf(status, recordings),
    relativePath: id,
    relativeFilePath: isVideo ? `/${id}/camera/${name}.mp4` : `/${id}`,
    saveFormat: (saveFormats[format] ?? tiff).number,
    isDownloadableFile: isVideo,
  }
}
