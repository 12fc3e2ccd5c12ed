import { Select, Switch } from '@mantine/core'
import { gridOrderSchema } from '../../../src-shared/plan/grid-order.ts'
import type { GridPlan } from '../../../src-shared/plan/grid-plan.ts'
import { NumberField } from '../../components/number-field.tsx'
import type { NumberLimits } from '../../components/number-limits.ts'
import { Field } from './field.tsx'
import type { Tiling } from './grid-kinds.ts'
import styles from './plan-rows.module.css'

export type GridFieldsProps = {
  readonly plan: GridPlan
  /** Of the plan's field that it edits. */
  readonly path: string
  onChange(plan: GridPlan): void
}

/** The numbers of a grid, whatever its kind. */
export function GridFields({ plan, path, onChange }: GridFieldsProps) {
  return (
    <div className={styles['fields']}>
      <ShapeFields plan={plan} path={path} onChange={onChange} />
      {plan.kind !== 'point' && plan.kind !== 'random' && (
        <TilingFields tiling={plan} path={path} onChange={(patch) => onChange({ ...plan, ...patch })} />
      )}
    </div>
  )
}

function ShapeFields({ plan, path, onChange }: GridFieldsProps) {
  const length = (
    title: string,
    field: string,
    value: number,
    set: (um: number) => GridPlan,
    limits: NumberLimits = {},
  ) => (
    <Field title={title} path={`${path}.${field}`}>
      <NumberField
        label={title}
        value={value}
        unit="µm"
        limits={limits}
        onCommit={(um) => onChange(set(um))}
      />
    </Field>
  )
  const size = (title: string, field: string, value: number, set: (um: number) => GridPlan) =>
    length(title, field, value, set, { above: 0 })
  const count = (title: string, field: string, value: number, set: (value: number) => GridPlan, min = 1) => (
    <Field title={title} path={`${path}.${field}`}>
      <NumberField
        label={title}
        value={value}
        step={1}
        limits={{ whole: true, min }}
        onCommit={(next) => onChange(set(next))}
      />
    </Field>
  )
  switch (plan.kind) {
    case 'rowsColumns':
      return (
        <>
          {count('Rows', 'rows', plan.rows, (rows) => ({ ...plan, rows }))}
          {count('Columns', 'columns', plan.columns, (columns) => ({ ...plan, columns }))}
          <Anchor plan={plan} path={path} onChange={onChange} />
        </>
      )
    case 'widthHeight':
      return (
        <>
          {size('Width', 'width', plan.widthUm, (widthUm) => ({ ...plan, widthUm }))}
          {size('Height', 'height', plan.heightUm, (heightUm) => ({ ...plan, heightUm }))}
          <Anchor plan={plan} path={path} onChange={onChange} />
        </>
      )
    case 'edges':
      return (
        <>
          {length('X from', 'left', plan.left, (left) => ({ ...plan, left }), { max: plan.right })}
          {length('X to', 'right', plan.right, (right) => ({ ...plan, right }), { min: plan.left })}
          {length('Y from', 'bottom', plan.bottom, (bottom) => ({ ...plan, bottom }), { max: plan.top })}
          {length('Y to', 'top', plan.top, (top) => ({ ...plan, top }), { min: plan.bottom })}
        </>
      )
    case 'polygon':
      return (
        <p className={styles['note']} data-path={`${path}.vertices`}>
          {plan.vertices.length} corners; draw it anew on the map.
        </p>
      )
    case 'random':
      return (
        <>
          {count('Number', 'num_points', plan.count, (points) => ({ ...plan, count: points, startAt: 0 }))}
          {size('Width', 'max_width', plan.maxWidthUm, (maxWidthUm) => ({ ...plan, maxWidthUm }))}
          {size('Height', 'max_height', plan.maxHeightUm, (maxHeightUm) => ({ ...plan, maxHeightUm }))}
          {count('Seed', 'random_seed', plan.seed, (seed) => ({ ...plan, seed }), 0)}
          <Field title="Within">
            <Select
              aria-label="Shape of the area"
              data={[
                { value: 'ellipse', label: 'an ellipse' },
                { value: 'rectangle', label: 'a rectangle' },
              ]}
              value={plan.shape}
              onChange={(shape) =>
                onChange({ ...plan, shape: shape === 'ellipse' ? 'ellipse' : 'rectangle' })
              }
            />
          </Field>
          <Switch
            label="Images may overlap"
            checked={plan.allowOverlap}
            onChange={(event) => onChange({ ...plan, allowOverlap: event.currentTarget.checked })}
          />
        </>
      )
    case 'point':
      return (
        <>
          {length('X', 'x', plan.xUm, (xUm) => ({ ...plan, xUm }))}
          {length('Y', 'y', plan.yUm, (yUm) => ({ ...plan, yUm }))}
        </>
      )
  }
}

type AnchorProps = Omit<GridFieldsProps, 'plan'> & {
  readonly plan: Extract<GridPlan, { readonly relativeTo: string }>
}

function Anchor({ plan, path, onChange }: AnchorProps) {
  return (
    <Field title="The position is" path={`${path}.relative_to`}>
      <Select
        aria-label="The position is"
        data={[
          { value: 'center', label: 'the centre' },
          { value: 'top_left', label: 'the first tile' },
        ]}
        value={plan.relativeTo}
        onChange={(value) => onChange({ ...plan, relativeTo: value === 'top_left' ? 'top_left' : 'center' })}
      />
    </Field>
  )
}

const orderWords = {
  row_wise_snake: 'Rows, to and fro',
  row_wise: 'Rows',
  column_wise_snake: 'Columns, to and fro',
  column_wise: 'Columns',
  spiral: 'Spiral from the middle',
} as const

/** Below 0 there are gaps between the tiles. */
const overlapLimits: NumberLimits = { max: 99 }

type TilingFieldsProps = {
  readonly tiling: Tiling
  readonly path: string
  onChange(patch: Partial<Tiling>): void
}

function TilingFields({ tiling, path, onChange }: TilingFieldsProps) {
  const { overlap, order } = tiling
  const even = overlap[0] === overlap[1]
  return (
    <>
      <Field title={even ? 'Overlap' : 'Overlap X'} path={`${path}.overlap`}>
        <NumberField
          label={even ? 'Overlap' : 'Overlap X'}
          value={overlap[0]}
          unit="%"
          limits={overlapLimits}
          onCommit={(value) => onChange({ overlap: [value, even ? value : overlap[1]] })}
        />
      </Field>
      {!even && (
        <Field title="Overlap Y">
          <NumberField
            label="Overlap Y"
            value={overlap[1]}
            unit="%"
            limits={overlapLimits}
            onCommit={(value) => onChange({ overlap: [overlap[0], value] })}
          />
        </Field>
      )}
      <Field title="Order of tiles" path={`${path}.mode`}>
        <Select
          aria-label="Order of tiles"
          data={gridOrderSchema.options.map((value) => ({ value, label: orderWords[value] }))}
          value={order}
          onChange={(value) => {
            const parsed = gridOrderSchema.safeParse(value)
            if (parsed.success) onChange({ order: parsed.data })
          }}
        />
      </Field>
    </>
  )
}
