/** After a crash: recordings that were never completed are, from what lies on the disk. */
import { readdir, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import { type AcquisitionSummary, findAcquisitionSummary } from '../reading/acquisition-summary.ts'
import { FrameLogReader } from '../reading/frame-log-reader.ts'
import { unreadable } from '../reading/unreadable.ts'
import { leadsOut } from '../reading/without-links.ts'
import { recordingsFolder } from '../recordings-folder.ts'
import { completeOmeTiff } from '../storage/complete-ome-tiff.ts'
import { completeOmeZarr } from '../storage/ome-zarr/complete-ome-zarr.ts'
import { frameLogName } from './frame-log.ts'
import { writeSummary } from './recording-folder.ts'

/** A recording below the data folder. */
export type RecordingPlace = { readonly day: string; readonly name: string }

/**
 * Completes all recordings below `dataFolder` that were interrupted, and tells of each. One that cannot be completed is
 * told of, too, and left as it is; nothing is ever removed.
 * @param among only these are looked at; absent: all.
 * @returns those that another Coverslip seems to write
 */
export async function completeInterrupted(
  dataFolder: string,
  alerts: AlertSink,
  among?: readonly RecordingPlace[],
): Promise<readonly RecordingPlace[]> {
  const recordings = join(dataFolder, recordingsFolder)
  const underWay: RecordingPlace[] = []
  try {
    for (const place of among ?? (await placesIn(recordings)))
      if ((await completeOne(recordings, place, alerts)) === 'underWay') underWay.push(place)
  } catch (error) {
    alerts.raise({
      id: 'recording:unreadable',
      severity: 'warning',
      source: 'Recording',
      message: `Recordings of before could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
      hint: `Check that ${recordings} is a folder that may be read.`,
    })
  }
  return underWay
}

async function completeOne(
  recordings: string,
  { day, name }: RecordingPlace,
  alerts: AlertSink,
): Promise<'underWay' | 'done'> {
  const folder = join(recordings, day, name)
  try {
    const summary = await findAcquisitionSummary(folder)
    if (summary === undefined || summary.finish !== undefined) return 'done'
    if (await isUnderWay(folder, summary)) return 'underWay'
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
  return 'done'
}

/** A process that lives on but has not looked at the disk for so long is another one with the same number. */
export const silentMs = 60_000

/**
 * Another Coverslip may record to the same data folder, also that of another computer: it marks the folder every few
 * seconds (`DiskWatch`).
 */
async function isUnderWay(folder: string, { pid, host }: AcquisitionSummary): Promise<boolean> {
  const isHere = host === undefined || host === hostname()
  if (isHere && (pid === process.pid || !isAlive(pid))) return false
  return Date.now() - (await stat(folder)).mtimeMs < silentMs
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
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
    frames += count
    if (damaged > 0) damages.push(`${damaged} damaged lines of ${name}/${frameLogName} are left out`)
    if (layout === undefined) continue
    const eachFrame = (take: (record: KeptRecord) => void) => readFrames(log, take)
    if (storage.format === 'ome-tiff') await completeOmeTiff(path, layout, eachFrame)
    if (storage.format === 'ome-zarr') {
      const completed = await completeOmeZarr(path, layout, eachFrame)
      damages.push(...completed.unreadable.map(({ message }) => message))
    }
  }
  return { frames, damages }
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
