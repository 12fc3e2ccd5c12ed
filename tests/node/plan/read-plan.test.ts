import { describe, expect, it } from 'vitest'
import { CoverslipError } from '../../../src-shared/errors.ts'
import { parseDuration } from '../../../src-shared/plan/duration.ts'
import { fieldPath } from '../../../src-shared/field-problems.ts'
import { type PlanRemark, problemsOfRefusal, readPlan } from '../../../src-shared/plan/read-plan.ts'
import { timesOf } from '../../../src-shared/plan/time-plan.ts'
import { writePlan } from '../../../src-shared/plan/write-plan.ts'
import { planesOf } from '../../../src-shared/plan/z-plan.ts'
import { planFiles } from './plan-files.ts'
import fc from '../../fixtures/seeded-fast-check.ts'

/** What reading `file` complains of. */
function problemsIn(file: unknown): readonly PlanRemark[] {
  try {
    readPlan(file)
  } catch (error) {
    if (!(error instanceof CoverslipError)) throw error
    expect(error.code).toBe('INVALID_INPUT')
    return problemsOfRefusal(error)
  }
  return []
}

type Path = readonly (string | number)[]

/** The paths of all objects in `value`. */
function objectsIn(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return []
  const inner = Array.isArray(value)
    ? value.flatMap((entry, i) => objectsIn(entry, [...at, i]))
    : Object.entries(value).flatMap(([key, entry]) => objectsIn(entry, [...at, key]))
  return Array.isArray(value) ? inner : [at, ...inner]
}

/** `value` with an unknown key in the object at `path`. */
function withUnknown(value: unknown, [next, ...rest]: Path): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (next === undefined) return { ...value, zzz: 1 }
  if (Array.isArray(value)) return value.map((entry, i) => (i === next ? withUnknown(entry, rest) : entry))
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, key === next ? withUnknown(entry, rest) : entry]),
  )
}

