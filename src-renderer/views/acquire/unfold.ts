import { enclosingPaths } from './plan-paths.ts'

/** Under which each part of the plan remembers that it is folded away, by the field that it edits. */
const partOf: Readonly<Record<string, string>> = {
  channels: 'channels',
  z_plan: 'z',
  stage_positions: 'positions',
  grid_plan: 'grid',
  time_plan: 'time',
  autofocus_plan: 'autofocus',
  axis_order: 'order',
  keep_shutter_open_across: 'order',
  setup: 'kept',
  metadata: 'kept',
  storage: 'files',
  name: 'files',
  detectorNames: 'files',
  onFault: 'files',
}

/** What is folded, once the part with the field at `path` is not. */
export function unfoldedFor(
  path: string,
  folded: Readonly<Record<string, boolean>>,
): Readonly<Record<string, boolean>> {
  const part = partOf[enclosingPaths(path).at(-1) ?? '']
  return part === undefined ? folded : { ...folded, [`plan-${part}`]: false }
}
