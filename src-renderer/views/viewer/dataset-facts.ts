import type { ImageAxis } from '../../../src-shared/gallery.ts'
import { count } from '../../components/format.ts'
import { datasetOf, type ViewerState } from '../../stores/viewer-store.ts'

const axisWords: Record<ImageAxis, string> = { t: 'times', p: 'positions', c: 'channels', z: 'z planes' }

/** `OME-TIFF · 2048 × 2048 · 12 bits · 200 times · 3 channels`: what the dataset on show is. */
export function datasetFacts(state: ViewerState): string {
  const dataset = datasetOf(state)
  if (dataset === undefined) return ''
  const { format, width, height, significantBits, sampleType, sizes } = dataset
  const lengths = (['t', 'p', 'c', 'z'] as const).flatMap((axis) => {
    const size = sizes[axis] ?? 1
    return size > 1 ? [`${count(size)} ${axisWords[axis]}`] : []
  })
  const depth = significantBits === undefined ? (sampleType ?? 'float32') : `${significantBits} bits`
  return [format, `${width} × ${height}`, depth, ...lengths].join(' · ')
}

/** Formats for people, whose values were fitted to 8 bits. */
const fittedFormats: readonly string[] = ['MKV', 'MP4', 'WebM', 'MOV', 'AVI', 'JPEG']

/** What single pixel values are followed by: those of pictures for people are not the camera's. */
export function valueUnit(state: ViewerState): ' ADU' | ' of 255' {
  const dataset = datasetOf(state)
  return dataset?.significantBits === 8 && fittedFormats.includes(dataset.format) ? ' of 255' : ' ADU'
}
