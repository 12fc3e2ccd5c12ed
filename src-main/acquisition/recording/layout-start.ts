import type { DeviceState } from '../../../src-shared/devices.ts'
import type { DatasetLayout } from '../storage/dataset-writer.ts'

/** A layout without what only the first frame tells. */
export type LayoutStart = Omit<DatasetLayout, 'image'>

/** What a dataset says of the camera that made it. */
export function layoutCamera({ id, description }: DeviceState): LayoutStart['camera'] {
  const { name, model } = description
  const serialNumber = description.kind === 'camera' ? description.serialNumber : undefined
  return { id, name, model, serialNumber }
}

type Common = Pick<LayoutStart, 'name' | 'startedAt' | 'software' | 'metadata'>

/** Of a recording: images of one camera, one after the other until it ends. */
export function recordingLayout(camera: DeviceState, common: Common): LayoutStart {
  return {
    ...common,
    camera: layoutCamera(camera),
    axes: [{ axis: 't', length: undefined }],
    positions: [],
    channels: [{ name: camera.description.name }],
  }
}
