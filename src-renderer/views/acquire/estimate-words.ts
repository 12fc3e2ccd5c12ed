/** What a plan takes, in words. */
import type { PlanEstimate } from '../../../src-shared/acquisition/acquisition-status.ts'
import type { StorageFormat } from '../../../src-shared/acquisition/storage-options.ts'
import type { Axis } from '../../../src-shared/plan/sequence.ts'
import { byteSize, count, fixed } from '../../components/format.ts'

const axisWords: Readonly<Record<Axis, readonly [one: string, many: string]>> = {
  t: ['time point', 'time points'],
  p: ['position', 'positions'],
  g: ['tile', 'tiles'],
  c: ['channel', 'channels'],
  z: ['plane', 'planes'],
}

/** `1 image`, `2 400 images`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** `10 time points × 4 positions × 2 channels`, of what there is more than one; empty for a single image. */
export function sizesText(sizes: PlanEstimate['sizes']): string {
  const axes: readonly Axis[] = ['t', 'p', 'g', 'c', 'z']
  return axes
    .flatMap((axis) => {
      const size = sizes[axis]
      return size === undefined || size === 1 ? [] : [counted(size, ...axisWords[axis])]
    })
    .join(' × ')
}

/** `1.2 GB of 81 GB free`. */
export function roomText({ bytes, freeDiskBytes }: Pick<PlanEstimate, 'bytes' | 'freeDiskBytes'>): string {
  return `${byteSize(bytes)} of ${byteSize(freeDiskBytes)} free`
}

/** Share of the free disk, `8 %`; `under 1 %`. */
export function shareText({ bytes, freeDiskBytes }: Pick<PlanEstimate, 'bytes' | 'freeDiskBytes'>): string {
  if (freeDiskBytes <= 0) return 'the disk is full'
  const percent = (100 * bytes) / freeDiskBytes
  return percent < 1 ? 'under 1 % of the free disk' : `${fixed(percent)} % of the free disk`
}

/** File formats as users know them. */
export const formatNames: Readonly<Record<StorageFormat, string>> = {
  'ome-tiff': 'OME-TIFF',
  'ome-zarr': 'OME-Zarr',
  raw: 'Raw + JSON',
  video: 'Video',
}

/** From here on a plan is worth a last look before it is started. */
const longS = 600
const largeBytes = 10e9
const largeShare = 0.2

/** Whether a plan takes long, or much of the disk. */
export function isLarge({ durationS, bytes, freeDiskBytes }: PlanEstimate): boolean {
  return durationS >= longS || bytes >= largeBytes || bytes >= largeShare * freeDiskBytes
}

/** What the clock shows `seconds` after `nowMs`: `14:05`, with the day where it is another one. */
export function clockText(seconds: number, nowMs: number): string {
  const [now, then] = [new Date(nowMs), new Date(nowMs + seconds * 1000)]
  const time = then.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (then.toDateString() === now.toDateString()) return time
  return `${then.toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })}, ${time}`
}
