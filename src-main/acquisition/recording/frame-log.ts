import { join } from 'node:path'
import type { FrameRecord } from '../../../src-shared/acquisition/frame-record.ts'
import { AppendFile } from '../storage/append-file.ts'

/** File beside each dataset: see docs/file-formats.md. */
export const frameLogName = 'frames.jsonl'

/** `frames.jsonl`: one line per frame, in the order in which they were written, and one per gap. */
export class FrameLog {
  readonly #file: AppendFile

  private constructor(file: AppendFile) {
    this.#file = file
  }

  /** @throws CoverslipError DATA_FOLDER */
  static async create(folder: string): Promise<FrameLog> {
    return new FrameLog(await AppendFile.create(join(folder, frameLogName)))
  }

  /** Resolves when the operating system has the line. @throws CoverslipError DATA_FOLDER */
  append(record: FrameRecord): Promise<void> {
    return this.#file.append([Buffer.from(`${JSON.stringify(record)}\n`)])
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
