/** What is missing of acquisitions by their frame logs, which are read on as they grow. */
import { join } from 'node:path'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { FrameLogReader } from '../reading/frame-log-reader.ts'
import { frameLogName } from '../recording/frame-log.ts'
import type { OpenedItem } from './open-item.ts'

/** Longer logs are not gone through for that only. */
const longestLog = 64 * 2 ** 20

type CameraLog = {
  /** Its path, from the acquisition's folder on. */
  readonly place: string
  readonly camera: string
  readonly log: FrameLogReader
}

export class ItemLosses {
  readonly #logs = new WeakMap<OpenedItem, readonly CameraLog[]>()

  /**
   * Frames that were lost and images that were skipped, camera by camera, for people.
   */
  async remarksOn(folder: string, item: OpenedItem): Promise<readonly string[]> {
    const logs = this.#logs.get(item) ?? logsOf(folder, item)
    this.#logs.set(item, logs)
    const remarks: string[] = []
    for (const { place, camera, log } of logs) {
      if (log.lines === 0 && (await sizeOf(log)) > longestLog) {
        remarks.push(`Whether frames of ${camera} were lost stands in ${place}, which is long`)
        continue
      }
      remarks.push(...(await lossesOf(log, camera)))
    }
    return remarks
  }
}

/** One that cannot be read says so: it keeps nothing else from being shown. */
async function lossesOf(log: FrameLogReader, camera: string): Promise<readonly string[]> {
  try {
    const { lost, skipped, incomplete } = await log.losses()
    return [
      ...(lost > 0 ? [`${lost} frames of ${camera} were lost`] : []),
      ...(incomplete > 0 ? [`${incomplete} frames of ${camera} have pixels missing: they are 0`] : []),
      ...(skipped > 0 ? [`${skipped} images of ${camera} were skipped`] : []),
    ]
  } catch (error) {
    return [CoverslipError.from(error).message]
  }
}

/** 0 where it cannot be read: `losses` says why. */
const sizeOf = async (log: FrameLogReader) => (await log.size().catch(() => undefined)) ?? 0

function logsOf(folder: string, { summary }: OpenedItem): readonly CameraLog[] {
  return (summary?.datasets ?? []).map(({ folder: part, layout }) => ({
    place: `${part}/${frameLogName}`,
    camera: layout?.camera.name ?? part,
    log: new FrameLogReader(join(folder, part, frameLogName)),
  }))
}
