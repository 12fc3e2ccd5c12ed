import type { PlaneIndex } from '../../../src-shared/gallery.ts'
import type { DatasetReader, ImagePlane } from '../reading/dataset-reader.ts'
import { planeSamples } from '../reading/plane-samples.ts'

/** Which stack, and how much it is reduced. */
export type ProjectionOptions = {
  /** Its `z` does not count. */
  readonly index: PlaneIndex
  readonly level: number
  readonly signal: AbortSignal
}

/**
 * Of each pixel its largest value over a stack. Two planes are in memory at a time; planes that are not there, and
 * pixels that are no number, are left out.
 * @returns undefined when no plane is there
 * @throws as `readPlane`; the signal's reason once it is aborted
 */
export async function maximumOverStack(
  reader: Pick<DatasetReader, 'describe' | 'readPlane'>,
  { index, level, signal }: ProjectionOptions,
): Promise<ImagePlane | undefined> {
  const { sizes } = await reader.describe()
  let projected: ImagePlane | undefined
  for (let z = 0; z < (sizes.z ?? 1); z++) {
    signal.throwIfAborted()
    const plane = await reader.readPlane({ ...index, z }, level)
    if (plane === undefined) continue
    if (projected === undefined) projected = plane
    else raise(planeSamples(projected), planeSamples(plane))
  }
  return projected
}

type Samples = ReturnType<typeof planeSamples>

/** Raises each sample of `to` to that of `by` where it is lower, or no number. */
function raise(to: Samples, by: Samples): void {
  for (let i = 0; i < to.length; i++) {
    const value = by[i] ?? 0
    const before = to[i] ?? 0
    if (value > before || Number.isNaN(before)) to[i] = value
  }
}
