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

  /** Frames that were lost and images that were skipped, camera by camera, and logs that cannot be read, for people. */
  async remarksOn(folder: string, item: OpenedItem): Promise<readonly string[]> {
    const logs = this.#logs.get(item) ?? logsOf(folder, item)
    this.#logs.set(item, logs)
    const remarks: string[] = []
    for (const each of logs) {
      try {
        remarks.push(...(await lossesIn(each)))
      } catch (error) {
        remarks.push(CoverslipError.from(error).message)
      }
    }
    return remarks
  }
}

/** @throws CoverslipError UNREADABLE_IMAGE */
async function lossesIn({ place, camera, log }: CameraLog): Promise<readonly string[]> {
  if (log.lines === 0 && ((await log.size()) ?? 0) > longestLog)
    return [`Whether frames of ${camera} were lost stands in ${place}, which is long`]
  const { lost, skipped, incomplete } = await log.losses()
  return [
    ...(lost > 0 ? [`${lost} frames of ${camera} were lost`] : []),
    ...(incomplete > 0 ? [`${incomplete} frames of ${camera} have pixels missing: they are 0`] : []),
    ...(skipped > 0 ? [`${skipped} images of ${camera} were skipped`] : []),
  ]
}

function logsOf(folder: string, { summary }: OpenedItem): readonly CameraLog[] {
  return (summary?.datasets ?? []).map(({ folder: part, layout }) => ({
    place: `${part}/${frameLogName}`,
    camera: layout?.camera.name ?? part,
    log: new FrameLogReader(join(folder, part, frameLogName)),
  }))
}
