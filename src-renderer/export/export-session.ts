/** One export inside its worker: planes in, a file out. */
import type { DisplayError } from '../display/display-types.ts'
import { describeError } from '../display/image-painter.ts'
import { NoWebGl2Error } from '../display/image-renderer.ts'
import { keepsValues } from './export-choices.ts'
import { ExportFile } from './export-file.ts'
import type { ExportJob, ExportPicture, ExportReport, ExportRequest } from './export-messages.ts'
import { GifFile } from './gif-file.ts'
import { OmeTiffFile } from './ome-tiff-file.ts'
import { RawPictures, ShownPictures } from './picture-files.ts'
import { PictureDrawer } from './picture-drawer.ts'
import { PlaneDecoder } from './plane-decoder.ts'
import type { PictureSink } from './picture-sink.ts'
import { encodesVideo, WebCodecsVideo } from './webcodecs-video.ts'

/** What an export is made with. */
type Making = {
  readonly file: ExportFile
  readonly type: string
  /** Largest width and height of planes that it can draw. */
  readonly maxSize: number
  add(picture: ExportPicture): Promise<void>
  finish(): Promise<void>
}

export class ExportSession {
  readonly #report: (report: ExportReport) => void
  readonly #decoder = new PlaneDecoder()
  #making: Promise<Making> | undefined
  #last: Promise<void> = Promise.resolve()

  constructor(report: (report: ExportReport) => void) {
    this.#report = report
  }

  /** Answers requests one after the other, whenever they come. */
  handle(request: ExportRequest): Promise<void> {
    this.#last = this.#last.then(() => this.#handle(request))
    return this.#last
  }

  async #handle(request: ExportRequest): Promise<void> {
    try {
      if (request.type === 'begin') this.#making = this.#begin(request.job)
      const making = await this.#making
      if (making === undefined) throw new Error('An export that was not begun')
      if (request.type === 'begin') return this.#report({ type: 'begun', maxSize: making.maxSize })
      if (request.type === 'picture') await making.add(request.picture)
      if (request.type !== 'finish') return this.#report({ type: 'ready' })
      await making.finish()
      const { file, type } = making
      this.#report({ type: 'finished', bytes: file.bytes, download: file.download(type) })
    } catch (error) {
      this.#report({ type: 'failed', error: told(error) })
    }
  }

  async #begin(job: ExportJob): Promise<Making> {
    const file = await ExportFile.open(job.file)
    const type = contentTypes[job.format]
    if (keepsValues(job.format)) {
      const values = job.format === 'tiff' ? new OmeTiffFile(job.stack, file) : new RawPictures(file)
      const add = ({ layers, name, place }: ExportPicture) =>
        this.#decoder.with(layers, async (planes) => {
          for (const { channel, facts, image } of planes)
            await values.add(image, { name, place, channel, facts })
        })
      return { file, type, maxSize: Infinity, add, finish: () => values.finish() }
    }
    const drawer = new PictureDrawer(job)
    const sink = await sinkOf(job, drawer.context, file)
    const add = (picture: ExportPicture) =>
      this.#decoder.with(picture.layers, async (planes) => {
        drawer.draw(planes, picture)
        await sink.add(picture)
      })
    return { file, type, maxSize: drawer.maxSize, add, finish: () => sink.finish() }
  }
}

const contentTypes: Readonly<Record<ExportJob['format'], string>> = {
  mp4: 'video/mp4',
  webm: 'video/webm',
  gif: 'image/gif',
  png: 'application/zip',
  tiff: 'image/tiff',
  raw: 'application/zip',
}

async function sinkOf(
  { format, quality }: ExportJob,
  context: OffscreenCanvasRenderingContext2D,
  file: ExportFile,
): Promise<PictureSink> {
  const { canvas } = context
  switch (format) {
    case 'gif':
      return new GifFile(context, file)
    case 'png':
      return new ShownPictures(canvas, file)
    case 'tiff':
    case 'raw':
      throw new Error('Raw values are not drawn')
    case 'mp4':
    case 'webm': {
      if (await encodesVideo({ format, quality }, canvas))
        return WebCodecsVideo.open(canvas, file, { format, quality })
      // 32 MB that most browsers never need.
      const { FfmpegVideo } = await import('./ffmpeg-video.ts')
      return FfmpegVideo.open(context, file, { format, quality })
    }
  }
}

function told(error: unknown): DisplayError {
  return error instanceof NoWebGl2Error ? error.display : describeError(error)
}
