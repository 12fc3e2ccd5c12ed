/** The files that videos go into. */
import { Mp4OutputFormat, Output, StreamTarget, WebMOutputFormat } from 'mediabunny'
import type { ExportChoices } from './export-choices.ts'
import type { ExportFile } from './export-file.ts'

/** Formats of an export that are videos. */
export type VideoFormat = Extract<ExportChoices['format'], 'mp4' | 'webm'>

/** What the encoder has to know. */
export type VideoOptions = Pick<ExportChoices, 'quality'> & {
  readonly format: VideoFormat
  /** Pictures per second, where that is the same throughout, and one at least. */
  readonly perSecond: number | undefined
}

/** Written at a time, bytes. */
const chunkSize = 2 ** 20

/** A file of encoded pictures, which is written as they come; before it is started it needs its track. */
export function videoOutput(file: ExportFile, format: VideoFormat): Output {
  return new Output({
    // Its index at the end: players that want it first are those of web pages.
    format: format === 'mp4' ? new Mp4OutputFormat({ fastStart: false }) : new WebMOutputFormat(),
    target: new StreamTarget(file.stream, { chunked: true, chunkSize }),
  })
}
