/**
 * ImSwitch's settings of a stream (its 12 keys) beside ours: translation, and what ImSwitch remembers per protocol and
 * per detector. The truth about a running stream is the engine's.
 */
import { z } from 'zod'
import type { ActiveStream } from '../../../src-shared/live-view.ts'
import {
  type Protocol,
  protocolSchema,
  type StreamParams,
  type StreamParamsPatch,
} from '../../../src-shared/stream-params.ts'
import { frameRateOf, throttleMsOf } from '../throttle.ts'
import { type IceServerLists, iceServerLists, readIceServers } from './ice-servers.ts'

/** Exactly these keys are in replies. */
export type ImSwitchParams = IceServerLists & {
  readonly detector_name: string | null
  readonly protocol: Protocol
  readonly compression_algorithm: string
  readonly compression_level: number
  readonly subsampling_factor: number
  readonly throttle_ms: number
  readonly crop_size: number
  readonly jpeg_quality: number
  readonly max_width: number
  readonly broadcast_frames: boolean
}

const number = z.coerce.number()

/** What clients send: any of the keys; others are ignored, as are names of detector and protocol. */
export const imswitchPatchSchema = z
  .object({
    compression_algorithm: z.string().max(40),
    compression_level: number,
    subsampling_factor: number,
    throttle_ms: number,
    crop_size: number,
    jpeg_quality: number,
    stun_servers: z.array(z.unknown()).max(20).transform(readIceServers),
    turn_servers: z.array(z.unknown()).max(20).transform(readIceServers),
    max_width: number,
    broadcast_frames: z.boolean(),
  })
  .partial()
type ImSwitchPatch = z.infer<typeof imswitchPatchSchema>

const defaults: Omit<ImSwitchParams, 'protocol'> = {
  detector_name: null,
  compression_algorithm: 'lz4',
  compression_level: 0,
  subsampling_factor: 4,
  throttle_ms: 50,
  crop_size: 0,
  jpeg_quality: 80,
  stun_servers: [],
  turn_servers: [],
  max_width: 1280,
  broadcast_frames: true,
}

/** ImSwitch sends no wider video, whatever is asked for. */
const widestVideo = 1280

const whole = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, Math.round(value)))

/** The same settings as the engine takes them; what it has not is left out, what is out of range moved into it. */
export function enginePatch(params: ImSwitchParams): StreamParamsPatch {
  const rate = {
    frameRate: frameRateOf(params.throttle_ms),
    cropSize: whole(params.crop_size, 0, 65_535),
  }
  const subsampling = whole(params.subsampling_factor, 1, 16)
  switch (params.protocol) {
    case 'binary': {
      // Their decoder knows neither our pre-filter nor Zstandard.
      const compression = params.compression_algorithm === 'none' ? 'none' : 'lz4'
      return { ...rate, subsampling, compression, filter: 'none' }
    }
    case 'jpeg':
    case 'mjpeg':
      return { ...rate, subsampling, quality: whole(params.jpeg_quality, 1, 100) }
    case 'webrtc': {
      const asked = params.max_width > 0 ? params.max_width : widestVideo
      const iceServers = [...params.stun_servers, ...params.turn_servers]
      return { ...rate, maxWidth: whole(asked, 64, widestVideo), iceServers }
    }
  }
}

/** `params` with what a running stream really does. */
function withTruth(params: ImSwitchParams, engine: StreamParams): ImSwitchParams {
  const common = {
    ...params,
    protocol: engine.protocol,
    throttle_ms: throttleMsOf(engine.frameRate),
    crop_size: engine.cropSize,
  }
  switch (engine.protocol) {
    case 'binary':
      return {
        ...common,
        subsampling_factor: engine.subsampling,
        compression_algorithm: engine.compression,
        compression_level: engine.compression === 'zstd' ? engine.level : 0,
      }
    case 'jpeg':
    case 'mjpeg':
      return { ...common, subsampling_factor: engine.subsampling, jpeg_quality: engine.quality }
    case 'webrtc':
      return { ...common, max_width: engine.maxWidth, ...iceServerLists(engine.iceServers) }
  }
}

