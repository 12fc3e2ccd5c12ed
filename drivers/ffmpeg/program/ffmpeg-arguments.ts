import { everyFrameArguments, type FfmpegProgram, isSince } from '../../sdk/ffmpeg-program.ts'
import type { VideoFormat } from '../frame-source.ts'
import type { VideoAddress } from '../video-address.ts'
import type { VideoOptions } from '../video-options.ts'

/** How a camera of this computer is to be run. */
export type CaptureMode = {
  readonly width: number
  readonly height: number
  /** `mjpeg`, `yuyv422` …: what the camera sends, by ffmpeg's name; undefined: what it likes. */
  readonly encoding: string | undefined
  /** Whether `encoding` is a codec and no pixel format (DirectShow tells them apart). */
  readonly isCodec: boolean
  /** Most frames per second, as far as it is known. */
  readonly maxRate: number | undefined
}

/** What the camera shall deliver; undefined: as it likes. */
export type CaptureSettings = {
  readonly mode: CaptureMode | undefined
  readonly frameRate: number | undefined
}

/** What an input of a network camera may open: never a file of this computer. */
const networkProtocols = 'rtsp,rtsps,rtp,srtp,udp,tcp,tls,crypto,http,https,httpproxy'

/** How much later than we ffmpeg gives up a server that is silent, s; what we say then tells more. */
const extraTimeoutS = 2

/** What comes before the input's name, and that. */
export function inputArguments(
  address: VideoAddress,
  options: VideoOptions,
  capture: CaptureSettings,
  program: FfmpegProgram,
): string[] {
  const live = ['-fflags', 'nobuffer', '-flags', 'low_delay']
  const timeoutUs = String(Math.round((options.timeoutS + extraTimeoutS) * 1e6))
  switch (address.kind) {
    case 'rtsp':
      return [
        ...live,
        '-protocol_whitelist',
        networkProtocols,
        '-rtsp_transport',
        options.transport,
        // Before 5.0 -timeout had it wait for a caller.
        isSince(program, 5, 0) ? '-timeout' : '-stimeout',
        timeoutUs,
        '-i',
        withUser(address.url, options),
      ]
    case 'http':
      return [
        ...live,
        '-protocol_whitelist',
        networkProtocols,
        '-rw_timeout',
        timeoutUs,
        '-i',
        withUser(address.url, options),
      ]
    case 'v4l2':
      return [...live, '-f', 'v4l2', ...captureArguments(capture, '-input_format'), '-i', address.device]
    case 'dshow': {
      const encoding = capture.mode?.isCodec === true ? '-vcodec' : '-pixel_format'
      // Frames wait here while the program is busy; ffmpeg's own default holds less than one large frame.
      return [
        ...live,
        '-f',
        'dshow',
        '-rtbufsize',
        '256M',
        ...captureArguments(capture, encoding),
        '-i',
        `video=${address.device}`,
      ]
    }
    case 'avfoundation':
      return [
        ...live,
        '-f',
        'avfoundation',
        ...captureArguments(capture, '-pixel_format'),
        '-i',
        `${address.device}:none`,
      ]
  }
}

function captureArguments({ mode, frameRate }: CaptureSettings, encodingOption: string): string[] {
  return [
    ...(frameRate === undefined ? [] : ['-framerate', String(frameRate)]),
    ...(mode === undefined ? [] : ['-video_size', `${mode.width}x${mode.height}`]),
    ...(mode?.encoding === undefined ? [] : [encodingOption, mode.encoding]),
  ]
}

const outputs = {
  Mono8: ['-c:v', 'pgm', '-pix_fmt', 'gray'],
  Mono16: ['-c:v', 'pgm', '-pix_fmt', 'gray16be'],
  RGB8: ['-c:v', 'ppm', '-pix_fmt', 'rgb24'],
} as const satisfies Record<VideoFormat, readonly string[]>

/** Every frame as it comes, one image after the other, to standard output. */
export function outputArguments(pixelFormat: VideoFormat, program: FfmpegProgram): string[] {
  return [
    '-map',
    '0:v:0',
    ...everyFrameArguments(program),
    '-f',
    'image2pipe',
    ...outputs[pixelFormat],
    'pipe:1',
  ]
}

/** The address with the user name and password of the options, where they are given. */
function withUser(url: URL, { user, password }: VideoOptions): string {
  const full = new URL(url)
  if (user !== undefined) full.username = encodeURIComponent(user)
  if (password !== undefined) full.password = encodeURIComponent(password)
  return full.href
}

/**
 * The format that suits what ffmpeg says of its input, e.g. `Stream #0:0: Video: rawvideo (Y16 / …), gray16le, 640x480`:
 * colour unless it is grey, and 16 bits where it is deeper than 8.
 */
export function nativeFormat(messages: string): VideoFormat | undefined {
  const format = /Stream #0:\d+.*?: Video: [^\n]*?, (\w+)(?:\([^)]*\))?, \d+x\d+/.exec(messages)?.[1]
  if (format === undefined) return undefined
  if (!format.startsWith('gray') && !format.startsWith('mono')) return 'RGB8'
  return /^gray(?:9|1[0-6])/.test(format) ? 'Mono16' : 'Mono8'
}
