/**
 * A multi-dimensional acquisition: useq-schema's `MDASequence` (0.9), as it is in files and as we hold it. Reading
 * brings the many ways of writing the same to one form; what cannot be run is refused with its exact path.
 */
import { z } from 'zod'
import { usualChannelGroup } from '../devices.ts'
import { type GridPlan, gridPlanSchema, isRelativeGrid } from './grid-plan.ts'
import { fieldWithDefault, micrometres, optionalField, readAs } from './plan-parts.ts'
import { type PropertySetting, propertiesSchema } from './property-setting.ts'
import { type SetupEvent, setupSchema } from './setup-event.ts'
import { type TimePlan, timePlanSchema } from './time-plan.ts'
import { type WellPlatePlan, wellPlatePlanSchema } from './well-plate.ts'
import { isRelativeZ, type ZPlan, zPlanSchema } from './z-plan.ts'

/** Time, position, grid tile, channel, focus plane. */
export const axisSchema = z.enum(['t', 'p', 'g', 'c', 'z'])
export type Axis = z.infer<typeof axisSchema>
/** The order of a plan that names none, outermost first. */
export const defaultAxisOrder: readonly Axis[] = ['t', 'p', 'g', 'c', 'z']

/** A channel: a preset (`config`) of a group, and how it is taken. */
export type ChannelPlan = {
  readonly config: string
  readonly group: string
  /** ms; absent: as the camera is set. */
  readonly exposureMs: number | undefined
  /** False: only the middle plane of a stack. */
  readonly doStack: boolean
  /** Added to the planes of a stack, µm. */
  readonly zOffsetUm: number
  /** Only every n-th time point. */
  readonly acquireEvery: number
  readonly camera: string | undefined
}

/** A place on the stage; axes that are absent stay where they are. */
export type PlanPosition = {
  readonly xUm: number | undefined
  readonly yUm: number | undefined
  readonly zUm: number | undefined
  readonly name: string | undefined
  /** Plans of this position, instead of those of the whole. */
  readonly sequence: MdaSequence | undefined
  readonly properties: readonly PropertySetting[]
}

/** Focus by the autofocus device whenever one of `axes` has moved on. */
export type AutofocusPlan = {
  readonly axes: readonly Axis[]
  readonly deviceName: string | undefined
  /** Offset motor's position. */
  readonly motorOffset: number | undefined
}

/** A plan as it was written; what was left out is filled in. */
export type MdaSequence = {
  /** Of the file's author and of other programs: kept as it is. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly axisOrder: readonly Axis[]
  readonly positions: readonly PlanPosition[] | WellPlatePlan
  readonly grid: GridPlan | undefined
  readonly channels: readonly ChannelPlan[]
  readonly time: TimePlan | undefined
  readonly z: ZPlan | undefined
  readonly autofocus: AutofocusPlan | undefined
  readonly setup: SetupEvent | undefined
  readonly keepShutterOpenAcross: readonly Axis[]
}

const maxChannels = 1000
const maxPositions = 100_000
/** Characters of a position's name, which stands with every image. */
const longestName = 500

/** ms; eleven days are a mistake in the unit. */
const exposureMs = optionalField(z.number().positive().max(1e9))

const channelObjectSchema = z
  .strictObject({
    config: z.string().min(1),
    group: fieldWithDefault(z.string().min(1), usualChannelGroup),
    exposure: exposureMs,
    do_stack: fieldWithDefault(z.boolean(), true),
    z_offset: fieldWithDefault(micrometres, 0),
    acquire_every: fieldWithDefault(z.number().int().positive(), 1),
    camera: optionalField(z.string().min(1)),
  })
  .transform(
    (channel): ChannelPlan => ({
      config: channel.config,
      group: channel.group,
      exposureMs: channel.exposure,
      doStack: channel.do_stack,
      zOffsetUm: channel.z_offset,
      acquireEvery: channel.acquire_every,
      camera: channel.camera,
    }),
  )
/** A channel's name stands for a channel. */
const channelSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { config: value } : value),
  channelObjectSchema,
)

const positionObjectSchema = z
  .strictObject({
    x: optionalField(micrometres),
    y: optionalField(micrometres),
    z: optionalField(micrometres),
    name: optionalField(z.string().max(longestName)),
    get sequence() {
      return optionalField(mdaSequenceSchema)
    },
    properties: propertiesSchema,
    // Of newer files, and of no meaning here.
    row: z.unknown().optional(),
    col: z.unknown().optional(),
    plate_row: z.unknown().optional(),
    plate_col: z.unknown().optional(),
    grid_row: z.unknown().optional(),
    grid_col: z.unknown().optional(),
  })
  .transform(
    ({ x, y, z: focus, name, sequence, properties }): PlanPosition => ({
      xUm: x,
      yUm: y,
      zUm: focus,
      // Blank, it names nothing.
      name: name?.trim() === '' ? undefined : name,
      sequence,
      properties,
    }),
  )
/** `[x, y, z]` stands for a position, as in Python; files of useq-schema itself do not have it. */
const positionSchema: z.ZodType<PlanPosition> = z.preprocess(
  (value) => (Array.isArray(value) && value.length <= 3 ? { x: value[0], y: value[1], z: value[2] } : value),
  positionObjectSchema,
)

