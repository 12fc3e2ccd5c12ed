/** What is said of a measured line. */
import { compact, fixed } from '../../components/format.ts'
import { type ImageLine, lineAngle, lineLength } from '../../display/image-line.ts'
import type { MetadataRow } from './metadata-rows.ts'

/** `12.34 µm`, `1.25 mm`; in pixels where their size is not known. */
export function lengthText(line: ImageLine, pixelSizeUm: number | undefined): string {
  const pixels = lineLength(line)
  if (pixelSizeUm === undefined) return `${fixed(pixels, 1)} px`
  const um = pixels * pixelSizeUm
  return um >= 1000 ? `${compact(um / 1000, 4)} mm` : `${compact(um, 4)} µm`
}

/** Length and angle of a line, in µm where that is known. */
export function lineRows(line: ImageLine, pixelSizeUm: number | undefined): readonly MetadataRow[] {
  return [
    { name: 'Length', value: lengthText(line, pixelSizeUm) },
    ...(pixelSizeUm === undefined ? [] : [{ name: 'In pixels', value: fixed(lineLength(line), 1) }]),
    { name: 'Angle', value: `${fixed(lineAngle(line), 1)}°` },
  ]
}
