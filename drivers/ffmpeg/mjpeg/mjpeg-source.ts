import { type ClientRequest, get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import jpegTurbo from '@julusian/jpeg-turbo'
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameReceiver, FrameSource, VideoFormat } from '../frame-source.ts'
import { type VideoAddress, withoutAddresses } from '../video-address.ts'
import type { VideoOptions } from '../video-options.ts'
import { type JpegImage, JpegSplitter } from './jpeg-splitter.ts'

/** Longest image that is taken, bytes. */
const maxJpegBytes = 32 * 2 ** 20
/** Types that are known to hold JPEG images. Some cameras say nothing, or octet-stream. */
const imageTypes = /^(?:multipart\/|image\/jpe?g|application\/octet-stream|video\/x-motion-jpeg|$)/i

type Run = {
  readonly request: ClientRequest
  readonly receiver: FrameReceiver
  readonly pixelFormat: VideoFormat | 'native'
  readonly gone: Promise<void>
  watchdog: NodeJS.Timeout | undefined
  images: number
  isOver: boolean
}

/** An HTTP stream of JPEG images, as ESP32-CAM, Raspberry Pi, OpenFlexure and ustreamer serve; decoded here. */
export class MjpegSource implements FrameSource {
  readonly #address: Extract<VideoAddress, { kind: 'http' | 'rtsp' }>
  readonly #options: VideoOptions
  #run: Run | undefined

  constructor(address: Extract<VideoAddress, { kind: 'http' | 'rtsp' }>, options: VideoOptions) {
    this.#address = address
    this.#options = options
  }

  start(receiver: FrameReceiver, pixelFormat: VideoFormat | 'native'): void {
    const { url } = this.#address
    const { timeoutS, user, password } = this.#options
    const name = user ?? decodeURIComponent(url.username)
    const secret = password ?? decodeURIComponent(url.password)
    const bare = new URL(url)
    bare.username = ''
    bare.password = ''
    const request = (bare.protocol === 'https:' ? getHttps : getHttp)(bare, {
      agent: false,
      headers: { accept: 'multipart/x-mixed-replace, image/jpeg', 'user-agent': 'Coverslip' },
      ...(name === '' && secret === '' ? {} : { auth: `${name}:${secret}` }),
    })
    const gone = new Promise<void>((resolve) => request.once('close', () => resolve()))
    const run: Run = { request, receiver, pixelFormat, gone, watchdog: undefined, images: 0, isOver: false }
    this.#run = run
    run.watchdog = setTimeout(() => this.#fail(run, `no image came for ${timeoutS} s`), timeoutS * 1000)
    request.on('response', (response) => this.#take(run, response))
    request.on('error', (error) => this.#fail(run, error.message))
    request.on('close', () => this.#fail(run, 'the connection was closed'))
  }

  async stop(): Promise<void> {
    const run = this.#run
    if (run === undefined) return
    this.#finish(run)
    await run.gone
  }

  #take(run: Run, response: IncomingMessage): void {
    const { statusCode = 0, headers } = response
    const type = headers['content-type'] ?? ''
    response.on('error', (error) => this.#fail(run, error.message))
    if (statusCode !== 200) {
      response.resume()
      return this.#fail(
        run,
        `it answers ${statusCode} ${response.statusMessage ?? ''}`,
        statusAdvice(response),
      )
    }
    if (!imageTypes.test(type)) {
      response.resume()
      const hint = 'For other video than MJPEG, set the option "through" to "ffmpeg".'
      return this.#fail(
        run,
        `it sends ${JSON.stringify(type.slice(0, 100))}, which is no stream of JPEG images`,
        hint,
      )
    }
    const splitter = new JpegSplitter(
      {
        image: (image) => this.#deliver(run, image),
        damaged: (problem) => run.receiver.damaged(this.#damaged(problem)),
      },
      maxJpegBytes,
    )
    response.on('data', (piece: Buffer) => {
      if (run.isOver) return
      splitter.write(piece, process.hrtime.bigint())
    })
    response.on('end', () => {
      const single = run.images === 1 && /^image\//i.test(type)
      const hint = 'This address gives one image: give that of the video stream.'
      this.#fail(run, run.images === 0 ? 'it sent no image and ended' : 'it ended', single ? hint : undefined)
    })
  }

  #deliver(run: Run, { file, width, height, components }: JpegImage): void {
    if (run.isOver) return
    run.images += 1
    // By images, not by bytes: a server may send something else for ever.
    run.watchdog?.refresh()
    const native = components === 1 ? 'Mono8' : 'RGB8'
    const pixelFormat = run.pixelFormat === 'native' ? native : run.pixelFormat
    const target = run.receiver.begin({ width, height, pixelFormat })
    if (target === undefined) return
    const pixels = Buffer.from(target.buffer, target.byteOffset, target.length)
    const jpeg = Buffer.from(file.buffer, file.byteOffset, file.length)
    const format = pixelFormat === 'RGB8' ? jpegTurbo.FORMAT_RGB : jpegTurbo.FORMAT_GRAY
    try {
      jpegTurbo.decompressSync(jpeg, pixels, { format })
    } catch (error) {
      run.receiver.damaged(this.#damaged(error instanceof Error ? error.message : String(error)))
      return
    }
    run.receiver.complete()
  }

  #damaged(problem: string): CoverslipError {
    return new CoverslipError(
      'DEVICE_FAILED',
      `${this.#address.shown} sent a damaged JPEG image: ${problem}`,
      {
        hint: 'If this happens often, the network or the camera’s power supply is too weak.',
      },
    )
  }

  #fail(run: Run, reason: string, hint?: string): void {
    if (run.isOver) return
    this.#finish(run)
    const { shown } = this.#address
    run.receiver.ended(
      new CoverslipError('DEVICE_UNAVAILABLE', `No video from ${shown}: ${withoutAddresses(reason, shown)}`, {
        hint: hint ?? 'Check the address, and that the camera is on and in the same network.',
      }),
    )
  }

  #finish(run: Run): void {
    if (this.#run === run) this.#run = undefined
    clearTimeout(run.watchdog)
    run.isOver = true
    run.request.destroy()
  }
}

function statusAdvice({ statusCode, headers }: IncomingMessage): string | undefined {
  if (statusCode === 401 || statusCode === 403) {
    const digest = headers['www-authenticate']?.toLowerCase().startsWith('digest') === true
    return digest
      ? 'Give the options "user" and "password", and set "through" to "ffmpeg": this camera wants a digest.'
      : 'Check user name and password: the options "user" and "password".'
  }
  if (statusCode === 404)
    return 'Check the path in the address: the camera’s manual or its web page names it.'
  if (statusCode !== undefined && statusCode >= 300 && statusCode < 400)
    return 'It sends browsers on to another address: give that one.'
  return undefined
}
