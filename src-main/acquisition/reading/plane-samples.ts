import { planeLayout } from '../../../src-shared/frames/plane-format.ts'
import type { ImagePlane } from './dataset-reader.ts'

/** The samples of a plane as numbers, in the plane's own memory. */
export function planeSamples({
  pixels,
  pixelFormat,
}: Pick<ImagePlane, 'pixels' | 'pixelFormat'>): Uint8Array | Uint16Array | Float32Array {
  const { buffer, byteOffset, length } = pixels
  switch (planeLayout(pixelFormat).bytesPerSample) {
    case 1:
      return pixels
    case 2:
      return new Uint16Array(buffer, byteOffset, length / 2)
    case 4:
      return new Float32Array(buffer, byteOffset, length / 4)
  }
}
