import type { ImageAxis } from '../../../src-shared/gallery.ts'
import { depthText } from '../../components/depth-text.ts'
import { fixed } from '../../components/format.ts'
import { datasetOf, type ViewerState } from '../../stores/viewer-store.ts'

/** What the place on an axis means: the time since the beginning, the height in the stack, the position's name. */
export function placeWords(state: ViewerState, axis: ImageAxis): string {
  const dataset = datasetOf(state)
  const at = state.index[axis]
  if (dataset === undefined) return ''
  const { timeStepS, positions } = dataset
  switch (axis) {
    case 't': {
      const record = state.record
      // The camera's own clock, where this very plane is known.
      if (record?.kind === 'frame' && state.playing === undefined && (record.index.t ?? record.place) === at)
        return duration(record.elapsedS)
      return timeStepS === undefined || timeStepS === 0 ? '' : duration(at * timeStepS)
    }
    case 'z':
      if (state.zProjection !== undefined) return 'brightest of all'
      return depthText(dataset, at) ?? ''
    case 'p':
      return positions[at] ?? ''
    case 'c':
      return dataset.channels[at]?.name ?? ''
  }
}

/** `0.25 s`, `3 min 20 s`, `2 h 05 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${fixed(seconds, seconds < 10 ? 2 : 1)} s`
  const whole = Math.round(seconds)
  const two = (value: number) => String(value).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}
