import { hostname } from 'node:os'
import type { AcquisitionSummary } from '../reading/acquisition-summary.ts'

/**
 * Whether another Coverslip may be writing an acquisition that has not been finished. It may record to the same data folder,
 * also that of another computer, whose processes are not known here; and a process of this one that lives may be another
 * with the same number.
 */
export function mayBeUnderWay({ pid, host }: Pick<AcquisitionSummary, 'pid' | 'host'>): boolean {
  const isHere = host === undefined || host === hostname()
  return !isHere || (pid !== process.pid && isAlive(pid))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
