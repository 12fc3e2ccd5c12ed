import type { AxisRange, ExportAxis, ExportChoices } from '../../export/export-choices.ts'
import { exportAxes } from '../../export/export-plan.ts'
import { datasetOf, lengthOf, type ViewerState } from '../../stores/viewer-store.ts'

/** What the dialog begins with: everything, as a video along the likeliest axis at the viewer's speed. */
export function initialChoices(state: ViewerState): ExportChoices {
  const dataset = datasetOf(state)
  const axis = (dataset === undefined ? undefined : exportAxes(dataset)[0]) ?? 't'
  const whole = (along: ExportAxis): AxisRange => ({ from: 0, to: lengthOf(state, along) - 1 })
  const length = lengthOf(state, axis)
  return {
    format: length > 1 ? 'mp4' : 'png',
    axis,
    ranges: { t: whole('t'), z: whole('z'), p: whole('p') },
    zProjection: state.zProjection,
    channels: 'all',
    width: dataset?.width ?? 1,
    speed: { kind: 'rate', perSecond: state.framesPerSecond },
    quality: 'good',
    burnIn: { time: axis === 't' && length > 1, scaleBar: dataset?.pixelSizeUm !== undefined, labels: true },
  }
}
