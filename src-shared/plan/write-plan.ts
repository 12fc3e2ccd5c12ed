/** A plan as a file of useq-schema: every field written, so that no reader has to know our defaults. */
import type { GridPlan } from './grid-plan.ts'
import type { MdaSequence, PlanPosition } from './sequence.ts'
import type { CameraRoi, SetupEvent } from './setup-event.ts'
import type { TimePhase } from './time-plan.ts'
import type { WellPlatePlan } from './well-plate.ts'
import type { ZPlan } from './z-plan.ts'

/** `sequence` as JSON data that `readPlan` (and useq-schema) read back to the same plan. */
export function writePlan(sequence: MdaSequence): Readonly<Record<string, unknown>> {
  const { metadata, axisOrder, positions, grid, channels, time, z, autofocus, setup } = sequence
  return {
    metadata,
    axis_order: axisOrder.join(''),
    stage_positions: 'plate' in positions ? writePlate(positions) : positions.map(writePosition),
    grid_plan: grid === undefined ? null : writeGrid(grid),
    channels: channels.map((channel) => ({
      config: channel.config,
      group: channel.group,
      exposure: channel.exposureMs ?? null,
      do_stack: channel.doStack,
      z_offset: channel.zOffsetUm,
      acquire_every: channel.acquireEvery,
      camera: channel.camera ?? null,
    })),
    time_plan: time === undefined ? null : { phases: time.phases.map(writePhase) },
    z_plan: z === undefined ? null : writeZ(z),
    autofocus_plan:
      autofocus === undefined
        ? null
        : {
            axes: autofocus.axes,
            autofocus_device_name: autofocus.deviceName ?? null,
            autofocus_motor_offset: autofocus.motorOffset ?? null,
          },
    setup: setup === undefined ? null : writeSetup(setup),
    keep_shutter_open_across: sequence.keepShutterOpenAcross,
  }
}

function writePosition({ xUm, yUm, zUm, name, sequence, properties }: PlanPosition) {
  return {
    x: xUm ?? null,
    y: yUm ?? null,
    z: zUm ?? null,
    name: name ?? null,
    sequence: sequence === undefined ? null : writePlan(sequence),
    properties: properties.length === 0 ? null : properties,
  }
}

function writePhase(phase: TimePhase) {
  const { prioritizeDuration: prioritize_duration } = phase
  switch (phase.kind) {
    case 'intervalLoops':
      return { interval: phase.intervalS, loops: phase.loops, prioritize_duration }
    case 'durationLoops':
      return { duration: phase.durationS, loops: phase.loops, prioritize_duration }
    case 'intervalDuration':
      return { interval: phase.intervalS, duration: phase.durationS, prioritize_duration }
  }
}

function writeZ(plan: ZPlan) {
  const go_up = plan.goUp
  switch (plan.kind) {
    case 'topBottom':
      return { top: plan.topUm, bottom: plan.bottomUm, step: plan.stepUm, go_up }
    case 'aboveBelow':
      return { above: plan.aboveUm, below: plan.belowUm, step: plan.stepUm, go_up }
    case 'rangeAround':
      return { range: plan.rangeUm, step: plan.stepUm, go_up }
    case 'absolute':
      return { absolute: plan.planesUm, go_up }
    case 'relative':
      return { relative: plan.planesUm, go_up }
  }
}

function writeGrid(plan: GridPlan) {
  if (plan.kind === 'point') return { x: plan.xUm, y: plan.yUm }
  const fov = { fov_width: plan.fovWidthUm ?? null, fov_height: plan.fovHeightUm ?? null }
  if (plan.kind === 'random') {
    return {
      num_points: plan.count,
      max_width: plan.maxWidthUm,
      max_height: plan.maxHeightUm,
      shape: plan.shape,
      random_seed: plan.seed,
      allow_overlap: plan.allowOverlap,
      order: plan.order,
      start_at: plan.startAt,
      ...fov,
    }
  }
  const tiling = { overlap: plan.overlap, mode: plan.order, ...fov }
  switch (plan.kind) {
    case 'edges':
      return { top: plan.top, left: plan.left, bottom: plan.bottom, right: plan.right, ...tiling }
    case 'polygon':
      return {
        vertices: plan.vertices,
        convex_hull: plan.convexHull,
        offset: plan.offsetUm ?? null,
        ...tiling,
      }
    case 'rowsColumns':
      return { rows: plan.rows, columns: plan.columns, relative_to: plan.relativeTo, ...tiling }
    case 'widthHeight':
      return { width: plan.widthUm, height: plan.heightUm, relative_to: plan.relativeTo, ...tiling }
  }
}

function writePlate({ plate, a1Um, rotationDeg, wells, points }: WellPlatePlan) {
  const inMm = ([x, y]: readonly [number, number]) => [x / 1000, y / 1000]
  return {
    plate: {
      rows: plate.rows,
      columns: plate.columns,
      well_spacing: inMm(plate.pitchUm),
      well_size: inMm(plate.wellUm),
      circular_wells: plate.circular,
      name: plate.name,
    },
    a1_center_xy: a1Um,
    rotation: rotationDeg,
    selected_wells: [wells.map(([row]) => row), wells.map(([, column]) => column)],
    well_points_plan: writeGrid(points),
  }
}

function writeSetup({ properties, roi, exposureMs }: SetupEvent) {
  return {
    action: { type: 'custom', name: 'setup' },
    properties,
    roi: roi === undefined ? null : writeRoi(roi),
    exposure: exposureMs ?? null,
  }
}

const writeRoi = ({ x, y, width, height }: CameraRoi) => ({ offset_x: x, offset_y: y, width, height })
