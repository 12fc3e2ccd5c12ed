/** Wells of a plate as positions: useq-schema's `WellPlatePlan` (`useq/_plate.py`). Lengths in µm. */
import { z } from 'zod'
import { type GridPlan, gridPlanSchema, isRelativeGrid } from './grid-plan.ts'
import { type FieldOfView, tilesOf } from './grid-tiles.ts'
import { fieldWithDefault, micrometres, optionalField } from './plan-parts.ts'

/** Pitch: distance of neighbouring wells' centres. */
export type WellPlate = {
  readonly name: string
  readonly rows: number
  readonly columns: number
  readonly pitchUm: readonly [x: number, y: number]
  readonly wellUm: readonly [x: number, y: number]
  readonly circular: boolean
}

type PlateSize = readonly [rows: number, columns: number, pitchMm: number, wellMm: number, circular: boolean]

/** The plates that useq-schema knows by their number of wells (ANSI/SLAS 4-2004 pitches). */
export const knownPlates: Readonly<Record<string, PlateSize>> = {
  '6-well': [2, 3, 39.12, 34.8, true],
  '12-well': [3, 4, 26, 22, true],
  '24-well': [4, 6, 19, 15.6, true],
  '48-well': [6, 8, 13, 11.1, true],
  '96-well': [8, 12, 9, 6.4, true],
  '384-well': [16, 24, 4.5, 3.4, false],
  '1536-well': [32, 48, 2.25, 1.7, false],
}

/** The plate of that name; its number of wells alone is enough. */
export function knownPlate(name: string): WellPlate | undefined {
  const size = new Map(Object.entries(knownPlates)).get(/^\d+$/.test(name) ? `${name}-well` : name)
  if (size === undefined) return undefined
  const [rows, columns, pitchMm, wellMm, circular] = size
  return {
    name,
    rows,
    columns,
    pitchUm: [pitchMm * 1000, pitchMm * 1000],
    wellUm: [wellMm * 1000, wellMm * 1000],
    circular,
  }
}

const length = z.number().positive().max(1e6)
const millimetres = z.union([length, z.tuple([length, length])])
const inUm = (mm: number | [number, number]): readonly [number, number] =>
  typeof mm === 'number' ? [mm * 1000, mm * 1000] : [mm[0] * 1000, mm[1] * 1000]

const namedPlateSchema = z.union([z.string(), z.number().int()]).transform((name, context): WellPlate => {
  const plate = knownPlate(String(name))
  if (plate !== undefined) return plate
  context.addIssue({
    code: 'custom',
    message: `"${name}" is no known plate: ${Object.keys(knownPlates).join(', ')}, or { rows, columns, well_spacing, well_size }`,
  })
  return z.NEVER
})

const ownPlateSchema = z
  .strictObject({
    rows: z.number().int().min(1).max(100),
    columns: z.number().int().min(1).max(100),
    well_spacing: millimetres,
    well_size: millimetres,
    circular_wells: fieldWithDefault(z.boolean(), true),
    name: fieldWithDefault(z.string(), ''),
  })
  .transform(
    (plate): WellPlate => ({
      name: plate.name,
      rows: plate.rows,
      columns: plate.columns,
      pitchUm: inUm(plate.well_spacing),
      wellUm: inUm(plate.well_size),
      circular: plate.circular_wells,
    }),
  )

/** Degrees of a rotation given as a number, `5deg`, `0.1 rad` or a rotation matrix. */
const rotationSchema = z
  .union([
    z.number(),
    z.string(),
    z.tuple([z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number()])]),
  ])
  .transform((rotation, context): number => {
    if (typeof rotation === 'number') return rotation
    if (typeof rotation !== 'string') return (Math.atan2(rotation[1][0], rotation[0][0]) * 180) / Math.PI
    const [, value, unit] = /^\s*([+-]?\d+(?:\.\d+)?)\s*(deg|°|rad)?\s*$/.exec(rotation) ?? []
    if (value !== undefined) return unit === 'rad' ? (Number(value) * 180) / Math.PI : Number(value)
    context.addIssue({
      code: 'custom',
      message: `"${rotation}" is no rotation: degrees, "5deg" or "0.1 rad" are`,
    })
    return z.NEVER
  })

