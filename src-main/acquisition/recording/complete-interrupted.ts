/** After a crash: recordings that were never completed are, from what lies on the disk. */
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import type { StorageFormat } from '../../../src-shared/acquisition/storage-options.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { type AcquisitionSummary, findAcquisitionSummary } from '../reading/acquisition-summary.ts'
import { FrameLogReader } from '../reading/frame-log-reader.ts'
import { unreadable } from '../reading/unreadable.ts'
import { leadsOut } from '../reading/without-links.ts'
import { recordingsFolder } from '../recordings-folder.ts'
import type { DatasetLayout, EachFrame } from '../storage/dataset-writer.ts'
import { rawFramesIn } from '../storage/raw-writer.ts'
import { completeOmeTiff } from '../storage/complete-ome-tiff.ts'
import { completeOmeZarr } from '../storage/ome-zarr/complete-ome-zarr.ts'
import { frameLogName } from './frame-log.ts'
import { mayBeUnderWay } from './may-be-under-way.ts'
import { writeSummary } from './recording-folder.ts'
import { ToldDamages } from './told-damages.ts'

/** A recording below the data folder. */
type RecordingPlace = { readonly day: string; readonly name: string }

/** One that another Coverslip may write, and how it looked: what writes changes that every second. */
export type DoubtfulRecording = RecordingPlace & { readonly looks: string }

/**
 * Completes all recordings below `dataFolder` that were interrupted, and tells of each. One that cannot be completed is
 * told of, too, and left as it is; nothing is ever removed.
 * @param among only these are looked at, and completed if they look as they did; absent: all.
 * @returns those that another Coverslip may be writing
 */
