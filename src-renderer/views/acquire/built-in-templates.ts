/** Plans to begin with. */
import type { MdaSequence } from '../../../src-shared/plan/sequence.ts'
import { knownPlate } from '../../../src-shared/plan/well-plate.ts'
import {
  channelOf,
  channelPresets,
  type Microscope,
  presentPosition,
  usualPlan,
} from '../../stores/plan-defaults.ts'
import { emptySequence } from '../../stores/plan-draft.ts'

/** A plan that is made to fit the microscope. */
export type BuiltInTemplate = {
  readonly title: string
  readonly about: string
  make(microscope: Microscope): MdaSequence
}

function allChannels({ presets }: Microscope): Pick<MdaSequence, 'channels'> {
  return { channels: channelPresets(presets).map(channelOf) }
}

function part(
  microscope: Microscope,
  ...sections: readonly ('time' | 'z' | 'grid' | 'positions')[]
): Partial<MdaSequence> {
  const usual = usualPlan(microscope)
  return Object.fromEntries(sections.map((section) => [section, usual[section]]))
}

export const builtInTemplates: readonly BuiltInTemplate[] = [
  {
    title: 'Time lapse',
    about: 'One channel, an image a minute',
    make: (microscope) => ({ ...usualPlan(microscope), ...only, ...part(microscope, 'time') }),
  },
  {
    title: 'Z-stack',
    about: 'Planes around the present focus',
    make: (microscope) => ({ ...usualPlan(microscope), ...only, ...part(microscope, 'z') }),
  },
  {
    title: 'Multi-channel',
    about: 'One image in every channel',
    make: (microscope) => ({ ...emptySequence, ...allChannels(microscope) }),
  },
  {
    title: 'Tile scan',
    about: '3 × 3 tiles around the present place, to be stitched',
    make: (microscope) => ({ ...usualPlan(microscope), ...only, ...part(microscope, 'grid') }),
  },
  {
    title: 'Well plate',
    about: '96 wells, A1 where the stage is now',
    make: (microscope) => ({ ...emptySequence, ...allChannels(microscope), positions: plateOf(microscope) }),
  },
  {
    title: 'Multi-position time lapse',
    about: 'All channels at each of several positions, every ten minutes',
    make: (microscope) => ({
      ...emptySequence,
      ...allChannels(microscope),
      ...part(microscope, 'positions'),
      time: {
        phases: [
          { kind: 'intervalDuration', intervalS: 600, durationS: 12 * 3600, prioritizeDuration: true },
        ],
      },
    }),
  },
]

/** Sections of the usual plan that a template does not have unless it says so. */
const only = { z: undefined, positions: [], grid: undefined, time: undefined, autofocus: undefined } as const

function plateOf(microscope: Microscope): MdaSequence['positions'] {
  const plate = knownPlate('96-well')
  if (plate === undefined) return []
  const { xUm = 0, yUm = 0 } = presentPosition(microscope)
  return {
    plate,
    a1Um: [xUm, yUm],
    rotationDeg: 0,
    wells: [[0, 0]],
    points: { kind: 'point', xUm: 0, yUm: 0 },
  }
}
