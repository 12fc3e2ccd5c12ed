/** Reads `frames.jsonl` (src-shared/acquisition/frame-record.ts), which may be gigabytes, and may be growing. */
import { open } from 'node:fs/promises'
import { type FrameRecord, frameRecordSchema } from '../../../src-shared/acquisition/frame-record.ts'
import { readWithoutLinks } from '../../open-flags.ts'
import type { FrameRecords } from './dataset-reader.ts'
import { reasonOf, unreadable } from './unreadable.ts'

const chunkBytes = 2 ** 20
/** What is longer is damaged. */
const longestLine = 2 ** 20
/** The place of every so-many-th line is remembered. */
const linesPerMark = 1000
/** The first and the last frame are within so many bytes of the beginning and the end. */
const endBytes = 64 * 1024

type KeptRecord = Extract<FrameRecord, { kind: 'frame' }>

export class FrameLogReader {
  readonly #path: string
  readonly #onRecord: ((record: FrameRecord) => void) | undefined
  /** Where lines 0, 1000, 2000 … begin, and how many of those before them are frames. */
  readonly #marks: { readonly at: number; readonly frames: number }[] = [{ at: 0, frames: 0 }]
  #lines = 0
  #frames = 0
  /** Bytes of the lines that were counted. */
  #counted = 0
  readonly #losses = { lost: 0, skipped: 0, incomplete: 0 }
  #scanning: Promise<void> = Promise.resolve()

  /** @param onRecord called once with each record that can be read, in order, as `scan` comes to it. */
  constructor(path: string, onRecord?: (record: FrameRecord) => void) {
    this.#path = path
    this.#onRecord = onRecord
  }

  /** Whole lines that `scan` has gone through, damaged ones among them. */
  get lines(): number {
    return this.#lines
  }

  /** Bytes of the log; undefined when there is none. */
  async size(): Promise<number | undefined> {
    return this.#withFile(async (file) => (await file.stat()).size)
  }

