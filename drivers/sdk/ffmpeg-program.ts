/** The ffmpeg program, which USB and network cameras and the recording of video have in common. */
import { execFile } from 'node:child_process'
import { CoverslipError } from '../../src-shared/errors.ts'

/** Versions that are known to understand what they are asked for: 4.0 and later. */
const oldest = { major: 4, minor: 0 }
const versionTimeoutMs = 10_000
/** Most output of a listing, bytes. */
const maxOutputBytes = 2 ** 20

/** The ffmpeg that was found. */
export type FfmpegProgram = {
  readonly path: string
  /** Undefined for builds from the development tree, which have no number. */
  readonly version: { readonly major: number; readonly minor: number } | undefined
}

/** How to install ffmpeg on this system: the beginning of a sentence, without its full stop. */
export function installAdvice(platform: NodeJS.Platform = process.platform): string {
  switch (platform) {
    case 'win32':
      return 'Install it by "winget install Gyan.FFmpeg" and start Coverslip again'
    case 'darwin':
      return 'Install it by "brew install ffmpeg" (brew.sh)'
    default:
      return 'Install it by "sudo apt install ffmpeg" (or your system’s package manager)'
  }
}

/**
 * Looks whether ffmpeg is there, and which version.
 * @param hint what to do when it is not.
 * @throws CoverslipError DEVICE_UNAVAILABLE when it is missing or too old, with how to install it.
 */
export async function findFfmpeg(
  path = 'ffmpeg',
  { signal, hint = `${installAdvice()}.` }: { readonly signal?: AbortSignal; readonly hint?: string } = {},
): Promise<FfmpegProgram> {
  const { error, stdout } = await run(path, ['-version'], signal)
  if (error !== undefined && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES')) {
    throw new CoverslipError('DEVICE_UNAVAILABLE', `The program ${path} is not installed`, { hint })
  }
  const name = /^ffmpeg version (\S+)/.exec(stdout)?.[1]
  if (name === undefined) {
    throw new CoverslipError('DEVICE_UNAVAILABLE', `${path} does not say that it is ffmpeg`, { hint })
  }
  const version = parseVersion(name)
  if (
    version !== undefined &&
    (version.major < oldest.major || (version.major === oldest.major && version.minor < oldest.minor))
  ) {
    throw new CoverslipError(
      'DEVICE_UNAVAILABLE',
      `ffmpeg ${name} is too old: ${oldest.major}.${oldest.minor} is needed`,
      { hint },
    )
  }
  return { path, version }
}

/** `5.1.9-0+deb12u1` and `n6.0` have a number; `N-12345-gabcdef` and `git-2024-…` have none. */
export function parseVersion(name: string): FfmpegProgram['version'] {
  const match = /^n?(\d+)\.(\d+)/.exec(name)
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) }
}

/** Builds without a number are of the development tree. */
export function isSince({ version }: FfmpegProgram, major: number, minor: number): boolean {
  return version === undefined || version.major > major || (version.major === major && version.minor >= minor)
}

/** Output as it comes, with its times: no frame twice, none left out. */
export function everyFrameArguments(program: FfmpegProgram): readonly string[] {
  return [isSince(program, 5, 1) ? '-fps_mode' : '-vsync', 'passthrough']
}

/**
 * Lines that are no complaint: ffmpeg's description of its input and output, whose details are indented, and the closing
 * statistics (`frame=   30 fps=…`, `video:6750kB audio:0kB …`, since 6.1 after `[out#0/image2pipe @ 0x…] `). Nor is what
 * it says of every JPEG, whose full range of brightness has a pixel format that is out of fashion.
 */
const narration =
  /^(?:\s|(?:Input|Output) #\d|Stream mapping:|Press \[q\]|(?:\[out#\d[^\]]*\] )?(?:frame=|video:)|.*deprecated pixel format used)/

/** The last complaints of what ffmpeg has printed, in one line; empty when there is none. */
export function lastWords(printed: string): string {
  return printed
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '' && !narration.test(line))
    .slice(-3)
    .map((line) => line.trim())
    .join(' / ')
    .slice(0, 500)
}

/** What ffmpeg prints when it is asked for a list: it always ends as if that had failed. */
export async function listing(path: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const { stdout, stderr } = await run(path, ['-hide_banner', '-nostdin', ...args], signal)
  return `${stdout}\n${stderr}`
}

function run(
  path: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<{ readonly error: Error | undefined; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const options = {
      timeout: versionTimeoutMs,
      maxBuffer: maxOutputBytes,
      windowsHide: true,
      // It may hang in a device driver, deaf to anything less.
      killSignal: 'SIGKILL' as const,
      ...(signal && { signal }),
    }
    execFile(path, args, options, (error, stdout, stderr) =>
      resolve({ error: error ?? undefined, stdout, stderr }),
    )
  })
}
