/** Plans as files, of all kinds, for property tests. */
import fc from '../../fixtures/seeded-fast-check.ts'

const um = fc.double({ min: -5000, max: 5000, noNaN: true }).map((value) => Math.round(value * 100) / 100 + 0)
const positive = fc.integer({ min: 1, max: 9 })
const goUp = fc.option(fc.boolean())

const zPlans = fc.oneof(
  fc.record({ top: positive, bottom: fc.constant(0), step: positive, go_up: goUp }),
  fc.record({ above: um, below: um, step: fc.integer({ min: 1000, max: 2000 }), go_up: goUp }),
  fc.record({ range: positive, step: positive, go_up: goUp }),
  fc.record({ absolute: fc.array(um, { minLength: 1, maxLength: 4 }), go_up: goUp }),
  fc.record({ relative: fc.array(um, { minLength: 1, maxLength: 4 }), go_up: goUp }),
)

const phases = fc.oneof(
  fc.record({ interval: positive, loops: positive }),
  fc.record({ duration: positive, loops: positive }),
  fc.record({ interval: positive, duration: positive }),
)
const timePlans = fc.oneof(
  phases,
  fc.array(phases, { minLength: 1, maxLength: 3 }),
  fc.record({ phases: fc.array(phases, { minLength: 1, maxLength: 3 }) }),
)

const tiling = {
  overlap: fc.option(fc.oneof(fc.integer({ min: -50, max: 90 }), fc.tuple(positive, positive))),
  mode: fc.option(
    fc.constantFrom('row_wise', 'column_wise', 'row_wise_snake', 'column_wise_snake', 'spiral'),
  ),
  fov_width: fc.option(positive),
  fov_height: fc.option(positive),
}
const relativeTo = fc.option(fc.constantFrom('center', 'top_left'))
const few = fc.integer({ min: 1, max: 3 })
export const relativeGrids = fc.oneof(
  fc.record({ rows: few, columns: few, relative_to: relativeTo, ...tiling }),
  fc.record({ width: positive, height: positive, relative_to: relativeTo, ...tiling }),
  fc.record({
    num_points: few,
    random_seed: fc.option(fc.nat(1000)),
    shape: fc.constantFrom('ellipse', 'rectangle'),
  }),
  fc.record({ x: um, y: um }),
)
export const absoluteGrids = fc.oneof(
  fc.record({ top: um, bottom: um, left: um, right: um, ...tiling }),
  fc.record({
    vertices: fc.array(fc.tuple(um, um), { minLength: 3, maxLength: 5 }),
    convex_hull: fc.boolean(),
    ...tiling,
  }),
)

const channels = fc.uniqueArray(
  fc.record({
    config: fc.constantFrom('DAPI', 'GFP', 'BF'),
    exposure: fc.option(positive),
    do_stack: fc.boolean(),
    acquire_every: fc.integer({ min: 1, max: 3 }),
    z_offset: um,
  }),
  { selector: ({ config }) => config, maxLength: 3 },
)

const positions = fc.array(
  fc.record({
    x: fc.option(um),
    y: fc.option(um),
    z: fc.option(um),
    name: fc.option(fc.string({ maxLength: 5 })),
    properties: fc.option(fc.constant([['Camera', 'Gain', 2]])),
    sequence: fc.option(fc.record({ z_plan: fc.option(zPlans), grid_plan: fc.option(relativeGrids) })),
  }),
  { maxLength: 3 },
)
const plates = fc.record({
  plate: fc.constantFrom(6, '96-well', 384),
  a1_center_xy: fc.tuple(um, um),
  rotation: fc.constantFrom(null, 5, '5deg'),
  selected_wells: fc.constantFrom(
    [
      [0, 1],
      [0, 1],
    ],
    null,
  ),
  well_points_plan: fc.option(relativeGrids),
})

/** Any plan that can be read. */
export const planFiles = fc.record({
  axis_order: fc.constantFrom('tpgcz', 'ptgcz', 'tpgzc'),
  channels,
  stage_positions: fc.oneof(positions, plates),
  grid_plan: fc.option(relativeGrids),
  time_plan: fc.option(timePlans),
  z_plan: fc.option(zPlans),
  keep_shutter_open_across: fc.constantFrom([], ['z'], 'cz'),
})
