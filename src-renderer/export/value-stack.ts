/** What a file of camera values holds: its axes, channels, positions and sizes. No DOM. */
import type { FrameRecord } from '../../src-shared/acquisition/frame-record.ts'
import type { PlaneFormat } from '../../src-shared/frames/plane-format.ts'
import { datasetOf, type ViewerState } from '../stores/viewer-store.ts'
import type { ExportChoices } from './export-choices.ts'
import { exportedChannels, exportedRanges } from './export-plan.ts'

export type ValueStack = {
  readonly name: string
  /** Unix time, ms. */
  readonly startedAt: number
  readonly width: number
  readonly height: number
  readonly pixelFormat: PlaneFormat
  readonly significantBits: number | undefined
  readonly pixelSizeUm: number | undefined
  /** How many times and depths there are, and from one to the next: s, µm. */
  readonly sizeT: number
  readonly sizeZ: number
  readonly timeStepS: number | undefined
  readonly zStepUm: number | undefined
  /** In the file's order; `channel`: its number in the dataset. */
  readonly channels: readonly { readonly channel: number; readonly name: string; readonly color?: string }[]
  /** Names of the positions: each is an image of its own. */
  readonly positions: readonly string[]
  /** What is known of the whole, and which part of it this is. */
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Where an image is within the stack, from 0. */
export type StackPlace = { readonly p: number; readonly t: number; readonly z: number }

/** What is known of one image. */
export type PlaneFacts = Pick<Extract<FrameRecord, { kind: 'frame' }>, 'elapsedS'> &
  Partial<Pick<Extract<FrameRecord, { kind: 'frame' }>, 'exposureMs' | 'stage'>>

/** An image of the file. */
export type StackPlane = {
  readonly place: StackPlace
  readonly channel: number
  readonly facts: PlaneFacts | undefined
}

/** The stack that `choices` make of what the viewer shows. */
export function valueStack(
  state: ViewerState,
  choices: Pick<ExportChoices, 'format' | 'axis' | 'ranges' | 'zProjection' | 'channels'>,
): ValueStack {
  const dataset = datasetOf(state)
  if (dataset === undefined) throw new Error('The item has no images')
  const { width, height, pixelFormat, significantBits, pixelSizeUm, zStepUm, timeStepS } = dataset
  const ranges = exportedRanges(choices)
  const rangeOf = (wanted: 'p' | 't' | 'z') =>
    ranges.find(({ axis }) => axis === wanted) ?? { from: 0, to: 0 }
  const lengthOf = (wanted: 'p' | 't' | 'z') => rangeOf(wanted).to - rangeOf(wanted).from + 1
  const name = state.opened?.item.name ?? dataset.name
  const firstPosition = rangeOf('p').from
  const exported = ranges.flatMap(({ axis, from, to }) =>
    (dataset.sizes[axis] ?? 1) > 1 ? [[axis, [from, to]]] : [],
  )
  return {
    name,
    startedAt: state.opened?.item.startedAt ?? 0,
    ...{ width, height, pixelFormat, significantBits, pixelSizeUm },
    ...{ sizeT: lengthOf('t'), sizeZ: lengthOf('z'), timeStepS, zStepUm },
    channels: exportedChannels(state, choices).map((channel) => {
      const { name: channelName = `Channel ${channel + 1}`, table = 'gray' } = state.looks[channel] ?? {}
      return { channel, name: channelName, ...(table.startsWith('#') ? { color: table } : {}) }
    }),
    positions:
      (dataset.sizes.p ?? 1) > 1
        ? Array.from(
            { length: lengthOf('p') },
            (_, i) => dataset.positions[firstPosition + i] ?? `Position ${firstPosition + i + 1}`,
          )
        : [name],
    metadata: {
      ...state.opened?.metadata,
      exported: {
        item: state.opened?.item.id,
        dataset: dataset.name,
        pixelFormat,
        ...Object.fromEntries(exported),
        zProjection: choices.zProjection,
      },
    },
  }
}
