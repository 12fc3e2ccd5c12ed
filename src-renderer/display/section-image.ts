/** Cuts through a stack as pictures of true proportions. */
import type { ImagePixels } from './image-textures.ts'

/** How the planes of a stack lie in the picture of a cut. */
export type SectionLayout = {
  /** Of the stack, whether they have come or not. */
  readonly planes: number
  /** Pixels that all of them take up across, so that pixels are square. */
  readonly acrossPx: number
  /** Planes lie side by side instead of below each other. */
  readonly upright: boolean
}

/** The part of a stack that pixel `at` of `acrossPx` shows. */
export function planeAt(at: number, { planes, acrossPx }: SectionLayout): number {
  return Math.min(planes - 1, Math.floor(((at + 0.5) * planes) / acrossPx))
}

type Samples = Uint8Array | Uint16Array | Float32Array

/**
 * One picture of the rows of `parts`, each of which is a plane of the stack, in order: rows are repeated, or left out, to
 * keep true proportions, so that every value is one of the file. Planes that have not come are black.
 * @param parts all of one width and kind
 * @throws RangeError when they are not
 */
export function sectionImage(parts: readonly ImagePixels[], layout: SectionLayout): ImagePixels {
  const [first] = parts
  if (first === undefined || 'bitmap' in first) throw new RangeError('A section has no pixels')
  const lines: Samples[] = []
  const samples = first.pixels.length / (first.width * first.height)
  const length = first.width * samples
  for (const part of parts) {
    if ('bitmap' in part || part.kind !== first.kind || part.width !== first.width)
      throw new RangeError('The parts of a section do not fit each other')
    for (let row = 0; row < part.height; row++)
      lines.push(part.pixels.subarray(row * length, (row + 1) * length))
  }
  const arrange = <Pixels extends Samples>(pixels: Pixels): Pixels => {
    for (let across = 0; across < layout.acrossPx; across++) {
      const line = lines[planeAt(across, layout)]
      if (line === undefined) continue
      if (layout.upright) putColumn(pixels, line, { at: across, width: layout.acrossPx, samples })
      else pixels.set(line, across * length)
    }
    return pixels
  }
  const size = layout.upright
    ? { width: layout.acrossPx, height: first.width }
    : { width: first.width, height: layout.acrossPx }
  const count = layout.acrossPx * length
  switch (first.kind) {
    case 'real':
      return { ...first, ...size, pixels: arrange(new Float32Array(count).fill(Number.NaN)) }
    case 'mono':
    case 'bayer':
      return {
        ...first,
        ...size,
        pixels: arrange(first.pixels instanceof Uint8Array ? new Uint8Array(count) : new Uint16Array(count)),
      }
    default:
      return { ...first, ...size, pixels: arrange(new Uint8Array(count)) }
  }
}

function putColumn(
  target: Samples,
  line: Samples,
  { at, width, samples }: { readonly at: number; readonly width: number; readonly samples: number },
): void {
  for (let y = 0; y * samples < line.length; y++)
    for (let sample = 0; sample < samples; sample++)
      target[(y * width + at) * samples + sample] = line[y * samples + sample] ?? 0
}