  /** Goes through the lines that have been added since it was called last; a line that is not whole waits. */
  scan(): Promise<void> {
    const scan = this.#scanning.then(() => this.#withFile((file) => this.#scan(file)))
    this.#scanning = scan.then(
      () => undefined,
      () => undefined,
    )
    return scan.then(() => undefined)
  }

  /** Records `offset` to `offset + limit`; damaged lines are left out. @throws CoverslipError UNREADABLE_IMAGE */
  async records({
    offset,
    limit,
  }: {
    readonly offset: number
    readonly limit: number
  }): Promise<FrameRecords> {
    await this.scan()
    const records: FrameRecord[] = []
    await this.#withFile(async (file) => {
      const mark = Math.min(this.#marks.length - 1, Math.floor(offset / linesPerMark))
      let line = mark * linesPerMark
      const range = { from: this.#marks[mark]?.at ?? 0, to: this.#counted }
      await eachLine(file, range, (text) => {
        if (line >= offset) records.push(...parsed(text))
        line += 1
        return line < offset + limit
      })
    })
    return { records, total: this.#lines }
  }

  /** The record of the frame with the number `place`. @throws as `records` */
  async frame(place: number): Promise<FrameRecord | undefined> {
    if (place >= this.#frames) await this.scan()
    const from = this.#marks.findLast(({ frames }) => frames <= place)?.at ?? 0
    let found: FrameRecord | undefined
    await this.#withFile((file) =>
      eachLine(file, { from, to: this.#counted }, (text) => {
        if (isFrame(text))
          for (const record of parsed(text))
            if (record.kind === 'frame' && record.place === place) found = record
        return found === undefined
      }),
    )
    return found
  }

  /**
   * How many frames of the camera, and images of the plan, are not in the file, and how many frames have pixels missing.
   * Asked again, it reads what has been added. @throws as `records`
   */
  async losses(): Promise<{ readonly lost: number; readonly skipped: number; readonly incomplete: number }> {
    await this.scan()
    return { ...this.#losses }
  }

  /** Seconds between the time points of a recording, on average, by its first and last frame; undefined with fewer than two. */
  async meanTimeStepS(): Promise<number | undefined> {
    const [first, last] = [await this.#firstFrame(), await this.lastFrame()]
    if (first === undefined || last === undefined) return undefined
    const steps = (last.index.t ?? 0) - (first.index.t ?? 0)
    const elapsedS = last.elapsedS - first.elapsedS
    return steps > 0 && elapsedS > 0 ? elapsedS / steps : undefined
  }

  async #firstFrame(): Promise<KeptRecord | undefined> {
    let first: KeptRecord | undefined
    await this.#withFile((file) =>
      eachLine(file, { from: 0, to: endBytes }, (text) => {
        for (const record of parsed(text)) if (record.kind === 'frame') first = record
        return first === undefined
      }),
    )
    return first
  }

  /** The last frame that was logged; undefined when there is none. */
  async lastFrame(): Promise<KeptRecord | undefined> {
    return this.#withFile(async (file) => {
      const { size } = await file.stat()
      const bytes = Buffer.alloc(Math.min(size, endBytes))
      const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length)
      const lines = bytes.toString('utf8', 0, bytesRead).split('\n')
      // What follows the last newline is not whole.
      for (const line of lines.slice(0, -1).toReversed())
        for (const record of parsed(line)) if (record.kind === 'frame') return record
      return undefined
    })
  }

  async #scan(file: Awaited<ReturnType<typeof open>>): Promise<void> {
    const { size } = await file.stat()
    await eachLine(file, { from: this.#counted, to: size }, (text, end) => {
      const isUnremarkable = isFrame(text) && !text.includes('"incomplete":')
      for (const record of this.#onRecord === undefined && isUnremarkable ? [] : parsed(text)) {
        this.#onRecord?.(record)
        this.#countLosses(record)
      }
      this.#lines += 1
      if (isFrame(text)) this.#frames += 1
      this.#counted = end
      if (this.#lines % linesPerMark === 0) this.#marks.push({ at: end, frames: this.#frames })
      return true
    })
  }

  #countLosses(record: FrameRecord): void {
    if (record.kind === 'frame' && record.incomplete === true) this.#losses.incomplete += 1
    if (record.kind === 'lost') this.#losses.lost += record.last - record.first + 1
    if (record.kind === 'skipped') this.#losses.skipped += 1
  }

  async #withFile<Result>(
    work: (file: Awaited<ReturnType<typeof open>>) => Promise<Result>,
  ): Promise<Result | undefined> {
    let file: Awaited<ReturnType<typeof open>>
    try {
      file = await open(this.#path, readWithoutLinks)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw unreadable(this.#path, reasonOf(error), error)
    }
    try {
      if (!(await file.stat()).isFile()) throw unreadable(this.#path, 'it is not a file')
      return await work(file)
    } finally {
      await file.close()
    }
  }
}

/** Calls `line` with each whole line of a part of a file and the place of its end, until it returns false. */
async function eachLine(
  file: Awaited<ReturnType<typeof open>>,
  part: { readonly from: number; readonly to: number },
  line: (text: string, end: number) => boolean,
): Promise<void> {
  const chunk = Buffer.alloc(chunkBytes)
  let rest = Buffer.alloc(0)
  let isTooLong = false
  let at = part.from
  while (at < part.to) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunkBytes, part.to - at), at)
    if (bytesRead === 0) return
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    const base = at - rest.length
    at += bytesRead
    let start = 0
    for (;;) {
      const newline = bytes.indexOf(10, start)
      if (newline === -1) break
      if (!line(isTooLong ? '' : bytes.toString('utf8', start, newline), base + newline + 1)) return
      isTooLong = false
      start = newline + 1
    }
    rest = Buffer.from(bytes.subarray(start))
    if (rest.length > longestLine) isTooLong = true
    if (isTooLong) rest = Buffer.alloc(0)
  }
}

/** As they are written: `kind` comes first. */
const isFrame = (line: string): boolean => line.startsWith('{"kind":"frame"')

/** The record of a line; none where it is damaged. */
function parsed(line: string): readonly FrameRecord[] {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
  const record = frameRecordSchema.safeParse(value)
  return record.success ? [record.data] : []
}
