/** How well frames have arrived lately: counts since the start say little after an hour. */
import type { CameraHealth } from '../../../src-shared/devices.ts'

/** A camera's health at one time. */
export type HealthSample = { readonly atMs: number; readonly health: CameraHealth }

/** How long a trouble stays in the words, ms. */
const memoryMs = 60_000
/** Samples that follow each other faster replace one another: a device tells of its health with each of its changes. */
const apartMs = 400

/** `samples` with a new one: what is older than a minute is dropped, and all of it when the camera began to count anew. */
export function withSample(samples: readonly HealthSample[], sample: HealthSample): readonly HealthSample[] {
  const last = samples.at(-1)
  if (last?.health === sample.health) return samples
  if (last === undefined || sample.health.frames < last.health.frames) return [sample]
  const kept = samples.length > 1 && sample.atMs - last.atMs < apartMs ? samples.slice(0, -1) : samples
  // One sample from before that minute is kept, to count from.
  const from = kept.findLastIndex(({ atMs }) => atMs <= sample.atMs - memoryMs)
  return [...kept.slice(Math.max(0, from)), sample]
}

/** What has come, and been lost, over a time. */
export type RecentCounts = {
  readonly frames: number
  readonly incompleteFrames: number
  readonly lostPackets: number
  readonly resendRequests: number
  readonly resentPackets: number
  /** Undefined where the camera does not count them. */
  readonly packets: number | undefined
}

/** What was counted over the time of `samples`; since the camera's start while there is but one. */
export function recentCounts(samples: readonly HealthSample[]): RecentCounts | undefined {
  const last = samples.at(-1)?.health
  if (last === undefined) return undefined
  const first = samples.length > 1 ? samples[0]?.health : undefined
  const since = (key: 'frames' | 'incompleteFrames' | 'lostPackets' | 'resendRequests' | 'resentPackets') =>
    Math.max(0, (last[key] ?? 0) - (first?.[key] ?? 0))
  return {
    frames: since('frames'),
    incompleteFrames: since('incompleteFrames'),
    lostPackets: since('lostPackets'),
    resendRequests: since('resendRequests'),
    resentPackets: since('resentPackets'),
    packets: last.packets === undefined ? undefined : Math.max(0, last.packets - (first?.packets ?? 0)),
  }
}
