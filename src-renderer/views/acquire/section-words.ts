/** What a section of a plan amounts to, in a few words beside its title. */
import type { FieldOfView } from '../../../src-shared/plan/grid-tiles.ts'
import { imageFocusDevice } from '../../../src-shared/plan/image-focus.ts'
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import { timesOf } from '../../../src-shared/plan/time-plan.ts'
import { planesOf } from '../../../src-shared/plan/z-plan.ts'
import { durationText } from '../../components/duration-words.ts'
import { compact } from '../../components/format.ts'
import type { PlanSection } from '../../stores/plan-draft.ts'
import { counted } from './estimate-words.ts'
import { knownTiles } from './grid-kinds.ts'

/** What a section is set to, in a few words; empty where it is off. */
export function sectionSummary(
  sequence: MdaSequence,
  section: PlanSection,
  fieldOfView: FieldOfView | undefined,
): string {
  const { channels, z, positions, grid, time, autofocus } = sequence
  switch (section) {
    case 'channels':
      return channels.map(({ config }) => config).join(', ')
    case 'z':
      return z === undefined ? '' : stackSummary(z)
    case 'positions':
      return 'plate' in positions
        ? `${counted(positions.wells.length, 'well')} of ${positions.plate.name || 'a plate'}`
        : counted(positions.length, 'position')
    case 'grid':
      return grid === undefined ? '' : gridSummary(grid, fieldOfView)
    case 'time':
      return time === undefined ? '' : timeSummary(time)
    case 'autofocus':
      if (autofocus?.deviceName === imageFocusDevice) return 'by the image'
      return autofocus === undefined ? '' : (autofocus.deviceName ?? 'the microscope’s')
  }
}

function stackSummary(z: NonNullable<MdaSequence['z']>): string {
  const planes = planesOf(z)
  const spanUm = Math.abs(planes.at(planes.length - 1) - planes.at(0))
  return `${counted(planes.length, 'plane')}, ${compact(spanUm, 4)} µm`
}

function timeSummary(time: NonNullable<MdaSequence['time']>): string {
  const times = timesOf(time)
  return `${counted(times.length, 'time point')} in ${durationText(times.at(times.length - 1))}`
}

function gridSummary(grid: NonNullable<MdaSequence['grid']>, fieldOfView: FieldOfView | undefined): string {
  if (grid.kind === 'rowsColumns') return `${grid.rows} × ${grid.columns} tiles`
  if (grid.kind === 'random') return counted(grid.count, 'random point')
  const tiles = knownTiles(grid, fieldOfView)
  return tiles === undefined ? '' : counted(tiles.length, 'tile')
}
