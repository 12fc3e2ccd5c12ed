import type { DiscoveredConnection } from '../../sdk/driver.ts'
import { findFfmpeg, type FfmpegProgram, listing } from '../../sdk/ffmpeg-program.ts'
import type { CaptureMode } from '../program/ffmpeg-arguments.ts'
import { programAdvice } from '../program/ffmpeg-failure.ts'
import type { VideoAddress } from '../video-address.ts'
import { parseAvfoundationModes, parseDshowModes, parseV4l2Modes } from './capture-modes.ts'
import { parseAvfoundationDevices, parseDshowDevices } from './device-list.ts'
import { listV4l2 } from './v4l2-devices.ts'

/**
 * The cameras that are plugged into this computer. On Linux the system lists them; on Windows and macOS ffmpeg does.
 * @throws CoverslipError DEVICE_UNAVAILABLE where ffmpeg is needed and missing.
 */
export async function localCameras(signal: AbortSignal): Promise<readonly DiscoveredConnection[]> {
  switch (process.platform) {
    case 'win32':
      return listed(
        'dshow',
        parseDshowDevices,
        ['-f', 'dshow', '-list_devices', 'true', '-i', 'dummy'],
        signal,
      )
    case 'darwin':
      return listed(
        'avfoundation',
        parseAvfoundationDevices,
        ['-f', 'avfoundation', '-list_devices', 'true', '-i', ''],
        signal,
      )
    default:
      return (await listV4l2()).map(({ device, title, serialNumber }) => ({
        address: `v4l2:${device}`,
        title,
        detail: device,
        ...(serialNumber === undefined ? {} : { serialNumber }),
      }))
  }
}

async function listed(
  kind: 'dshow' | 'avfoundation',
  parse: typeof parseDshowDevices,
  args: readonly string[],
  signal: AbortSignal,
): Promise<readonly DiscoveredConnection[]> {
  const { path } = await findFfmpeg(undefined, { signal, hint: programAdvice() })
  const devices = parse(await listing(path, args, signal))
  return devices.map(({ device, title }) => ({ address: `${kind}:${device}`, title }))
}

/** The sizes and encodings of a camera of this computer; none where it does not tell. */
export async function captureModes(
  where: Extract<VideoAddress, { device: string }>,
  { path }: FfmpegProgram,
): Promise<readonly CaptureMode[]> {
  switch (where.kind) {
    case 'v4l2':
      return parseV4l2Modes(await listing(path, ['-f', 'v4l2', '-list_formats', 'all', '-i', where.device]))
    case 'dshow':
      return parseDshowModes(
        await listing(path, ['-f', 'dshow', '-list_options', 'true', '-i', `video=${where.device}`]),
      )
    case 'avfoundation':
      // A rate that no camera has makes it list those that it has.
      return parseAvfoundationModes(
        await listing(path, ['-f', 'avfoundation', '-framerate', '10000', '-i', `${where.device}:none`]),
      )
  }
}
