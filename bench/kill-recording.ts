/**
 * Kills the process of a recording (SIGKILL) at random moments, and reads what is left, by our own reader and by tifffile
 * and numpy:
 *     node bench/kill-recording.ts [--times 20] [--seed 1] [--folder somewhere]
 * Every frame that had been reported as written must be there; otherwise it ends with an error.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { storageOptionsSchema } from '../src-shared/acquisition/storage-options.ts'
import { killRecording, readKept } from '../tests/fixtures/killed-recording.ts'
import { python } from '../tests/fixtures/peer-programs.ts'

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const storages = [
  { format: 'ome-tiff' },
  { format: 'raw' },
  { format: 'ome-zarr' },
  { format: 'ome-zarr', compression: 'zstd' },
] as const
// These go through the system's cache, those past it.
const small = { width: 40, height: 30, frameRate: 200 }
const large = { width: 1024, height: 1024, frameRate: 100 }
const longestMs = 1500
const readable = fileURLToPath(new URL('../tests/peers/recording-readable.py', import.meta.url))

/** 0 to 1: a linear congruential generator (Numerical Recipes). */
let state = Number(values.seed)
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}

let failed = false
const rows: object[] = []
for (let i = 0; i < Number(values.times); i++) {
  const dataFolder = await mkdtemp(join(values.folder, 'coverslip-kill-'))
  try {
    const storage = storageOptionsSchema.parse(storages[i % storages.length])
    const { format } = storage
    const driver = Math.floor(i / storages.length) % 2 === 0 ? small : large
    const afterMs = Math.round(random() * longestMs)
    const reported = await killRecording({ dataFolder, storage, driver, afterMs })
    const [kept = { folder: '', sequences: [], wrong: [] }] = await readKept(dataFolder)
    const byPython =
      format === 'ome-zarr' || kept.sequences.length === 0
        ? undefined
        : (JSON.parse(execFileSync(python, [readable, kept.folder], { encoding: 'utf8' })) as {
            frames: number
            wrong: number[]
          })
    const inOrder = kept.sequences.every((sequence, at) => sequence === (kept.sequences[0] ?? 0) + at)
    const good =
      inOrder &&
      kept.sequences.length >= reported &&
      kept.wrong.length === 0 &&
      (byPython === undefined || (byPython.frames >= reported && byPython.wrong.length === 0))
    failed ||= !good
    rows.push({
      format: storage.format === 'ome-zarr' ? `${format} ${storage.compression}` : format,
      width: driver.width,
      'killed after ms': afterMs,
      reported,
      kept: kept.sequences.length,
      'by tifffile or numpy': byPython?.frames ?? '–',
      good,
    })
  } finally {
    await rm(dataFolder, { recursive: true, force: true })
  }
}
console.table(rows)
if (failed) throw new Error('Frames that were reported as written are missing')
