import type { ImageDataset } from '../../src-shared/gallery.ts'
import { fixed } from './format.ts'

/** How high plane `z` of a stack lies, from the stack's middle: `−1.50 µm`; undefined where its steps are not known. */
export function depthText(
  { zStepUm, sizes }: Pick<ImageDataset, 'zStepUm' | 'sizes'>,
  z: number,
): string | undefined {
  return zStepUm === undefined ? undefined : `${fixed((z - ((sizes.z ?? 1) - 1) / 2) * zStepUm, 2)} µm`
}