describe('readPlan', () => {
  it.each<[string, unknown, string]>([
    ['no object', 5, ''],
    ['an axis that there is not', { axis_order: 'tq' }, 'axis_order'],
    ['an axis twice', { axis_order: 'tt' }, 'axis_order'],
    ['an axis without a place in the order', { axis_order: 't', channels: ['A'] }, 'axis_order'],
    ['a step of 0', { z_plan: { range: 4, step: 0 } }, 'z_plan.step'],
    ['a negative step', { z_plan: { top: 4, bottom: 0, step: -1 } }, 'z_plan.step'],
    ['a stack upside down', { z_plan: { top: 0, bottom: 4, step: 1 } }, 'z_plan.top'],
    ['a stack of too many planes', { z_plan: { range: 1e6, step: 0.001 } }, 'z_plan'],
    ['a stack as a bare list', { z_plan: [1, 2] }, 'z_plan'],
    ['a negative interval', { time_plan: { interval: -1, loops: 2 } }, 'time_plan.interval'],
    ['an interval of ages', { time_plan: { interval: 1e308, loops: 3 } }, 'time_plan.interval'],
    ['a stack beyond the horizon', { z_plan: { relative: [1e308] } }, 'z_plan.relative[0]'],
    [
      'tiles beyond the horizon',
      { grid_plan: { rows: 2, columns: 2, fov_width: 1e308, fov_height: 1 } },
      'grid_plan.fov_width',
    ],
    [
      'a gap beyond the horizon',
      { grid_plan: { rows: 2, columns: 2, overlap: -1e308 } },
      'grid_plan.overlap',
    ],
    ['an exposure of ages', { channels: [{ config: 'A', exposure: 1e308 }] }, 'channels[0].exposure'],
    ['a position of four numbers', { stage_positions: [[1, 2, 3, 4]] }, 'stage_positions[0]'],
    [
      'a plate of too many rows',
      {
        stage_positions: {
          plate: { rows: 101, columns: 1, well_spacing: 9, well_size: 1 },
          a1_center_xy: [0, 0],
        },
      },
      'stage_positions.plate.rows',
    ],
    [
      'wells beyond the horizon',
      {
        stage_positions: {
          plate: { rows: 1, columns: 1, well_spacing: [9, 1e306], well_size: 1 },
          a1_center_xy: [0, 0],
        },
      },
      'stage_positions.plate.well_spacing[1]',
    ],
    ['no time points', { time_plan: { interval: 1, loops: 0 } }, 'time_plan.loops'],
    ['an interval of 0 for a while', { time_plan: { interval: 0, duration: 5 } }, 'time_plan.interval'],
    ['a duration in words', { time_plan: { interval: '1.5s', loops: 2 } }, 'time_plan.interval'],
    ['a phase that is none', { time_plan: [{ interval: 1, loops: 2 }, {}] }, 'time_plan[1]'],
    ['an unknown grid', { grid_plan: { foo: 1 } }, 'grid_plan'],
    ['a grid without rows', { grid_plan: { rows: 0, columns: 2 } }, 'grid_plan.rows'],
    ['tiles that overlap wholly', { grid_plan: { rows: 1, columns: 2, overlap: 100 } }, 'grid_plan.overlap'],
    [
      'a polygon of two corners',
      {
        grid_plan: {
          vertices: [
            [0, 0],
            [1, 1],
          ],
        },
      },
      'grid_plan.vertices',
    ],
    ['a channel without a name', { channels: ['A', {}] }, 'channels[1].config'],
    ['a channel twice', { channels: ['A', 'A'] }, 'channels[1]'],
    ['an exposure of 0', { channels: [{ config: 'A', exposure: 0 }] }, 'channels[0].exposure'],
    ['a name as long as a book', { stage_positions: [{ name: 'n'.repeat(501) }] }, 'stage_positions[0].name'],
    ['a position that is text', { stage_positions: [{ x: 'left' }] }, 'stage_positions[0].x'],
    [
      'positions within a position',
      { stage_positions: [{ sequence: { stage_positions: [{ x: 1 }] } }] },
      'stage_positions[0].sequence.stage_positions',
    ],
    [
      'a bad plan within a position',
      { stage_positions: [{}, { sequence: { z_plan: { range: 2, step: 0 } } }] },
      'stage_positions[1].sequence.z_plan.step',
    ],
    [
      'the stack of a position before the positions',
      {
        axis_order: 'zp',
        z_plan: { range: 2, step: 1 },
        stage_positions: [{ sequence: { z_plan: { range: 2, step: 1 } } }],
      },
      'axis_order',
    ],
    [
      'autofocus at absolute planes',
      { autofocus_plan: { axes: ['p'] }, z_plan: { absolute: [1, 2] } },
      'autofocus_plan',
    ],
    [
      'a plate called like what every object has',
      { stage_positions: { plate: 'constructor', a1_center_xy: [0, 0] } },
      'stage_positions.plate',
    ],
    ['an unknown plate', { stage_positions: { plate: 95, a1_center_xy: [0, 0] } }, 'stage_positions.plate'],
    [
      'a well that the plate does not have',
      {
        stage_positions: {
          plate: 96,
          a1_center_xy: [0, 0],
          selected_wells: [
            [0, 8],
            [0, 0],
          ],
        },
      },
      'stage_positions.selected_wells[0][1]',
    ],
  ])('refuses %s, and says where', (_, file, path) => {
    expect(problemsIn(file).map((problem) => problem.path)).toContain(path)
  })

  it('warns of keys that it does not know, wherever they are, and goes on', () => {
    const { sequence, warnings } = readPlan({
      chanels: ['A'],
      channels: [{ config: 'A', exposre: 5 }],
      stage_positions: [{ x: 1, sequence: { z_plan: { range: 2, step: 1, goup: false } } }],
    })
    expect(warnings.map(({ path }) => path).toSorted()).toEqual([
      'chanels',
      'channels[0].exposre',
      'stage_positions[0].sequence.z_plan.goup',
    ])
    expect(sequence.channels).toHaveLength(1)
  })

  it('warns of a key that it does not know in any object of any plan, at its path', () => {
    const setup = {
      action: { type: 'custom', name: 'setup' },
      properties: [['Camera', 'Gain', 2]],
      roi: { offset_x: 0, offset_y: 0, width: 64, height: 64 },
      exposure: 5,
    }
    fc.assert(
      fc.property(planFiles, fc.nat(), (file, pick) => {
        const { sequence } = readPlan({ ...file, setup })
        const whole: unknown = JSON.parse(JSON.stringify({ ...writePlan(sequence), setup }))
        const paths = objectsIn(whole).filter((path) => !path.includes('metadata'))
        const path = paths[pick % paths.length] ?? []
        const { warnings } = readPlan(withUnknown(whole, path))
        expect(warnings.map((warning) => warning.path)).toContain(fieldPath([...path, 'zzz']))
      }),
      { numRuns: 300 },
    )
  })

  it('warns of what is not heeded in the setup, and in the search for the focus by the image', () => {
    const { warnings } = readPlan({
      setup: { index: {}, channel: null, keep_shutter_open: false, x_pos: 5, binning: 2, exposure: 5 },
      metadata: { image_autofocus: { range: 10, stp: 1, channel: { config: 'DAPI', grup: 'A' } } },
      stage_positions: [{ x: 0, sequence: { metadata: { image_autofocus: { range: 5 } } } }],
    })
    expect(warnings.map(({ path }) => path).toSorted()).toEqual([
      'metadata.image_autofocus.channel.grup',
      'metadata.image_autofocus.stp',
      'setup.binning',
      'setup.x_pos',
      'stage_positions[0].sequence.metadata.image_autofocus',
    ])
  })

  it.each<[unknown, string, string]>([
    [5, '', 'must be a group of named fields, not 5'],
    [{ channels: { config: 'A' } }, 'channels', 'must be a list, not a group of named fields'],
    [{ channels: [7] }, 'channels[0]', 'must be a group of named fields, not 7'],
    [{ channels: [{}] }, 'channels[0].config', 'is missing: it must be text'],
    [{ channels: [{ config: '' }] }, 'channels[0].config', 'must have at least 1 character'],
    [
      { channels: [{ config: 'A', exposure: 'long' }] },
      'channels[0].exposure',
      'must be a number, not "long"',
    ],
    [{ channels: [{ config: 'A', exposure: 0 }] }, 'channels[0].exposure', 'must be more than 0'],
    [
      { channels: [{ config: 'A', acquire_every: 1.5 }] },
      'channels[0].acquire_every',
      'must be a whole number, not 1.5',
    ],
    [
      { channels: [{ config: 'A', do_stack: 'no' }] },
      'channels[0].do_stack',
      'must be true or false, not "no"',
    ],
    [{ axis_order: 5 }, 'axis_order', 'must be text or a list, not 5'],
    [{ setup: { roi: 'all' } }, 'setup.roi', 'must be a list or a group of named fields, not "all"'],
    [{ setup: { roi: [0, 0, 64] } }, 'setup.roi', 'must have at least 4 entries'],
    [{ setup: { roi: { offset_x: 0 } } }, 'setup.roi.width', 'is missing: it must be a number'],
    [
      { grid_plan: { rows: 1, columns: 1, mode: 'zigzag' } },
      'grid_plan.mode',
      'must be row_wise, column_wise, row_wise_snake, column_wise_snake or spiral, not "zigzag"',
    ],
    [
      { stage_positions: [[1, 2, 3, 4]] },
      'stage_positions[0]',
      'must be a group of named fields, not a list',
    ],
    [
      { stage_positions: { plate: { rows: 2 }, a1_center_xy: [0, 0] } },
      'stage_positions.plate.columns',
      'is missing: it must be a number',
    ],
    [
      { stage_positions: { plate: [], a1_center_xy: [0, 0] } },
      'stage_positions.plate',
      'must be text, a number or a group of named fields, not a list',
    ],
  ])('says of %j in plain words what is wrong', (file, path, message) => {
    expect(problemsIn(file)).toContainEqual({ path, message })
  })

  it('warns of what is seldom meant', () => {
    const { warnings } = readPlan({
      axis_order: 'pgct',
      channels: [{ config: 'A', acquire_every: 2, z_offset: 1 }],
      time_plan: { interval: 1, loops: 3 },
      stage_positions: [{ x: 1 }, { x: 2 }],
      grid_plan: { top: 1, bottom: 0, left: 0, right: 1 },
    })
    expect(warnings.map(({ path }) => path)).toEqual([
      'channels[0].acquire_every',
      'channels[0].z_offset',
      'stage_positions[0]',
      'grid_plan',
    ])
  })

  it('takes interval and duration before loops', () => {
    const { sequence } = readPlan({ time_plan: { interval: 2, duration: 4, loops: 100 } })
    expect(sequence.time?.phases).toMatchObject([{ kind: 'intervalDuration', intervalS: 2, durationS: 4 }])
  })

  it('says which plates it knows, and that a plate without wells is not visited', () => {
    const plate = (kind: unknown) => ({ stage_positions: { plate: kind, a1_center_xy: [0, 0] } })
    expect(() => readPlan(plate('97-well'))).toThrow('"97-well" is no known plate: 6-well, 12-well')
    expect(readPlan(plate(96)).warnings.map(({ path }) => path)).toEqual(['stage_positions.selected_wells'])
  })

  it('takes a blank name for none', () => {
    const { sequence } = readPlan({
      stage_positions: [
        { x: 1, name: '' },
        { x: 2, name: ' ' },
      ],
    })
    expect(sequence.positions).toMatchObject([{ name: undefined }, { name: undefined }])
  })

  it('calls a well that is not there by its name', () => {
    const plate = { plate: 96, a1_center_xy: [0, 0], selected_wells: [[8], [11]] }
    expect(() => readPlan({ stage_positions: plate })).toThrow(
      'there is no well I12 on a plate of 8 x 12 wells, whose last is H12',
    )
  })

  it('accepts positions as lists, and the setup that useq-schema’s YAML writes without its type', () => {
    const { sequence } = readPlan({
      stage_positions: [[1, 2, 3], { x: 4 }],
      setup: { action: { name: 'setup' }, properties: [['Camera', 'Binning', '2']], roi: [0, 0, 512, 256] },
    })
    expect(sequence.positions).toMatchObject([
      { xUm: 1, yUm: 2, zUm: 3 },
      { xUm: 4, yUm: undefined },
    ])
    expect(sequence.setup).toMatchObject({ roi: { width: 512, height: 256 } })
  })

  it('warns of what a setup would not set', () => {
    const setup = {
      properties: null,
      channel: { config: 'A' },
      x_pos: 5,
      z_pos: null,
      index: {},
      metadata: {},
    }
    const own = { setup: { exposure: 5 }, channels: ['A'] }
    const { warnings } = readPlan({ setup, channels: ['A'], stage_positions: [{ x: 1, sequence: own }] })
    expect(warnings.map(({ path }) => path)).toEqual([
      'setup.channel',
      'setup.x_pos',
      'stage_positions[0].sequence.setup',
    ])
  })

  it('survives anything', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record(
            {
              channels: fc.jsonValue(),
              z_plan: fc.jsonValue(),
              time_plan: fc.jsonValue(),
              grid_plan: fc.jsonValue(),
              stage_positions: fc.jsonValue(),
            },
            { requiredKeys: [] },
          ),
        ),
        (file) => {
          try {
            readPlan(file)
          } catch (error) {
            expect(error).toBeInstanceOf(CoverslipError)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('writePlan', () => {
  it('writes what is read back to the same plan', () => {
    fc.assert(
      fc.property(planFiles, (file) => {
        const { sequence } = readPlan(file)
        const again = readPlan(JSON.parse(JSON.stringify(writePlan(sequence))))
        expect(again.sequence).toEqual(sequence)
      }),
      { numRuns: 300 },
    )
  })
})

describe('durations', () => {
  it.each<[string, number | undefined]>([
    ['PT0.5S', 0.5],
    ['P1DT2S', 86_402],
    ['P1W', 604_800],
    ['01:30:00', 5400],
    ['0:00:00.100000', 0.1],
    ['2 days, 0:00:01', 172_801],
    ['1 day, 0:00:01', 86_401],
    ['1:30', undefined],
    ['90', undefined],
    ['1.5s', undefined],
    ['P', undefined],
    ['', undefined],
  ])('%j', (text, seconds) => {
    const parsed = parseDuration(text)
    if (seconds === undefined) expect(parsed).toBeUndefined()
    else expect(parsed).toBeCloseTo(seconds, 9)
  })
})

describe('time points', () => {
  const times = (file: unknown) => {
    const { sequence } = readPlan({ time_plan: file })
    if (sequence.time === undefined) return []
    const points = timesOf(sequence.time)
    return Array.from({ length: points.length }, (_, i) => points.at(i))
  }

  it('of phases follow each other without a gap', () => {
    expect(
      times([
        { interval: 1, loops: 3 },
        { interval: 5, duration: 10 },
      ]),
    ).toEqual([0, 1, 2, 7, 12])
    expect(times({ phases: [{ interval: 1, loops: 3 }] })).toEqual([0, 1, 2])
    const three = [
      { interval: 1, loops: 2 },
      { interval: 2, loops: 3 },
      { interval: 3, loops: 2 },
    ]
    expect(times(three)).toEqual([0, 1, 3, 5, 8])
  })

  it('of one loop over a duration is the beginning', () => {
    expect(times({ duration: 10, loops: 1 })).toEqual([0])
  })

  it('take no memory, however many', () => {
    const { sequence } = readPlan({ time_plan: { interval: 1, loops: 1e12 } })
    const points = sequence.time === undefined ? undefined : timesOf(sequence.time)
    expect(points?.at(999_999_999_999)).toBe(999_999_999_999)
  })
})

describe('planes', () => {
  it('are those of numpy.arange(start, stop + step / 2, step)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        (tenths, stepTenths, goUp) => {
          const { sequence } = readPlan({
            z_plan: { top: tenths / 10, bottom: 0, step: stepTenths / 10, go_up: goUp },
          })
          const planes = sequence.z === undefined ? undefined : planesOf(sequence.z)
          const naive: number[] = []
          // In twentieths, which are whole numbers: no rounding decides about the last plane.
          for (let at = 0; 2 * at < 2 * tenths + stepTenths; at += stepTenths) naive.push(at / 10)
          if (!goUp) naive.reverse()
          expect(Array.from({ length: planes?.length ?? 0 }, (_, i) => planes?.at(i) ?? 0)).toEqual(
            naive.map((value) => expect.closeTo(value, 9)),
          )
        },
      ),
    )
  })
})