/** Which wells of which plate, and where in them. */
export type WellPlatePlan = {
  readonly plate: WellPlate
  /** Centre of well A1 on the stage. */
  readonly a1Um: readonly [x: number, y: number]
  readonly rotationDeg: number
  /** Row and column of each chosen well, from 0. */
  readonly wells: readonly (readonly [row: number, column: number])[]
  /** Where to image in each well, from its centre. */
  readonly points: GridPlan
}

const index = z.number().int().nonnegative()

/** A plan's `stage_positions` as useq-schema writes well plates. */
export const wellPlatePlanSchema = z
  .strictObject({
    plate: z.union([namedPlateSchema, ownPlateSchema]),
    a1_center_xy: z.tuple([micrometres, micrometres]),
    rotation: optionalField(rotationSchema),
    selected_wells: optionalField(
      z.tuple([z.array(index), z.array(index)], {
        error: 'must be [[rows…], [columns…]]; other ways of choosing wells are not supported',
      }),
    ),
    well_points_plan: gridPlanSchema.refine((plan) => plan === undefined || isRelativeGrid(plan), {
      message: 'must lie around the well: no absolute edges or polygons',
    }),
  })
  .superRefine(({ plate, selected_wells }, context) => {
    const [rows, columns] = selected_wells ?? [[], []]
    if (rows.length !== columns.length) {
      context.addIssue({
        code: 'custom',
        path: ['selected_wells'],
        message: `names ${rows.length} rows and ${columns.length} columns: there must be one of each per well`,
      })
    }
    const outside = rows.findIndex((row, i) => row >= plate.rows || (columns[i] ?? 0) >= plate.columns)
    if (outside < 0) return
    context.addIssue({
      code: 'custom',
      path: ['selected_wells', 0, outside],
      message: `there is no well ${wellName(rows[outside] ?? 0, columns[outside] ?? 0)} on a plate of ${plate.rows} x ${plate.columns} wells, whose last is ${wellName(plate.rows - 1, plate.columns - 1)}`,
    })
  })
  .transform(({ plate, a1_center_xy, rotation, selected_wells, well_points_plan }): WellPlatePlan => {
    const [rows, columns] = selected_wells ?? [[], []]
    return {
      plate,
      a1Um: a1_center_xy,
      rotationDeg: rotation ?? 0,
      wells: rows.map((row, i) => [row, columns[i] ?? 0]),
      points: well_points_plan ?? { kind: 'point', xUm: 0, yUm: 0 },
    }
  })

/** `B12` of row 1, column 11; rows after Z are AA, AB, … as on 1536-well plates. */
export function wellName(row: number, column: number): string {
  const letters = row < 26 ? letter(row) : `${letter(Math.floor(row / 26) - 1)}${letter(row % 26)}`
  return `${letters}${column + 1}`
}
const letter = (index: number) => String.fromCodePoint('A'.charCodeAt(0) + index)

/** A point in a well. */
export type WellPosition = { readonly name: string; readonly xUm: number; readonly yUm: number }

/** Where to image: well by well, and in each point by point. The y axis of the stage points away from row A. */
export function wellPositions(
  plan: WellPlatePlan,
  fieldOfView: FieldOfView | undefined,
): readonly WellPosition[] {
  const { plate, a1Um, rotationDeg, wells } = plan
  const [sin, cos] = [Math.sin((rotationDeg * Math.PI) / 180), Math.cos((rotationDeg * Math.PI) / 180)]
  const points = tilesOf(plan.points, fieldOfView)
  return wells.flatMap(([row, column]) => {
    const [across, down] = [column * plate.pitchUm[0], row * plate.pitchUm[1]]
    const [x, y] = [a1Um[0] + sin * down + cos * across, a1Um[1] - cos * down + sin * across]
    const well = wellName(row, column)
    return points.map(([dx, dy], i) => ({
      name: points.length === 1 ? well : `${well}_${String(i).padStart(4, '0')}`,
      xUm: x + dx,
      yUm: y + dy,
    }))
  })
}
