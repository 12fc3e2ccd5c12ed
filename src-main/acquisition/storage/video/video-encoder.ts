/** The encoders of ffmpeg that videos are made by, and what they are told. */
import { everyFrameArguments, type FfmpegProgram } from '../../../../drivers/sdk/ffmpeg-program.ts'
import type { StorageOptions } from '../../../../src-shared/acquisition/storage-options.ts'

/** What the user chose of a video. */
export type VideoOptions = Extract<StorageOptions, { format: 'video' }>
type VideoContainer = VideoOptions['container']

export type VideoEncoder = {
  /** As ffmpeg names it. */
  readonly name: string
  /** Arguments before the input: a device to be opened. */
  readonly device: readonly string[]
  /** The encoder with its settings, and the filters before it. */
  readonly settings: readonly string[]
}

/** An encoder that was found to work, and the ffmpeg that has it. */
export type ChosenEncoder = { readonly program: FfmpegProgram; readonly encoder: VideoEncoder }

/** How good: 0 to 100. */
type Quality = number

/** `quality` 0 to 100 on a scale that goes from `worst` to `best`. */
const onScale = (
  quality: Quality,
  { worst, best }: { readonly worst: number; readonly best: number },
): string => String(Math.round(worst + ((best - worst) * quality) / 100))

/** Constant rate factors: of x264 18 is hardly told from the original; of libvpx about 20. */
const crfH264 = (quality: Quality) => onScale(quality, { worst: 45, best: 12 })
const crfVpx = (quality: Quality) => onScale(quality, { worst: 60, best: 10 })

// Without B-frames pictures leave in the order of their times, which begin at 0 in MP4 without edit lists, too.
const h264 = (name: string, ...settings: readonly string[]): VideoEncoder => ({
  name,
  device: [],
  settings: ['-c:v', name, ...settings, '-bf', '0'],
})

/** Encoders in software for `container`, the best first. */
export function softwareEncoders(container: VideoContainer, quality: Quality): readonly VideoEncoder[] {
  if (container === 'webm') {
    const vpx = (name: string, ...settings: readonly string[]): VideoEncoder => ({
      name,
      device: [],
      settings: ['-c:v', name, '-deadline', 'realtime', '-crf', crfVpx(quality), ...settings],
    })
    return [
      vpx('libvpx-vp9', '-cpu-used', '7', '-row-mt', '1', '-b:v', '0'),
      // Of VP8 the rate is the upper limit.
      vpx('libvpx', '-cpu-used', '8', '-b:v', '50M'),
    ]
  }
  return [
    h264('libx264', '-preset', 'veryfast', '-crf', crfH264(quality)),
    // Has no constant quality: up to 20 Mbit/s.
    { name: 'libopenh264', device: [], settings: ['-c:v', 'libopenh264', '-b:v', '20M'] },
  ]
}

/** Encoders of graphics cards, for H.264 in MP4 and MKV; of WebM there is none that most cards have. */
export function hardwareEncoders(container: VideoContainer, quality: Quality): readonly VideoEncoder[] {
  if (container === 'webm') return []
  const crf = crfH264(quality)
  switch (process.platform) {
    case 'darwin':
      return [h264('h264_videotoolbox', '-q:v', onScale(quality, { worst: 1, best: 100 }))]
    case 'win32':
      return [
        h264('h264_nvenc', '-rc', 'vbr', '-cq', crf, '-b:v', '0'),
        h264('h264_qsv', '-global_quality', crf),
        h264('h264_amf', '-rc', 'cqp', '-qp_i', crf, '-qp_p', crf),
      ]
    default:
      return [
        h264('h264_nvenc', '-rc', 'vbr', '-cq', crf, '-b:v', '0'),
        h264('h264_qsv', '-global_quality', crf),
        {
          name: 'h264_vaapi',
          device: ['-vaapi_device', '/dev/dri/renderD128'],
          settings: ['-vf', 'format=nv12,hwupload', '-c:v', 'h264_vaapi', '-qp', crf, '-bf', '0'],
        },
      ]
  }
}

/** FFV1 version 3, every picture on its own, with checksums: decoding gives the very pixels. */
export const losslessEncoder: VideoEncoder = {
  name: 'ffv1',
  device: [],
  settings: ['-c:v', 'ffv1', '-level', '3', '-g', '1', '-slicecrc', '1'],
}

/** How a container writes times: its unit, s, as ffmpeg takes it, and in µs. */
const timeBases: Readonly<Record<VideoContainer, { readonly base: string; readonly us: number }>> = {
  mp4: { base: '1:1000000', us: 1 },
  mkv: { base: '1:1000', us: 1000 },
  webm: { base: '1:1000', us: 1000 },
}

/** Times of pictures in `container` are at least this far apart, µs. */
export const shortestUs = (container: VideoContainer): number => timeBases[container].us

/**
 * The muxer, cutting the file into pieces of about a second that are on the disk when they are complete: it plays up to
 * there, whatever ends the writing.
 */
const muxers: Readonly<Record<VideoContainer, readonly string[]>> = {
  mp4: [
    ...['-f', 'mp4', '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
    ...['-video_track_timescale', '1000000'],
  ],
  mkv: ['-f', 'matroska', '-cluster_time_limit', '1000'],
  webm: ['-f', 'webm', '-cluster_time_limit', '1000'],
}

/** What a video says of itself. */
export type VideoNotes = { readonly title: string; readonly comment: string }

/** Where a video has `DatasetLayout.metadata`, as JSON: a tag that all containers have. It comes with the pictures. */
export const metadataTag = 'SYNOPSIS'

/** For video that is looked at: a key frame each second, and what the kernels' I420 means, as players would guess. */
const seenArguments = [
  ...['-force_key_frames', 'expr:gte(t,n_forced)'],
  ...['-color_range', 'tv', '-colorspace', 'smpte170m'],
]

/** ffmpeg's arguments up to its output; pictures (`rawVideoHeader`) come by its standard input. */
export function encodingArguments(
  { program, encoder }: ChosenEncoder,
  container: VideoContainer,
): readonly string[] {
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error'],
    ...encoder.device,
    ...['-f', 'matroska', '-i', 'pipe:0', '-map', '0:v:0'],
    ...everyFrameArguments(program),
    ...['-enc_time_base', timeBases[container].base],
    ...encoder.settings,
    ...(encoder.name === 'ffv1' ? [] : seenArguments),
  ]
}

/**
 * The arguments that follow, for a file that is not there yet.
 * @param file.path without anything before it: it may look like an address all the same.
 */
export function fileArguments(file: {
  readonly container: VideoContainer
  readonly path: string
  readonly notes: VideoNotes
}): readonly string[] {
  const { container, path, notes } = file
  return [
    ...['-metadata', `title=${notes.title}`, '-metadata', `comment=${notes.comment}`],
    ...muxers[container],
    ...['-flush_packets', '1', '-n', `file:${path}`],
  ]
}
