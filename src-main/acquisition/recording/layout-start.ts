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
