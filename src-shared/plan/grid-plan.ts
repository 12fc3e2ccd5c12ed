/** Tiles around each position, or over a region of the stage: useq-schema's grid plans (`useq/_grid.py`), µm, as they are read. */
import { z } from 'zod'
import { type GridOrder, gridOrderSchema } from './grid-order.ts'
import { fieldWithDefault, micrometres, oneOfKinds, optionalField } from './plan-parts.ts'
import type { Box, Point } from './polygon.ts'

type Tiling = {
  /** Percent of the field of view, x and y; negative: gaps. */
  readonly overlap: readonly [number, number]
  readonly order: GridOrder
  /** Of the plan itself; absent: that of the camera. */
  readonly fovWidthUm: number | undefined
  readonly fovHeightUm: number | undefined
}

/** Which tiles are taken around a position. */
export type GridPlan =
  | ({ readonly kind: 'edges' } & Box & Tiling)
  | ({
      readonly kind: 'polygon'
      readonly vertices: readonly Point[]
      readonly convexHull: boolean
      readonly offsetUm: number | undefined
    } & Tiling)
  | ({
      readonly kind: 'rowsColumns'
      readonly rows: number
      readonly columns: number
      readonly relativeTo: 'center' | 'top_left'
    } & Tiling)
  | ({
      readonly kind: 'widthHeight'
      readonly widthUm: number
      readonly heightUm: number
      readonly relativeTo: 'center' | 'top_left'
    } & Tiling)
  | {
      readonly kind: 'random'
      readonly count: number
      readonly maxWidthUm: number
      readonly maxHeightUm: number
      readonly shape: 'ellipse' | 'rectangle'
      readonly seed: number
      readonly allowOverlap: boolean
      readonly order: 'two_opt' | 'nearest_neighbor' | 'random'
      readonly startAt: number
      readonly fovWidthUm: number | undefined
      readonly fovHeightUm: number | undefined
    }
  /** One point beside the position. */
  | { readonly kind: 'point'; readonly xUm: number; readonly yUm: number }

/** Tiles a grid may have: more is a mistake in its size or in the field of view. */
export const maxTiles = 1_000_000
const maxRandomPoints = 10_000

/** Gaps of a thousand images are none that anybody leaves. */
const percent = z.number().min(-100_000).lt(100, { message: 'must be less than 100 %' })
const size = optionalField(micrometres.positive())
const tiling = {
  overlap: fieldWithDefault(z.union([percent, z.tuple([percent, percent])]), 0),
  mode: fieldWithDefault(gridOrderSchema, 'row_wise_snake'),
  fov_width: size,
  fov_height: size,
}
const relativeTo = fieldWithDefault(z.enum(['center', 'top_left']), 'center')

type TilingFields = {
  readonly overlap: number | [number, number]
  readonly mode: GridOrder
  readonly fov_width: number | undefined
  readonly fov_height: number | undefined
}
function tilingOf({ overlap, mode, fov_width, fov_height }: TilingFields): Tiling {
  return {
    overlap: typeof overlap === 'number' ? [overlap, overlap] : overlap,
    order: mode,
    fovWidthUm: fov_width,
    fovHeightUm: fov_height,
  }
}

const lines = z.number().int().min(1).max(maxTiles)

/** Seed of a plan that names none: fixed, so that a plan is the same each time it is expanded. */
const defaultSeed = 1

