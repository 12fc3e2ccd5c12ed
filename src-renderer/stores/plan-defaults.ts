/** What a section of a plan begins with when it is switched on: what is usual, by what this microscope has. */
import { channelGroup, type DeviceState, type Preset } from '../../src-shared/devices.ts'
import type { ChannelPlan, MdaSequence, PlanPosition } from '../../src-shared/plan/sequence.ts'
import { emptySequence } from './plan-draft.ts'

/** What the editor knows of the microscope. */
export type Microscope = {
  readonly presets: readonly Preset[]
  /** The preset of the channels that is set now. */
  readonly activeChannel?: string | undefined
  /** The stages that move the specimen, and the focus; with their travel and where they are. */
  readonly xy: DeviceState | undefined
  readonly focus: DeviceState | undefined
  /** Of a pixel of the sensor on show in the specimen, not binned; undefined: not calibrated. */
  readonly pixelSizeUm: number | undefined
}

/** Where the stage is now, as a position of a plan; axes that it does not tell stay where they are. */
export function presentPosition({ xy, focus }: Pick<Microscope, 'xy' | 'focus'>): PlanPosition {
  const { x, y } = xy?.position ?? {}
  return {
    xUm: roundedUm(x),
    yUm: roundedUm(y),
    zUm: roundedUm(focus?.position?.z),
    name: undefined,
    sequence: undefined,
    properties: [],
  }
}

/** To a nanometre: more is noise of the stage's encoder. */
export function roundedUm(um: number): number
export function roundedUm(um: number | undefined): number | undefined
export function roundedUm(um: number | undefined): number | undefined {
  return um === undefined ? undefined : Math.round(um * 1000) / 1000
}

/** A channel of `preset`, all else as it is. */
export function channelOf({ group, name }: Pick<Preset, 'group' | 'name'>): ChannelPlan {
  return {
    config: name,
    group,
    exposureMs: undefined,
    doStack: true,
    zOffsetUm: 0,
    acquireEvery: 1,
    camera: undefined,
  }
}

/** The presets that are channels. */
export function channelPresets<Known extends Preset>(presets: readonly Known[]): readonly Known[] {
  const group = channelGroup(presets)
  return presets.filter((preset) => preset.group === group)
}

/** Green light, µm. */
const wavelengthUm = 0.53
/** Beyond it, air and oil do not go. */
const largestAperture = 1.4

/**
 * A step between planes that loses nothing: half the depth of field (λ / NA²) of the objective whose resolution the
 * pixel size suits (pixel = λ / 4 NA, Nyquist), µm.
 */
export function suggestedStepUm(pixelSizeUm: number | undefined): number {
  if (pixelSizeUm === undefined) return 1
  const aperture = Math.min(largestAperture, wavelengthUm / (4 * pixelSizeUm))
  return Number((wavelengthUm / aperture ** 2 / 2).toPrecision(2))
}

/** A plan with every section as it begins. */
export function usualPlan(microscope: Microscope): MdaSequence {
  const stepUm = suggestedStepUm(microscope.pixelSizeUm)
  const channels = channelPresets(microscope.presets)
  const channel = channels.find(({ name }) => name === microscope.activeChannel) ?? channels[0]
  return {
    ...emptySequence,
    channels: channel === undefined ? [] : [channelOf(channel)],
    z: { kind: 'rangeAround', rangeUm: Number((10 * stepUm).toPrecision(6)), stepUm, goUp: true },
    positions: [presentPosition(microscope)],
    grid: {
      kind: 'rowsColumns',
      rows: 3,
      columns: 3,
      relativeTo: 'center',
      overlap: [10, 10],
      order: 'row_wise_snake',
      fovWidthUm: undefined,
      fovHeightUm: undefined,
    },
    time: { phases: [{ kind: 'intervalLoops', intervalS: 60, loops: 10, prioritizeDuration: false }] },
    autofocus: { axes: ['p', 't'], deviceName: undefined, motorOffset: undefined },
  }
}
