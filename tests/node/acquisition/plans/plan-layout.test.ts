import { describe, expect, it } from 'vitest'
import { ImagePlaces } from '../../../../src-main/acquisition/plans/image-places.ts'
import { planLayout, type LayoutOptions } from '../../../../src-main/acquisition/plans/plan-layout.ts'
import { CoverslipError } from '../../../../src-shared/errors.ts'
import { expandPlan } from '../../../../src-shared/plan/expand-plan.ts'
import { problemsOfRefusal, readPlan } from '../../../../src-shared/plan/read-plan.ts'
import fc from '../../../fixtures/seeded-fast-check.ts'
import { planFiles } from '../../plan/plan-files.ts'

const fieldOfView = { widthUm: 100, heightUm: 100 }
const layoutOf = (plan: unknown, options: LayoutOptions = {}) =>
  planLayout(readPlan(plan).sequence, { fieldOfView, ...options })

describe('planLayout', () => {
  it('has the axes in the order of acquisition, with even steps', () => {
    expect(
      layoutOf(
        {
          axis_order: 'tpcz',
          channels: [{ config: 'DAPI', exposure: 10 }, 'GFP'],
          z_plan: { range: 4, step: 2, go_up: false },
          time_plan: { interval: 30, loops: 5 },
          stage_positions: [{ x: 1, y: 2, z: 3, name: 'Left heart' }, { x: 4 }],
        },
        { colorOf: ({ config }) => (config === 'DAPI' ? '#5b8cff' : 'green') },
      ),
    ).toMatchObject({
      axes: [
        { axis: 't', length: 5 },
        { axis: 'p', length: 2 },
        { axis: 'c', length: 2 },
        { axis: 'z', length: 3 },
      ],
      positions: [
        { name: 'Left_heart', xUm: 1, yUm: 2, zUm: 3 },
        { name: 'P2', xUm: 4, yUm: undefined },
      ],
      channels: [
        { name: 'DAPI', color: '#5b8cff', exposureMs: 10 },
        { name: 'GFP', color: undefined },
      ],
      timeStepS: 30,
      zStepUm: 2,
      plate: undefined,
    })
  })

  it('takes tiles of positions for positions of their own; a position’s grid may be another', () => {
    const plan = {
      stage_positions: [
        { x: 1000, y: 0, name: 'A' },
        { x: 0, y: 0, name: 'B', sequence: { grid_plan: { rows: 1, columns: 3 } } },
      ],
      grid_plan: { rows: 2, columns: 1 },
    }
    const layout = layoutOf(plan)
    expect(layout.axes).toEqual([{ axis: 'p', length: 5 }])
    expect(layout.positions.map(({ name, xUm, yUm }) => [name, xUm, yUm])).toEqual([
      ['A_0000', 1000, 50],
      ['A_0001', 1000, -50],
      ['B_0000', -100, 0],
      ['B_0001', 0, 0],
      ['B_0002', 100, 0],
    ])
    expect(layout.indexOf({ index: { p: 1, g: 2 }, channel: undefined, camera: undefined })).toEqual({ p: 4 })
  })

  it('gives every position a name of its own', () => {
    const names = layoutOf({
      stage_positions: [{ name: 'a' }, { name: 'A' }, { name: 'a' }, { name: 'a_2' }, { name: 'ä/ö' }, {}],
    }).positions.map(({ name }) => name)
    expect(names).toEqual(['a', 'A_2', 'a_3', 'a_2_2', '_', 'P6'])
  })

  it('tells long names apart that begin alike, and their tiles', () => {
    const long = 'embryo'.repeat(30)
    const names = layoutOf({
      stage_positions: [{ name: `${long}1` }, { name: `${long}2` }],
      grid_plan: { rows: 1, columns: 2, fov_width: 10, fov_height: 10 },
    }).positions.map(({ name }) => name)
    const short = long.slice(0, 80)
    expect(names).toEqual([`${short}_0000`, `${short}_0001`, `${short}_0000_2`, `${short}_0001_2`])
  })

  it('lists the channels of all positions once', () => {
    const layout = layoutOf({
      channels: ['DAPI', 'GFP'],
      stage_positions: [{}, { sequence: { channels: ['Cy5', 'GFP'] } }],
    })
    expect(layout.channels.map(({ name }) => name)).toEqual(['DAPI', 'GFP', 'Cy5'])
    const at = (config: string, c: number) =>
      layout.indexOf({ index: { p: 1, c }, channel: { group: 'Channel', config }, camera: undefined })
    expect([at('Cy5', 0), at('GFP', 1)]).toEqual([
      { p: 1, c: 2 },
      { p: 1, c: 1 },
    ])
  })

  it('leaves channels of other cameras out, and tells groups apart', () => {
    const plan = {
      channels: [
        { config: 'GFP', camera: 'left' },
        { config: 'GFP', group: 'Confocal' },
        { config: 'RFP', camera: 'right' },
      ],
    }
    const names = (camera: string) =>
      layoutOf(plan, { takes: (channel) => (channel.camera ?? 'left') === camera }).channels.map(
        ({ name }) => name,
      )
    expect(names('left')).toEqual(['GFP (Channel)', 'GFP (Confocal)'])
    expect(names('right')).toEqual(['RFP'])
  })

  it('has the wells of a plate', () => {
    const { plate, positions } = layoutOf({
      stage_positions: {
        plate: 96,
        a1_center_xy: [0, 0],
        selected_wells: [
          [0, 1],
          [0, 2],
        ],
        well_points_plan: { rows: 1, columns: 2 },
      },
    })
    expect(plate).toEqual({ name: '96', rows: 8, columns: 12 })
    expect(positions.map(({ name, well }) => [name, well?.row, well?.column])).toEqual([
      ['A1_0000', 0, 0],
      ['A1_0001', 0, 0],
      ['B3_0000', 1, 2],
      ['B3_0001', 1, 2],
    ])
  })

  it('says nothing of steps that are not even', () => {
    const { timeStepS, zStepUm } = layoutOf({
      time_plan: [
        { interval: 1, loops: 3 },
        { interval: 5, loops: 3 },
      ],
      z_plan: { relative: [0, 1, 3] },
    })
    expect([timeStepS, zStepUm]).toEqual([undefined, undefined])
    expect(layoutOf({ time_plan: { interval: 0, loops: 9 } }).timeStepS).toBeUndefined()
    expect(layoutOf({ time_plan: { interval: 0.1, loops: 30_000 } }).timeStepS).toBeCloseTo(0.1, 9)
  })

  it.each([
    [{ grid_plan: { rows: 2, columns: 2 } }, 'grid_plan'],
    [
      { stage_positions: [{}, { sequence: { grid_plan: { rows: 2, columns: 2 } } }] },
      'stage_positions[1].sequence.grid_plan',
    ],
    [
      {
        stage_positions: {
          plate: 96,
          a1_center_xy: [0, 0],
          selected_wells: [[0], [0]],
          well_points_plan: { rows: 1, columns: 2 },
        },
      },
      'stage_positions.well_points_plan',
    ],
  ])('names the grid that needs the size of an image: %#', (plan, path) => {
    try {
      planLayout(readPlan(plan).sequence)
      throw new Error('was accepted')
    } catch (error) {
      expect(problemsOfRefusal(CoverslipError.from(error))).toEqual([
        { path, message: expect.stringContaining('the size of an image in the specimen is not known') },
      ])
    }
  })

  it('refuses more places than files can name', () => {
    expect(() => layoutOf({ stage_positions: [{}, {}, {}], grid_plan: { rows: 200, columns: 200 } })).toThrow(
      /too many places/,
    )
  })

  it('has a place within its axes for every image, and no two for one', () => {
    fc.assert(
      fc.property(planFiles, (file) => {
        const { sequence } = readPlan(file)
        const layout = planLayout(sequence, { fieldOfView })
        const places = new ImagePlaces(layout)
        for (const event of expandPlan(sequence, { fieldOfView })) {
          if (event.action.type !== 'acquireImage') continue
          const index = layout.indexOf(event)
          for (const { axis, length } of layout.axes) {
            expect(index[axis]).toBeGreaterThanOrEqual(0)
            expect(index[axis]).toBeLessThan(length ?? 0)
          }
          expect(places.take(index)).toBe(true)
        }
      }),
    )
  })
})
