import { CoverslipError } from '../../../src-shared/errors.ts'
import type { FrameInfo } from '../../../src-shared/frames/frame-info.ts'
import { imageBytes } from '../../../src-shared/frames/pixel-format.ts'
import { unixNowMs } from '../../../src-shared/frames/unix-clock.ts'
import type { StreamParams, WebrtcParams } from '../../../src-shared/stream-params.ts'
import type { VideoFrameNote } from '../../../src-shared/webrtc.ts'
import { DisplayWindow } from '../encoders/display-window.ts'
import { FrameMeter } from '../encoders/frame-meter.ts'
import type { MadeFrame, MakerRequest, StreamMaker } from '../stream-maker.ts'
import type { Post } from '../stream-messages.ts'
import type { VideoSettings } from './peer-messages.ts'
import { PeerProcesses } from './peer-processes.ts'
import { VideoArea, type VideoPicture } from './video-area.ts'

type Options = {
  readonly params: WebrtcParams
  readonly post: Post
  /** Another frame may be made. */
  ready(): void
}

type Loaded = {
  readonly area: VideoArea
  readonly startedMs: number
  /** Why it cannot be made into video. */
  readonly failure?: CoverslipError
}

/** Makes video of frames and gives it to the peer processes, which encode it for each viewer. */
export class VideoMaker implements StreamMaker {
  readonly #processes: PeerProcesses
  readonly #meter = new FrameMeter()
  readonly #window = new DisplayWindow()
  /** While one frame is on its way to the processes, the next is made. */
  readonly #free = [new VideoArea(), new VideoArea()]
  #params: WebrtcParams
  #loaded: Loaded | undefined

  constructor({ params, post, ready }: Options) {
    this.#params = params
    this.#processes = new PeerProcesses({
      settings: settingsOf(params),
      tell: (event) => post({ type: 'peer', event }),
      fault: (error) => post({ type: 'fault', error: error.serialize() }),
      ready,
    })
  }

  get wanted(): boolean {
    return this.#processes.viewers > 0
  }

  get hasRoom(): boolean {
    return this.#processes.hasRoom && (this.#loaded !== undefined || this.#free.length > 0)
  }

  load(pixels: Uint8Array, info: FrameInfo): void {
    const area = this.#loaded?.area ?? this.#free.pop()
    if (area === undefined) throw new Error('load() while all areas are busy')
    const startedMs = performance.now()
    this.#loaded = { area, startedMs }
    try {
      area.load(pixels, info, this.#params)
    } catch (error) {
      // For `make`, so that this frame fails and the stream goes on.
      this.#loaded = { area, startedMs, failure: CoverslipError.from(error) }
    }
  }

  async make(info: FrameInfo): Promise<MadeFrame> {
    if (this.#loaded === undefined) throw new Error('make() without load()')
    const { area, startedMs, failure } = this.#loaded
    this.#loaded = undefined
    let picture: VideoPicture
    try {
      if (failure !== undefined) throw failure
      picture = area.prepare({ meter: this.#meter, window: this.#window })
    } catch (error) {
      this.#free.push(area)
      throw CoverslipError.from(error)
    }
    const encodeMs = performance.now() - startedMs
    await new Promise<void>((resolve) => {
      this.#processes.send({ ...picture, note: JSON.stringify(noteOf(info, picture)), sent: resolve })
    })
    this.#free.push(area)
    const { region, planes } = picture
    return {
      encodeMs,
      rawBytes: imageBytes(info.pixelFormat, region.width, region.height),
      bytes: planes.length,
    }
  }

  setParams(params: StreamParams): void {
    if (params.protocol !== 'webrtc') {
      throw new CoverslipError('UNKNOWN_PROTOCOL', `A webrtc stream does not send ${params.protocol}`)
    }
    const before = this.#params
    this.#params = params
    if (before.codec === params.codec && before.bitrateKbps === params.bitrateKbps) return
    this.#processes.change(settingsOf(params))
  }

  handle(request: MakerRequest): void {
    if (request.type === 'call') this.#processes.call(request)
  }

  close(): Promise<void> {
    return this.#processes.close()
  }
}

const settingsOf = ({ codec, bitrateKbps }: WebrtcParams): VideoSettings => ({ codec, bitrateKbps })

function noteOf(info: FrameInfo, picture: VideoPicture): Omit<VideoFrameNote, 'encodedAtMs'> {
  const { width, height, region, scale, window } = picture
  return {
    type: 'frame',
    sequence: info.sequence,
    capturedAtMs: unixNowMs() - Number(process.hrtime.bigint() - info.timestampNs) / 1e6,
    width,
    height,
    scale,
    cropX: region.x,
    cropY: region.y,
    ...(info.pixelSizeUm === undefined ? {} : { pixelSizeUm: info.pixelSizeUm * scale }),
    ...(info.stage === undefined ? {} : { stage: info.stage }),
    window,
  }
}