export async function completeInterrupted(
  dataFolder: string,
  alerts: AlertSink,
  among?: readonly DoubtfulRecording[],
): Promise<readonly DoubtfulRecording[]> {
  const recordings = join(dataFolder, recordingsFolder)
  const doubtful: DoubtfulRecording[] = []
  const damages = await ToldDamages.read(dataFolder)
  try {
    for (const place of among ?? (await placesIn(recordings))) {
      const looks = await completeOne(recordings, place, { alerts, damages })
      if (looks !== undefined) doubtful.push({ day: place.day, name: place.name, looks })
    }
    if (among === undefined) await damages.keep()
  } catch (error) {
    alerts.raise({
      id: 'recording:unreadable',
      severity: 'warning',
      source: 'Recording',
      message: `Recordings of before could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
      hint: `Check that ${recordings} is a folder that may be read.`,
    })
  }
  return doubtful
}

type Telling = { readonly alerts: AlertSink; readonly damages: ToldDamages }

/** @returns how it looks when another Coverslip may be writing it */
async function completeOne(
  recordings: string,
  { day, name, looks: before }: RecordingPlace & Partial<DoubtfulRecording>,
  { alerts, damages: told }: Telling,
): Promise<string | undefined> {
  const folder = join(recordings, day, name)
  let summary: AcquisitionSummary | undefined
  try {
    summary = await findAcquisitionSummary(folder)
  } catch (error) {
    const { message } = CoverslipError.from(error)
    if (told.isNew(`${day}/${name}`, message)) alerts.raise(damageAlert({ day, name }, message))
    return undefined
  }
  try {
    if (summary === undefined || summary.finish !== undefined) return undefined
    if (mayBeUnderWay(summary)) {
      const looks = await looksOf(folder, summary)
      if (looks !== before) return looks
    }
    const { frames, damages } = await completeDatasets(folder, summary)
    const finish = {
      reason: 'failed',
      message: 'It was interrupted, and completed at the next start',
    } as const
    await writeSummary(folder, { ...summary, finish })
    alerts.raise({
      id: `recording:interrupted:${day}/${name}`,
      severity: 'warning',
      source: 'Recording',
      message: [`${name} was interrupted; its ${frames} frames are kept`, ...damages].join('; '),
      hint: `It is in ${recordingsFolder}/${day}/${name}.`,
    })
  } catch (error) {
    alerts.raise({
      id: `recording:damaged:${day}/${name}`,
      severity: 'error',
      source: 'Recording',
      message: `${name} was interrupted and could not be completed: ${error instanceof Error ? error.message : String(error)}`,
      hint: `What was recorded is still in ${recordingsFolder}/${day}/${name}.`,
    })
  }
  return undefined
}

/** Of a recording whose `acquisition.json` cannot be read; the gallery goes on showing that it is damaged. */
function damageAlert({ day, name }: RecordingPlace, reason: string): Parameters<AlertSink['raise']>[0] {
  return {
    id: `recording:damaged:${day}/${name}`,
    severity: 'warning',
    source: 'Recording',
    message: `${name} is damaged: ${reason}`,
    hint: `Its images are still in ${recordingsFolder}/${day}/${name}; it is marked as damaged in the gallery. This is told once.`,
  }
}

/**
 * What changes as long as it is written, by itself (`DiskWatch` marks the folder) or with the next frame: never compared to
 * a clock, as that of another computer may show anything, and this one's may have been set.
 */
async function looksOf(folder: string, { datasets }: AcquisitionSummary): Promise<string> {
  const paths = [folder, ...datasets.map((dataset) => join(folder, dataset.folder, frameLogName))]
  const looks = paths.map(async (path) => {
    const stats = await lstat(path).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    })
    return `${stats?.mtimeMs} ${stats?.size}`
  })
  return (await Promise.all(looks)).join()
}

type Completed = {
  /** All cameras' together. */
  readonly frames: number
  /** What could not be read, for people. */
  readonly damages: readonly string[]
}

/** Completes the files of all cameras, from what their frame logs say. @throws CoverslipError DATA_FOLDER, UNREADABLE_IMAGE */
export async function completeDatasets(
  folder: string,
  { datasets, request }: AcquisitionSummary,
): Promise<Completed> {
  let frames = 0
  const damages: string[] = []
  for (const { folder: name, layout } of datasets) {
    const path = join(folder, name)
    if (await leadsOut(path, folder)) throw unreadable(path, 'it is a link to another place')
    const log = join(path, frameLogName)
    const { storage } = request
    const { count, damaged } = await countFrames(log)
    if (damaged > 0) damages.push(`${damaged} damaged lines of ${name}/${frameLogName} are left out`)
    const dataset = { folder: path, layout, frames: count }
    const eachFrame = (take: (record: KeptRecord) => void) => readFrames(log, take)
    const { missing, unreadable: planes } = await completeDataset(storage.format, dataset, eachFrame)
    damages.push(...planes.map(({ message }) => message))
    if (missing > 0) damages.push(`${missing} that ${name}/${frameLogName} names had not reached the disk`)
    frames += count - missing
  }
  return { frames, damages }
}

type InterruptedDataset = {
  readonly folder: string
  /** Undefined: no frame was reported. */
  readonly layout: DatasetLayout | undefined
  /** That were reported as written. */
  readonly frames: number
}

/** @returns how many of the frames are not there any more, and which planes cannot be read */
async function completeDataset(
  format: StorageFormat,
  { folder, layout, frames }: InterruptedDataset,
  eachFrame: EachFrame,
): Promise<{ readonly missing: number; readonly unreadable: readonly Error[] }> {
  if (layout === undefined) return { missing: 0, unreadable: [] }
  switch (format) {
    case 'ome-tiff':
      return { ...(await completeOmeTiff(folder, layout, eachFrame)), unreadable: [] }
    case 'ome-zarr':
      return completeOmeZarr(folder, layout, eachFrame)
    case 'raw':
      return { missing: Math.max(0, frames - (await rawFramesIn(folder, layout))), unreadable: [] }
    case 'video':
      return { missing: 0, unreadable: [] }
  }
}

type KeptRecord = Extract<FrameRecord, { kind: 'frame' }>

/** Goes through the frames of a frame log; there is none where it ended before its first one. @returns damaged lines */
async function readFrames(path: string, take: (record: KeptRecord) => void): Promise<number> {
  let read = 0
  const log = new FrameLogReader(path, (record) => {
    read += 1
    if (record.kind === 'frame') take(record)
  })
  await log.scan()
  return log.lines - read
}

async function countFrames(path: string) {
  let count = 0
  const damaged = await readFrames(path, () => {
    count += 1
  })
  return { count, damaged }
}

async function placesIn(recordings: string): Promise<readonly RecordingPlace[]> {
  const places: RecordingPlace[] = []
  for (const day of await foldersIn(recordings))
    for (const name of await foldersIn(join(recordings, day))) places.push({ day, name })
  return places
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
}
