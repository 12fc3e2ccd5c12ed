import { pixelLayout } from '../../../src-shared/frames/pixel-format.ts'
import type { PlaneIndex } from '../../../src-shared/gallery.ts'
import type { DatasetReader, ImagePlane } from '../reading/dataset-reader.ts'

/**
 * Of each pixel its largest value over the stack at `index`, whose `z` does not count. Two planes are in memory at a
 * time; planes that are not there are left out.
 * @returns undefined when none is there
 * @throws as `readPlane`
 */
export async function maximumOverStack(
  reader: Pick<DatasetReader, 'describe' | 'readPlane'>,
  index: PlaneIndex,
  level: number,
): Promise<ImagePlane | undefined> {
  const { sizes } = await reader.describe()
  let projected: { readonly plane: ImagePlane; readonly samples: Samples } | undefined
  for (let z = 0; z < (sizes.z ?? 1); z++) {
    const plane = await reader.readPlane({ ...index, z }, level)
    if (plane === undefined) continue
    const samples = samplesOf(plane)
    if (projected === undefined) projected = { plane, samples }
    else raise(projected.samples, samples)
  }
  return projected?.plane
}

type Samples = Uint8Array | Uint16Array

/** In the plane's own memory. */
function samplesOf({ pixels, pixelFormat }: ImagePlane): Samples {
  const { bytesPerSample } = pixelLayout(pixelFormat)
  return bytesPerSample === 1
    ? pixels
    : new Uint16Array(pixels.buffer, pixels.byteOffset, pixels.length / bytesPerSample)
}

/** Raises each sample of `to` to that of `by` where it is lower. */
function raise(to: Samples, by: Samples): void {
  for (let i = 0; i < to.length; i++) {
    const value = by[i] ?? 0
    if (value > (to[i] ?? 0)) to[i] = value
  }
}
