import { unixNowMs } from '../../src-shared/frames/unix-clock.ts'

/** Unix time, ms, of a moment of the host's monotonic clock (`process.hrtime.bigint`, ns). */
export function unixTimeOf(monotonicNs: bigint): number {
  return unixNowMs() - Number(process.hrtime.bigint() - monotonicNs) / 1e6
}
