/** What a plan holds that the editor does not show: it stays as it is. */
import { imageFocusKey } from '../../../src-shared/plan/image-focus.ts'
import type { MdaSequence, PlanPosition } from '../../../src-shared/plan/sequence.ts'
import { isOn, planSections } from '../../stores/plan-draft.ts'
import { counted } from './estimate-words.ts'

const sectionNames = {
  channels: 'channels',
  z: 'focus stack',
  positions: 'positions',
  grid: 'tiles',
  time: 'time',
  autofocus: 'autofocus',
} as const

/** What a position has of its own: `focus stack, 2 device settings`; empty: nothing. */
export function ownSettings({ sequence, properties }: PlanPosition): string {
  const sections =
    sequence === undefined
      ? []
      : planSections.filter((section) => isOn(sequence, section)).map((section) => sectionNames[section])
  return [
    ...sections,
    ...(properties.length === 0 ? [] : [counted(properties.length, 'device setting')]),
  ].join(', ')
}

/** A field of a plan file that the editor does not show, by its path. */
export type KeptField = { readonly path: string; readonly text: string }

const mostNamed = 6

/** Fields that are kept from the file, in words. */
export function keptFields(sequence: MdaSequence): readonly KeptField[] {
  const { metadata, setup, positions, grid, time } = sequence
  const fields: KeptField[] = []
  const notes = Object.keys(metadata).filter((key) => key !== imageFocusKey)
  if (notes.length > 0) {
    const named = [...notes.slice(0, mostNamed), ...(notes.length > mostNamed ? ['…'] : [])].join(', ')
    fields.push({ path: 'metadata', text: `notes of other programs (${named})` })
  }
  if (setup !== undefined) {
    const parts = [
      ...(setup.properties.length > 0 ? [counted(setup.properties.length, 'device setting')] : []),
      ...(setup.roi === undefined ? [] : ['part of the sensor']),
      ...(setup.exposureMs === undefined ? [] : [`exposure ${setup.exposureMs} ms`]),
    ]
    fields.push({ path: 'setup', text: `set before the first image: ${parts.join(', ') || 'nothing'}` })
  }
  const withOwn = 'plate' in positions ? 0 : positions.filter((each) => ownSettings(each) !== '').length
  if (withOwn > 0)
    fields.push({ path: 'stage_positions', text: `own settings of ${counted(withOwn, 'position')}` })
  if (grid !== undefined && 'fovWidthUm' in grid && (grid.fovWidthUm ?? grid.fovHeightUm) !== undefined)
    fields.push({
      path: 'grid_plan.fov_width',
      text: `size of an image: ${grid.fovWidthUm ?? '?'} × ${grid.fovHeightUm ?? '?'} µm, whatever the camera’s is`,
    })
  if (grid?.kind === 'polygon' && (grid.convexHull || grid.offsetUm !== undefined))
    fields.push({
      path: 'grid_plan.offset',
      text: `polygon ${grid.convexHull ? 'made convex' : ''}${grid.offsetUm === undefined ? '' : ` grown by ${grid.offsetUm} µm`}`,
    })
  if (
    time?.phases.some(({ kind, prioritizeDuration }) => prioritizeDuration !== (kind === 'intervalDuration'))
  )
    fields.push({ path: 'time_plan', text: 'whether duration or number counts for other programs' })
  return fields
}