/** What ImSwitch remembers of streams while it runs. */
export class StreamSettings {
  readonly #global = new Map<Protocol, ImSwitchParams>(
    protocolSchema.options.map((protocol) => [protocol, { ...defaults, protocol }]),
  )
  readonly #saved = new Map<string, ImSwitchParams>()

  /** The settings of a protocol. */
  of(protocol: Protocol): ImSwitchParams {
    return this.#global.get(protocol) ?? { ...defaults, protocol }
  }

  /** The settings of a protocol as they would be with `patch`. */
  withPatch(protocol: Protocol, patch: ImSwitchPatch): ImSwitchParams {
    return merged(this.of(protocol), patch)
  }

  changeProtocol(protocol: Protocol, patch: ImSwitchPatch): ImSwitchParams {
    const changed = this.withPatch(protocol, patch)
    this.#global.set(protocol, changed)
    return changed
  }

  /** Changes what is saved of a detector, beginning with the defaults of `jpeg` where nothing is. */
  changeDetector(detectorName: string, patch: ImSwitchPatch): ImSwitchParams {
    return this.save(detectorName, merged(this.#saved.get(detectorName) ?? this.of('jpeg'), patch))
  }

  /** Changes what a detector streams by: what is not in `patch` stays as it is, whoever has set it. */
  changeStream(stream: ActiveStream, patch: ImSwitchPatch): ImSwitchParams {
    const { detectorName, params } = stream
    return this.save(detectorName, merged(this.ofStream(detectorName, params), patch))
  }

  save(detectorName: string, params: ImSwitchParams): ImSwitchParams {
    const saved = { ...params, detector_name: detectorName }
    this.#saved.set(detectorName, saved)
    return saved
  }

  /** Detectors of which something is saved, with that; what streams has what it streams by. */
  perDetector(streams: readonly ActiveStream[]): Map<string, ImSwitchParams> {
    const all = new Map(this.#saved)
    for (const { detectorName, params } of streams) all.set(detectorName, this.ofStream(detectorName, params))
    return all
  }

  /** What a running stream has. */
  ofStream(detectorName: string, params: StreamParams): ImSwitchParams {
    const saved = this.#saved.get(detectorName)
    const base = saved?.protocol === params.protocol ? saved : this.of(params.protocol)
    return { ...withTruth(base, params), detector_name: detectorName }
  }

  /** What a start uses: what it gives, else what is saved of the detector, else the protocol's. */
  resolve(detectorName: string, protocol: Protocol, given: ImSwitchPatch): ImSwitchParams {
    const global = this.of(protocol)
    const saved = this.#saved.get(detectorName)
    if (Object.values(given).some((value) => value !== undefined)) return merged(global, given)
    if (saved === undefined) return global
    if (saved.protocol === protocol) return saved
    const { subsampling_factor, throttle_ms, crop_size } = saved
    return { ...global, subsampling_factor, throttle_ms, crop_size }
  }
}

function merged(params: ImSwitchParams, patch: ImSwitchPatch): ImSwitchParams {
  const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
  const next: ImSwitchParams = { ...params, ...given }
  // What this server would not do is not promised either.
  const algorithm = next.compression_algorithm === 'none' ? 'none' : 'lz4'
  return {
    ...next,
    compression_algorithm: algorithm,
    // LZ4 has no levels, and frames go to whoever wants them.
    compression_level: 0,
    broadcast_frames: true,
    ...iceServerLists([...next.stun_servers, ...next.turn_servers]),
    subsampling_factor: whole(next.subsampling_factor, 1, 16),
    throttle_ms: whole(next.throttle_ms, 1, 10_000),
    crop_size: whole(next.crop_size, 0, 65_535),
    jpeg_quality: whole(next.jpeg_quality, 1, 100),
    max_width: whole(next.max_width, 0, 4096),
  }
}
