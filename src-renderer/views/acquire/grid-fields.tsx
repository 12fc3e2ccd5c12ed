import { Select, Switch } from '@mantine/core'
import { gridOrderSchema } from '../../../src-shared/plan/grid-order.ts'
import type { GridPlan } from '../../../src-shared/plan/grid-plan.ts'
import { NumberField } from '../../components/number-field.tsx'
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
  const number = (
    title: string,
    field: string,
    value: number,
    set: (value: number) => GridPlan,
    unit = 'µm',
  ) => (
    <Field key={field} title={title} path={`${path}.${field}`}>
      <NumberField
        label={title}
        value={value}
        unit={unit === '' ? undefined : unit}
        step={unit === '' ? 1 : undefined}
        onCommit={(next) => onChange(set(unit === '' ? Math.max(1, Math.round(next)) : next))}
      />
    </Field>
  )
  const size = (um: number) => Math.max(0.001, Math.abs(um))
  switch (plan.kind) {
    case 'rowsColumns':
      return (
        <>
          {number('Rows', 'rows', plan.rows, (rows) => ({ ...plan, rows }), '')}
          {number('Columns', 'columns', plan.columns, (columns) => ({ ...plan, columns }), '')}
          <Anchor plan={plan} path={path} onChange={onChange} />
        </>
      )
    case 'widthHeight':
      return (
        <>
          {number('Width', 'width', plan.widthUm, (um) => ({ ...plan, widthUm: size(um) }))}
          {number('Height', 'height', plan.heightUm, (um) => ({ ...plan, heightUm: size(um) }))}
          <Anchor plan={plan} path={path} onChange={onChange} />
        </>
      )
    case 'edges':
      return (
        <>
          {number('X from', 'left', plan.left, (um) => ({ ...plan, left: Math.min(um, plan.right) }))}
          {number('X to', 'right', plan.right, (um) => ({ ...plan, right: Math.max(um, plan.left) }))}
          {number('Y from', 'bottom', plan.bottom, (um) => ({ ...plan, bottom: Math.min(um, plan.top) }))}
          {number('Y to', 'top', plan.top, (um) => ({ ...plan, top: Math.max(um, plan.bottom) }))}
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
          {number('Number', 'num_points', plan.count, (count) => ({ ...plan, count, startAt: 0 }), '')}
          {number('Width', 'max_width', plan.maxWidthUm, (um) => ({ ...plan, maxWidthUm: size(um) }))}
          {number('Height', 'max_height', plan.maxHeightUm, (um) => ({ ...plan, maxHeightUm: size(um) }))}
          {number('Seed', 'random_seed', plan.seed, (seed) => ({ ...plan, seed }), '')}
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
          {number('X', 'x', plan.xUm, (xUm) => ({ ...plan, xUm }))}
          {number('Y', 'y', plan.yUm, (yUm) => ({ ...plan, yUm }))}
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

type TilingFieldsProps = {
  readonly tiling: Tiling
  readonly path: string
  onChange(patch: Partial<Tiling>): void
}

function TilingFields({ tiling, path, onChange }: TilingFieldsProps) {
  const { overlap, order } = tiling
  const percent = (value: number) => Math.min(99, value)
  const even = overlap[0] === overlap[1]
  return (
    <>
      <Field title={even ? 'Overlap' : 'Overlap X'} path={`${path}.overlap`}>
        <NumberField
          label={even ? 'Overlap' : 'Overlap X'}
          value={overlap[0]}
          unit="%"
          onCommit={(value) => onChange({ overlap: [percent(value), even ? percent(value) : overlap[1]] })}
        />
      </Field>
      {!even && (
        <Field title="Overlap Y">
          <NumberField
            label="Overlap Y"
            value={overlap[1]}
            unit="%"
            onCommit={(value) => onChange({ overlap: [overlap[0], percent(value)] })}
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
