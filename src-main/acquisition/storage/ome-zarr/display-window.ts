import type { DisplayWindow } from './ome-image-attributes.ts'

/** Pixels looked at per plane. */
const maxSamples = 1 << 16
/** Share of the pixels that may lie beyond either end: hot and dead ones. */
const beyond = 0.001

/** Grey values between which nearly all pixels of `planes` lie; undefined without planes. */
export function displayWindow(planes: readonly (Uint8Array | Uint16Array)[]): DisplayWindow | undefined {
  const windows = planes.map((plane) => {
    // Odd, so that no column or colour of a mosaic is left out.
    const step = 1 + 2 * Math.floor(plane.length / maxSamples / 2)
    const sorted = plane.filter((_, i) => i % step === 0).sort()
    const last = sorted.length - 1
    const at = (share: number) => sorted[Math.round(share * last)] ?? 0
    return { low: at(beyond), high: at(1 - beyond) }
  })
  if (windows.length === 0) return undefined
  const low = Math.min(...windows.map((window) => window.low))
  const high = Math.max(...windows.map((window) => window.high))
  return { low, high: Math.max(high, low + 1) }
}
