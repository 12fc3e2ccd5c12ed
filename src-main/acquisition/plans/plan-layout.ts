/**
 * How the images of a plan lie in a dataset of the axes t, p, c and z:
 * - positions and the tiles of each are one axis, `p`, tile by tile; a position's own grid may have another number of tiles;
 * - an axis that some positions have only, or that is longer there, has the largest of the lengths: images that are not
 *   planned are absent;
 * - channels of all positions are one list, in the order in which the plan names them first.
 */
import { CoverslipError } from '../../../src-shared/errors.ts'
import type { AcquisitionEvent, EventIndex } from '../../../src-shared/plan/acquisition-event.ts'
import { type ExpandOptions, positionsOf } from '../../../src-shared/plan/plan-axes.ts'
import { type GridPlan, isRelativeGrid } from '../../../src-shared/plan/grid-plan.ts'
import { tilesOf } from '../../../src-shared/plan/grid-tiles.ts'
import { positionName } from '../../../src-shared/plan/position-name.ts'
import { planRefusal } from '../../../src-shared/plan/read-plan.ts'
import type { Axis, ChannelPlan, MdaSequence, PlanPosition } from '../../../src-shared/plan/sequence.ts'
import { timesOf } from '../../../src-shared/plan/time-plan.ts'
import { planesOf } from '../../../src-shared/plan/z-plan.ts'
import type {
  DatasetAxis,
  DatasetChannel,
  DatasetLayout,
  DatasetPosition,
} from '../storage/dataset-writer.ts'
import { channelKey } from './channel-key.ts'
import { evenStep } from './even-step.ts'

export type PlanLayout = Pick<
  DatasetLayout,
  'axes' | 'positions' | 'channels' | 'plate' | 'timeStepS' | 'zStepUm'
> & {
  /** Where an image lies: one number for each of `axes`. */
  indexOf(event: Pick<AcquisitionEvent, 'index' | 'channel' | 'camera'>): EventIndex
}

/** What one camera's dataset of a plan depends on besides the plan. */
export type LayoutOptions = ExpandOptions & {
  /** Leaves out channels that another camera takes; absent: all are there. */
  readonly takes?: (channel: Pick<ChannelPlan, 'camera'>) => boolean
  /** CSS colour of a channel, as its preset has it. */
  readonly colorOf?: (channel: Pick<ChannelPlan, 'group' | 'config'>) => string | undefined
}

/** @throws CoverslipError INVALID_INPUT when there are too many places, or a grid needs the size of an image and it is not known. */
export function planLayout(sequence: MdaSequence, options: LayoutOptions = {}): PlanLayout {
  const places = placesOf(sequence, options)
  const parts = [sequence, ...places.positions.flatMap(({ sequence: own }) => own ?? [])]
  const planned = plannedChannels(parts, options.takes)
  const channelNumbers = new Map([...planned.keys()].map((key, number) => [key, number]))
  const times = parts.flatMap(({ time }) => (time === undefined ? [] : [timesOf(time)]))
  const stacks = parts.flatMap(({ z }) => (z === undefined ? [] : [planesOf(z)]))
  const longest = (lists: readonly { readonly length: number }[]) =>
    lists.reduce((most, { length }) => Math.max(most, length), 0)
  const lengths: Readonly<Record<DatasetAxis, number>> = {
    t: longest(times),
    p: places.named.length,
    c: planned.size,
    z: longest(stacks),
  }
  const axes = axisOrder(parts)
    .filter((axis) => lengths[axis] > 0)
    .map((axis) => ({ axis, length: lengths[axis] }))
  return {
    axes,
    positions: places.named,
    channels: channelsOf([...planned.values()], options),
    plate: 'plate' in sequence.positions ? plateOf(sequence.positions.plate) : undefined,
    timeStepS: evenStep(times),
    zStepUm: evenStep(stacks),
    indexOf: ({ index, channel, camera }) => {
      const at: Partial<Record<DatasetAxis, number>> = {}
      for (const { axis } of axes) {
        if (axis === 'p') at.p = (places.firstOf[index.p ?? 0] ?? 0) + (index.g ?? 0)
        else if (axis !== 'c') at[axis] = index[axis] ?? 0
        else at.c = channel === undefined ? 0 : (channelNumbers.get(channelKey({ channel, camera })) ?? 0)
      }
      return at
    },
  }
}

/** The channels of a plan, `parts`, that `takes` does not leave out, each once, in the order of their first mention. */
export function plannedChannels(
  parts: readonly Pick<MdaSequence, 'channels'>[],
  takes: LayoutOptions['takes'],
): ReadonlyMap<string, ChannelPlan> {
  const planned = new Map<string, ChannelPlan>()
  for (const channel of parts.flatMap(({ channels }) => channels)) {
    const key = channelKey({ channel, camera: channel.camera })
    if (takes?.(channel) !== false && !planned.has(key)) planned.set(key, channel)
  }
  return planned
}

