/** After a crash or a power cut: recordings that were never completed are, from what lies on the disk. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FrameRecord, frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import type { AlertSink } from '../../../src-shared/alerts.ts'
import { recordingsFolder } from '../recordings-folder.ts'
import { completeOmeTiff } from '../storage/complete-ome-tiff.ts'
import { frameLogName } from './frame-log.ts'
import { readSummary, type RecordingSummary, writeSummary } from './recording-folder.ts'

/**
 * Completes all recordings below `dataFolder` that were interrupted, and tells of each. One that cannot be completed is
 * told of, too, and left as it is; nothing is ever removed.
 */
export async function completeInterrupted(dataFolder: string, alerts: AlertSink): Promise<void> {
  const recordings = join(dataFolder, recordingsFolder)
  for (const day of await foldersIn(recordings)) {
    for (const name of await foldersIn(join(recordings, day))) {
      const folder = join(recordings, day, name)
      try {
        const summary = await readSummary(folder)
        if (summary === undefined || summary.finish !== undefined) continue
        const frames = await complete(folder, summary)
        alerts.raise({
          id: `recording:interrupted:${day}/${name}`,
          severity: 'warning',
          source: 'Recording',
          message: `${name} was interrupted; its ${frames} frames are kept`,
          hint: folder,
        })
      } catch (error) {
        alerts.raise({
          id: `recording:damaged:${day}/${name}`,
          severity: 'error',
          source: 'Recording',
          message: `${name} was interrupted and could not be completed: ${error instanceof Error ? error.message : String(error)}`,
          hint: `What was recorded is still in ${folder}.`,
        })
      }
    }
  }
}

/** @returns how many frames it has, all cameras together */
async function complete(folder: string, summary: RecordingSummary): Promise<number> {
  let frames = 0
  for (const dataset of summary.datasets) {
    const records = await readFrameLog(join(folder, dataset.folder, frameLogName))
    const kept = records.filter((record) => record.kind === 'frame')
    frames += kept.length
    if (summary.request.storage.format === 'ome-tiff' && dataset.layout !== undefined)
      await completeOmeTiff(join(folder, dataset.folder), dataset.layout, kept)
  }
  const finish = { reason: 'failed', message: 'It was interrupted, and completed at the next start' } as const
  await writeSummary(folder, { ...summary, finish })
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
