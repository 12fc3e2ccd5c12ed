/** What ffmpeg prints when it is asked for the sizes and formats of a camera of this computer. */
import type { CaptureMode } from '../program/ffmpeg-arguments.ts'
import { lines } from './device-list.ts'

/** Most modes of a camera; more would help nobody. */
const maxModes = 200
const maxSide = 65_535

/**
 * Linux: `ffmpeg -f v4l2 -list_formats all -i /dev/video0`:
 * `Raw       :     yuyv422 :           YUYV 4:2:2 : 640x480 1280x720`, or a range `{32-2592, 2}x{32-1944, 2}`.
 */
export function parseV4l2Modes(text: string): readonly CaptureMode[] {
  const modes = lines(text).flatMap((line) => {
    const [, encoding, sizes] = /^(?:Raw|Compressed)\s*:\s*(\w+)\s*:.*?:\s*(.+)$/.exec(line) ?? []
    if (encoding === undefined || encoding === 'Unsupported' || sizes === undefined) return []
    const largest = /\{\d+-(\d+), *\d+\}\s*x\s*\{\d+-(\d+), *\d+\}/.exec(sizes)
    const found = largest === null ? [...sizes.matchAll(/(\d+)x(\d+)/g)] : [largest]
    return found.map(([, width, height]) => mode(width, height, encoding, { isCodec: false }))
  })
  return tidy(modes)
}

/**
 * Windows: `ffmpeg -f dshow -list_options true -i video=NAME`:
 * `pixel_format=yuyv422  min s=640x480 fps=5 max s=640x480 fps=30`, or `vcodec=mjpeg  min s=...`.
 */
export function parseDshowModes(text: string): readonly CaptureMode[] {
  const modes = lines(text).flatMap((line) => {
    const [, kind, encoding, width, height, rate] =
      /^\s*(pixel_format|vcodec)=(\w+)\s+min s=\S+ fps=\S+ max s=(\d+)x(\d+) fps=([\d.]+)/.exec(line) ?? []
    if (encoding === undefined) return []
    return [mode(width, height, encoding, { isCodec: kind === 'vcodec', maxRate: Number(rate) })]
  })
  return tidy(modes)
}

/**
 * macOS: there is no listing, but a camera that is asked for a rate it does not have prints
 * `Supported modes:` and lines of `640x480@[15.000000 30.000000]fps`.
 */
export function parseAvfoundationModes(text: string): readonly CaptureMode[] {
  const modes = lines(text).flatMap((line) => {
    const [, width, height, rates] = /^\s*(\d+)x(\d+)@\[([\d. ]+)\]fps/.exec(line) ?? []
    if (rates === undefined) return []
    const maxRate = Math.max(...rates.trim().split(/\s+/).map(Number))
    return [mode(width, height, undefined, { isCodec: false, maxRate })]
  })
  return tidy(modes)
}

/** What the user reads: `1280 × 720 mjpeg, up to 30 /s`. */
export function modeLabel({ width, height, encoding, maxRate }: CaptureMode): string {
  const rate = maxRate === undefined ? '' : `, up to ${Math.round(maxRate * 100) / 100} /s`
  return `${width} × ${height}${encoding === undefined ? '' : ` ${encoding}`}${rate}`
}

function mode(
  width: string | undefined,
  height: string | undefined,
  encoding: string | undefined,
  details: { readonly isCodec: boolean; readonly maxRate?: number },
): CaptureMode {
  return { width: Number(width), height: Number(height), encoding, maxRate: undefined, ...details }
}

/** Possible sizes, each once, largest first. */
function tidy(modes: readonly CaptureMode[]): readonly CaptureMode[] {
  const isSide = (side: number) => side > 0 && side <= maxSide
  const possible = modes.filter(({ width, height }) => isSide(width) && isSide(height))
  const byLabel = new Map(possible.map((item) => [modeLabel(item), item]))
  return [...byLabel.values()].sort((a, b) => b.width * b.height - a.width * a.height).slice(0, maxModes)
}