/** Axes of the whole plan, then those that positions add; tiles go with their positions. */
function axisOrder(parts: readonly MdaSequence[]): readonly DatasetAxis[] {
  const merged = parts
    .flatMap(({ axisOrder: order }) => order)
    .map((axis: Axis) => (axis === 'g' ? 'p' : axis))
  return [...new Set(merged)]
}

/** Positions and tiles that a dataset may have. */
const mostPlaces = 100_000
/** Tiles of odd regions take long to find: a plan that takes longer, ms, is refused, as nothing else goes on meanwhile. */
const patienceMs = 2000

/** Each tile of each position as a position with a name of its own, and the number of each position's first tile. */
function placesOf(sequence: MdaSequence, { fieldOfView, home = {} }: ExpandOptions) {
  const positions = at(
    'plate' in sequence.positions ? 'stage_positions.well_points_plan' : 'stage_positions',
    () => positionsOf(sequence, fieldOfView),
  )
  const unplaced: PlanPosition = {
    xUm: undefined,
    yUm: undefined,
    zUm: undefined,
    name: 'tile',
    sequence: undefined,
    properties: [],
  }
  const all = positions.length === 0 && sequence.grid !== undefined ? [unplaced] : positions
  const { wells = [] } = 'plate' in sequence.positions ? sequence.positions : {}
  const pointsPerWell = positions.length / wells.length
  const tiles = (path: string, plan: GridPlan | undefined) =>
    plan === undefined ? [undefined] : at(path, () => tilesOf(plan, fieldOfView))
  const shared = tiles('grid_plan', sequence.grid)
  const began = performance.now()
  const names = new UniqueNames()
  const named: DatasetPosition[] = []
  const firstOf: number[] = []
  for (const [number, position] of all.entries()) {
    firstOf.push(named.length)
    const own = position.sequence?.grid
    const grid = own ?? sequence.grid
    const points = own === undefined ? shared : tiles(`stage_positions[${number}].sequence.grid_plan`, own)
    if (named.length + points.length > mostPlaces || performance.now() - began > patienceMs)
      throw planRefusal([{ path: '', message: `has too many places: ${mostPlaces} at most` }])
    const [x, y] =
      grid !== undefined && !isRelativeGrid(grid)
        ? [0, 0]
        : [position.xUm ?? home.x ?? 0, position.yUm ?? home.y ?? 0]
    const [row, column] = wells[Math.floor(number / pointsPerWell)] ?? []
    for (const [i, tile] of points.entries()) {
      const name = position.name ?? positionName(number, all.length)
      named.push({
        name: names.take(name, points.length === 1 ? '' : `_${padded(i, 4)}`),
        xUm: tile === undefined ? position.xUm : tile[0] + x,
        yUm: tile === undefined ? position.yUm : tile[1] + y,
        zUm: position.zUm,
        well: row === undefined || column === undefined ? undefined : { row, column },
      })
    }
  }
  return { positions, named, firstOf }
}

/** Does `find`; what it complains of is a problem of the plan at `path`. */
function at<Result>(path: string, find: () => Result): Result {
  try {
    return find()
  } catch (error) {
    const { message, hint } = CoverslipError.from(error)
    const told = message.replace(/^grid_plan: /, '')
    throw planRefusal([{ path, message: hint === undefined ? told : `${told}. ${hint}` }])
  }
}

const padded = (value: number, digits: number) => String(value).padStart(digits, '0')

/** Characters of a position's name in names of files, without a number that makes it unique. */
const longestName = 80

/** Names of files: each once, whether the disk tells capitals from small letters or not. */
class UniqueNames {
  /** How often each was taken, in small letters. */
  readonly #taken = new Map<string, number>()

  /** @param ending of its tile, which stays whole */
  take(wanted: string, ending = ''): string {
    return this.#unique(`${wanted.replaceAll(/[^A-Za-z0-9_-]+/g, '_').slice(0, longestName)}${ending}`)
  }

  #unique(name: string): string {
    const times = this.#taken.get(name.toLowerCase()) ?? 0
    this.#taken.set(name.toLowerCase(), times + 1)
    // What is numbered may be called like something else.
    return times === 0 ? name : this.#unique(`${name}_${times + 1}`)
  }
}

function channelsOf(channels: readonly ChannelPlan[], { colorOf }: LayoutOptions): readonly DatasetChannel[] {
  return channels.map((channel) => {
    const { config, group, exposureMs } = channel
    const twice = channels.some((other) => other !== channel && other.config === config)
    const color = colorOf?.(channel)
    return {
      name: twice ? `${config} (${group})` : config,
      color: color !== undefined && /^#[0-9a-f]{6}$/i.test(color) ? color : undefined,
      exposureMs,
    }
  })
}

function plateOf({ name, rows, columns }: { name: string; rows: number; columns: number }) {
  return { name: name === '' ? 'plate' : name, rows, columns }
}
