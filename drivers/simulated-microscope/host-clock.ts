/** The host's monotonic clock in ms: `process.hrtime`, which frame timestamps are taken from. */
export function hostTimeMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** A time of `hostTimeMs` as a frame timestamp, ns. */
export function timestampNs(timeMs: number): bigint {
  return BigInt(Math.round(timeMs * 1e6))
}
