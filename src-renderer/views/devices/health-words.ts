/** Camera health in plain words: what is wrong, what that means, what to do. */
import { type CameraHealth, type PropertyDescriptor, standardProperty } from '../../../src-shared/devices.ts'
import { compact, count, fixed } from '../../components/format.ts'
import type { RecentCounts } from './health-trend.ts'

/** A sentence on a camera's health. */
export type Finding = {
  readonly severity: 'good' | 'notice' | 'problem'
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}

/** What such sentences are made from. */
export type HealthFacts = {
  readonly health: CameraHealth
  readonly recent: RecentCounts
  readonly properties: readonly PropertyDescriptor[]
}

/** A share as one reads it: `12 %`, `0.3 %`, `less than 0.01 %`. */
export function percent(part: number, whole: number): string {
  const value = whole > 0 ? (100 * part) / whole : 0
  if (value > 0 && value < 0.01) return 'less than 0.01 %'
  return `${compact(value, 2)} %`
}

/** Everything worth saying about how frames arrive; one sentence of praise when there is nothing else. */
export function healthFindings(facts: HealthFacts): readonly Finding[] {
  const losses = [incompleteFrames(facts), resends(facts)].filter((finding) => finding !== undefined)
  if (losses.length > 0) return losses
  // What is lost is also missing in the rate: only a slowness without losses has causes of its own.
  const slow = slowness(facts)
  if (slow !== undefined) return [slow]
  if (facts.recent.frames === 0) return [{ severity: 'notice', message: withoutFrames(facts) }]
  return [{ severity: 'good', message: 'Every frame arrives complete.' }]
}

function withoutFrames({ health, properties }: HealthFacts): string {
  if (!isFreeRunning(properties)) return 'No frame arrives now: the camera waits for its trigger.'
  return health.frames === 0 ? 'No frame has arrived yet.' : 'No frame has arrived lately.'
}

/** It waits for nothing between frames. */
function isFreeRunning(properties: readonly PropertyDescriptor[]): boolean {
  const trigger = properties.find(({ name }) => name === standardProperty.triggerMode)?.value
  return trigger === undefined || /^(continuous|off)$/i.test(String(trigger))
}

function incompleteFrames({ recent }: HealthFacts): Finding | undefined {
  if (recent.incompleteFrames === 0) return undefined
  const all = recent.frames + recent.incompleteFrames
  return {
    severity: 'problem',
    message: `${percent(recent.incompleteFrames, all)} of frames arrive with pixels missing: packets are lost for good.`,
    hint: 'Connect the camera to this computer directly, use larger packets where the network card can (jumbo frames), or lower the frame rate. The check-up looks for the usual causes.',
  }
}

function resends({ recent }: HealthFacts): Finding | undefined {
  if (recent.resentPackets > 0) {
    const share =
      recent.packets === undefined
        ? `${perFrame(recent.resentPackets, recent.frames)} are sent again`
        : `${percent(recent.resentPackets, recent.packets)} of packets are sent again`
    return {
      severity: 'notice',
      message: `${share}: they were lost on the way at first.`,
      hint:
        recent.incompleteFrames === 0
          ? 'The images are complete. It costs some bandwidth and time; a delay between packets or a larger socket buffer often ends it.'
          : 'A delay between packets or a larger socket buffer often helps.',
    }
  }
  if (recent.lostPackets === 0 || recent.incompleteFrames > 0) return undefined
  return {
    severity: 'notice',
    message: `${count(recent.lostPackets)} packets were lost and did not come again.`,
    hint: 'See whether the camera has packet resend switched on.',
  }
}

function perFrame(packets: number, frames: number): string {
  if (frames === 0) return `${count(packets)} packets`
  const mean = packets / frames
  return mean < 1
    ? `${count(packets)} packets of ${count(frames)} frames`
    : `${fixed(mean, 1)} packets per frame`
}

/** Slower than this share of what was asked for is worth a word. */
const slowShare = 0.85

function slowness({ health, properties }: HealthFacts): Finding | undefined {
  const wanted = numberOf(properties, standardProperty.frameRate)
  if (wanted === undefined || !isFreeRunning(properties) || health.frames < 2 * wanted) return undefined
  if (health.framesPerSecond >= slowShare * wanted) return undefined
  const rates = `${fixed(health.framesPerSecond, 1)} of ${compact(wanted, 3)} frames per second arrive`
  const exposureMs = numberOf(properties, standardProperty.exposureMs)
  if (exposureMs !== undefined && exposureMs > 0 && 1000 / exposureMs < wanted) {
    return {
      severity: 'notice',
      message: `${rates}: an exposure of ${compact(exposureMs, 4)} ms allows at most ${compact(1000 / exposureMs, 3)}.`,
      hint: 'Expose shorter, with more light or gain, to make it faster.',
    }
  }
  return {
    severity: 'notice',
    message: `${rates}: the camera or its connection is slower than it was asked to be.`,
    hint: 'A smaller region, binning or a pixel format of fewer bits needs less bandwidth.',
  }
}

function numberOf(properties: readonly PropertyDescriptor[], name: string): number | undefined {
  const value = properties.find((property) => property.name === name)?.value
  return typeof value === 'number' ? value : undefined
}