const gridKinds = [
  {
    keys: ['top', 'left', 'bottom', 'right'],
    schema: z
      .strictObject({
        top: micrometres,
        left: micrometres,
        bottom: micrometres,
        right: micrometres,
        ...tiling,
      })
      .transform(
        ({ top, left, bottom, right, ...rest }): GridPlan => ({
          kind: 'edges',
          left: Math.min(left, right),
          right: Math.max(left, right),
          bottom: Math.min(top, bottom),
          top: Math.max(top, bottom),
          ...tilingOf(rest),
        }),
      ),
  },
  {
    keys: ['vertices'],
    schema: z
      .strictObject({
        vertices: z
          .array(z.tuple([micrometres, micrometres]))
          .min(3)
          .max(10_000),
        convex_hull: fieldWithDefault(z.boolean(), false),
        offset: optionalField(micrometres),
        ...tiling,
      })
      .transform(
        ({ vertices, convex_hull, offset, ...rest }): GridPlan => ({
          kind: 'polygon',
          vertices,
          convexHull: convex_hull,
          offsetUm: offset,
          ...tilingOf(rest),
        }),
      ),
  },
  {
    keys: ['rows', 'columns'],
    schema: z.strictObject({ rows: lines, columns: lines, relative_to: relativeTo, ...tiling }).transform(
      ({ rows, columns, relative_to, ...rest }): GridPlan => ({
        kind: 'rowsColumns',
        rows,
        columns,
        relativeTo: relative_to,
        ...tilingOf(rest),
      }),
    ),
  },
  {
    keys: ['width', 'height'],
    schema: z
      .strictObject({
        width: micrometres.positive(),
        height: micrometres.positive(),
        relative_to: relativeTo,
        ...tiling,
      })
      .transform(
        ({ width, height, relative_to, ...rest }): GridPlan => ({
          kind: 'widthHeight',
          widthUm: width,
          heightUm: height,
          relativeTo: relative_to,
          ...tilingOf(rest),
        }),
      ),
  },
  {
    keys: ['num_points'],
    schema: z
      .strictObject({
        num_points: z.number().int().min(1).max(maxRandomPoints),
        max_width: fieldWithDefault(micrometres.positive(), 1),
        max_height: fieldWithDefault(micrometres.positive(), 1),
        shape: fieldWithDefault(z.enum(['ellipse', 'rectangle']), 'ellipse'),
        random_seed: fieldWithDefault(z.number().int().nonnegative(), defaultSeed),
        allow_overlap: fieldWithDefault(z.boolean(), true),
        order: z.enum(['two_opt', 'nearest_neighbor', 'random']).nullable().default('two_opt'),
        start_at: fieldWithDefault(z.number().int().nonnegative(), 0),
        fov_width: size,
        fov_height: size,
      })
      .transform(
        (plan): GridPlan => ({
          kind: 'random',
          count: plan.num_points,
          maxWidthUm: plan.max_width,
          maxHeightUm: plan.max_height,
          shape: plan.shape,
          seed: plan.random_seed,
          allowOverlap: plan.allow_overlap,
          order: plan.order ?? 'random',
          startAt: plan.start_at,
          fovWidthUm: plan.fov_width,
          fovHeightUm: plan.fov_height,
        }),
      )
      .refine((plan) => plan.kind !== 'random' || plan.startAt < plan.count, {
        path: ['start_at'],
        message: 'must be less than num_points',
      }),
  },
  {
    keys: ['x', 'y'],
    schema: z
      .strictObject({
        x: fieldWithDefault(micrometres, 0),
        y: fieldWithDefault(micrometres, 0),
        z: optionalField(z.literal(0)),
        name: optionalField(z.string()),
        sequence: optionalField(z.null()),
        fov_width: size,
        fov_height: size,
      })
      .transform(({ x, y }): GridPlan => ({ kind: 'point', xUm: x, yUm: y })),
  },
] as const

/** Undefined: no grid. */
export const gridPlanSchema = oneOfKinds('grid plan', gridKinds)
  .nullish()
  .transform((plan) => plan ?? undefined)

/** True: tiles lie around each position; false: the plan says where on the stage they are. */
export function isRelativeGrid({ kind }: GridPlan): boolean {
  return kind !== 'edges' && kind !== 'polygon'
}

/** Whether the tiles depend on the size of an image that the plan does not name. */
export function needsFieldOfView(plan: GridPlan): boolean {
  if (plan.kind === 'point' || (plan.kind === 'random' && plan.allowOverlap)) return false
  return plan.fovWidthUm === undefined || plan.fovHeightUm === undefined
}