const axesSchema = z.union([z.string(), z.array(z.string())]).transform((axes, context): readonly Axis[] => {
  const letters = typeof axes === 'string' ? axes.split('') : axes
  const parsed = z.array(axisSchema).safeParse(letters.map((letter) => letter.toLowerCase()))
  if (parsed.success && new Set(parsed.data).size === parsed.data.length) return parsed.data
  context.addIssue({
    code: 'custom',
    message: `must be axes of t, p, g, c and z, each once, not ${JSON.stringify(axes)}`,
  })
  return z.NEVER
})

const autofocusSchema = z
  .strictObject({
    axes: axesSchema,
    autofocus_device_name: optionalField(z.string().min(1)),
    autofocus_motor_offset: optionalField(micrometres),
  })
  .transform(
    (plan): AutofocusPlan => ({
      axes: plan.axes,
      deviceName: plan.autofocus_device_name,
      motorOffset: plan.autofocus_motor_offset,
    }),
  )

const positionsSchema = z.unknown().transform((value, context): MdaSequence['positions'] => {
  if (value === null || value === undefined) return []
  const schema = Array.isArray(value) ? z.array(positionSchema).max(maxPositions) : wellPlatePlanSchema
  return readAs(schema, value, context)
})

/** A plan as it is in a file, which may contradict itself: for editors, whose user is still at it. */
export const planDraftSchema: z.ZodType<MdaSequence> = z
  .strictObject({
    metadata: fieldWithDefault(z.record(z.string(), z.unknown()), {}),
    axis_order: fieldWithDefault(axesSchema, defaultAxisOrder),
    stage_positions: fieldWithDefault(positionsSchema, []),
    grid_plan: gridPlanSchema,
    channels: fieldWithDefault(z.array(channelSchema).max(maxChannels), []),
    time_plan: optionalField(timePlanSchema),
    z_plan: zPlanSchema,
    autofocus_plan: optionalField(autofocusSchema),
    setup: optionalField(setupSchema),
    keep_shutter_open_across: fieldWithDefault(axesSchema, []),
    uid: z.unknown().optional(),
  })
  .transform(
    (file): MdaSequence => ({
      metadata: file.metadata,
      axisOrder: file.axis_order,
      positions: file.stage_positions,
      grid: file.grid_plan,
      channels: file.channels,
      time: file.time_plan,
      z: file.z_plan,
      autofocus: file.autofocus_plan,
      setup: file.setup,
      keepShutterOpenAcross: file.keep_shutter_open_across,
    }),
  )

/** Reads a plan as it is in a file (JSON or YAML, parsed). Keys it does not know are problems: `readPlan` warns only. */
export const mdaSequenceSchema: z.ZodType<MdaSequence> = planDraftSchema.superRefine(refuseContradictions)

/** Whether a sequence images anything of its own: as a sub-sequence, one without axes changes nothing. */
export function hasAxes({ positions, grid, channels, time, z: stack }: MdaSequence): boolean {
  const places = 'plate' in positions ? positions.wells.length : positions.length
  return places > 0 || channels.length > 0 || [grid, time, stack].some((plan) => plan !== undefined)
}

type Report = (path: readonly PropertyKey[], message: string) => void

function refuseContradictions(sequence: MdaSequence, context: z.RefinementCtx): void {
  const report: Report = (path, message) =>
    context.addIssue({ code: 'custom', path: [...path], message, input: sequence })
  const { channels, positions, axisOrder, z: stack } = sequence
  refuseHiddenAxes(sequence, report)
  const seen = new Set<string>()
  for (const [i, { group, config, camera }] of channels.entries()) {
    const key = JSON.stringify([group, config, camera])
    if (seen.has(key)) report(['channels', i], `channel ${config} of ${group} is there twice`)
    seen.add(key)
  }
  if (sequence.autofocus !== undefined && stack !== undefined && !isRelativeZ(stack))
    report(['autofocus_plan'], 'needs a z_plan relative to the focus it finds, not an absolute one')
  if ('plate' in positions) {
    if (sequence.grid !== undefined && !isRelativeGrid(sequence.grid))
      report(['grid_plan'], 'must lie around the wells: no absolute edges or polygons')
    return
  }
  for (const [i, { sequence: sub }] of positions.entries()) {
    if (sub === undefined) continue
    const at = ['stage_positions', i, 'sequence']
    if ('plate' in sub.positions || sub.positions.length > 0)
      report([...at, 'stage_positions'], 'a position’s own sequence cannot have positions')
    if (sub.keepShutterOpenAcross.length > 0)
      report([...at, 'keep_shutter_open_across'], 'belongs to the whole plan, not to a position')
    if (sub.z !== undefined && axisOrder.includes('z') && axisOrder.indexOf('z') < axisOrder.indexOf('p'))
      report(['axis_order'], `z must not come before p, as position ${i} has a z_plan of its own`)
  }
}

/** An axis that has a plan and is not in the order would be left out without a word. */
function refuseHiddenAxes({ axisOrder, ...sequence }: MdaSequence, report: Report): void {
  const places = 'plate' in sequence.positions ? sequence.positions.wells.length : sequence.positions.length
  const present: Readonly<Record<Axis, boolean>> = {
    t: sequence.time !== undefined,
    p: places > 0,
    g: sequence.grid !== undefined,
    c: sequence.channels.length > 0,
    z: sequence.z !== undefined,
  }
  for (const axis of defaultAxisOrder) {
    if (present[axis] && !axisOrder.includes(axis))
      report(['axis_order'], `lacks ${axis}, for which there is a plan`)
  }
}
