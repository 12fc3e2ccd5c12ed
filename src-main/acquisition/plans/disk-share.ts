import type { PlanRemark } from '../../../src-shared/plan/read-plan.ts'

/** Every disk takes as much, bytes/s: slower plans do not ask how fast theirs is. */
const everyDiskTakes = 20e6

type Written = {
  /** In all, at the fastest, and in the longest burst or triggered stack. */
  readonly bytes: number
  readonly bytesPerSecond: number
  readonly sequenceBytes: number
  /** Without waiting for the disk, s. */
  readonly durationS: number
  /** For images that wait for it. */
  readonly memoryBytes: number
}

type DiskShare = {
  readonly durationS: number
  /** That the disk takes; absent: it does not matter. */
  readonly bytesPerSecond?: number | undefined
  readonly warnings: readonly PlanRemark[]
}

/**
 * What the disk, whose speed (bytes/s) `diskSpeed` measures, makes of a plan's time: the plan waits for it where memory is
 * full, but bursts and triggered stacks cannot.
 * @throws CoverslipError DATA_FOLDER
 */
export async function diskShare(
  diskSpeed: () => Promise<number>,
  { bytes, bytesPerSecond, sequenceBytes, durationS, memoryBytes }: Written,
): Promise<DiskShare> {
  if (bytesPerSecond <= everyDiskTakes || bytes <= memoryBytes) return { durationS, warnings: [] }
  const takes = await diskSpeed()
  const writtenS = (bytes - memoryBytes) / takes
  const warnings: string[] = []
  if (sequenceBytes * (1 - takes / bytesPerSecond) > memoryBytes)
    warnings.push(
      `makes ${megabytes(bytesPerSecond)} in a row without a pause, and the disk takes about ${megabytes(takes)}: images would be lost, and the plan would end. Choose a smaller region, fewer images in a row, or a faster disk`,
    )
  else if (writtenS > durationS)
    warnings.push(
      `makes more data than the disk takes, about ${megabytes(takes)}: the plan will wait for it. A smaller region or a faster disk helps`,
    )
  return {
    durationS: Math.max(durationS, writtenS),
    bytesPerSecond: takes,
    warnings: warnings.map((message) => ({ path: '', message })),
  }
}

const megabytes = (bytesPerSecond: number) => `${(bytesPerSecond / 1e6).toFixed(0)} MB/s`
