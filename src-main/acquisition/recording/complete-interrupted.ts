/** After a crash: recordings that were never completed are, from what lies on the disk. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type FrameRecord, frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import { recordingsFolder } from '../recordings-folder.ts'
import { completeOmeTiff } from '../storage/complete-ome-tiff.ts'
import { completeOmeZarr } from '../storage/ome-zarr/complete-ome-zarr.ts'
import { frameLogName } from './frame-log.ts'
import { readSummary, type AcquisitionSummary, summaryName, writeSummary } from './recording-folder.ts'

/**
 * Completes all recordings below `dataFolder` that were interrupted, and tells of each. One that cannot be completed is
 * told of, too, and left as it is; nothing is ever removed.
 */
export async function completeInterrupted(dataFolder: string, alerts: AlertSink): Promise<void> {
  const recordings = join(dataFolder, recordingsFolder)
  try {
    for (const day of await foldersIn(recordings))
      for (const name of await foldersIn(join(recordings, day)))
        await completeOne(recordings, { day, name }, alerts)
  } catch (error) {
    alerts.raise({
      id: 'recording:unreadable',
      severity: 'warning',
      source: 'Recording',
      message: `Recordings of before could not be looked at: ${error instanceof Error ? error.message : String(error)}`,
      hint: `Check that ${recordings} is a folder that may be read.`,
    })
  }
}

async function completeOne(
  recordings: string,
  { day, name }: { readonly day: string; readonly name: string },
  alerts: AlertSink,
): Promise<void> {
  const folder = join(recordings, day, name)
  try {
    const summary = await readSummary(folder)
    if (summary === undefined || summary.finish !== undefined) return
    if (await isUnderWay(folder, summary)) return
    const frames = await completeDatasets(folder, summary)
    const finish = {
      reason: 'failed',
      message: 'It was interrupted, and completed at the next start',
    } as const
    await writeSummary(folder, { ...summary, finish })
    alerts.raise({
      id: `recording:interrupted:${day}/${name}`,
      severity: 'warning',
      source: 'Recording',
      message: `${name} was interrupted; its ${frames} frames are kept`,
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
}

/** A process that lives on but has written nothing for so long is another one with the same number. */
const silentMs = 60_000

/** Another Coverslip may record to the same data folder. */
async function isUnderWay(folder: string, { pid, datasets }: AcquisitionSummary): Promise<boolean> {
  if (pid === process.pid || !isAlive(pid)) return false
  const logs = datasets.map((dataset) => join(folder, dataset.folder, frameLogName))
  const times = await Promise.all(
    [join(folder, summaryName), ...logs].map(
      async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0,
    ),
  )
  return Date.now() - Math.max(...times) < silentMs
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

/**
 * Completes the files of all cameras, from what their frame logs say.
 * @returns how many frames they have, all together. @throws CoverslipError DATA_FOLDER
 */
export async function completeDatasets(folder: string, summary: AcquisitionSummary): Promise<number> {
  let frames = 0
  for (const dataset of summary.datasets) {
    const records = await readFrameLog(join(folder, dataset.folder, frameLogName))
    const kept = records.filter((record) => record.kind === 'frame')
    frames += kept.length
    const { format } = summary.request.storage
    if (dataset.layout === undefined) continue
    if (format === 'ome-tiff') await completeOmeTiff(join(folder, dataset.folder), dataset.layout, kept)
    if (format === 'ome-zarr') await completeOmeZarr(join(folder, dataset.folder), dataset.layout, kept)
  }
  return frames
}

/** The whole lines of a frame log; the last one may have been cut off in the middle. */
async function readFrameLog(path: string): Promise<readonly FrameRecord[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    // It ended before its first frame.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  const lines = text.split('\n')
  lines.pop()
  return lines.map((line) => frameRecordSchema.parse(JSON.parse(line)))
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
}
