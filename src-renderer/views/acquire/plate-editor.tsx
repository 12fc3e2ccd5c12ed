import { Button, Select } from '@mantine/core'
import type { GridPlan } from '../../../src-shared/plan/grid-plan.ts'
import { knownPlate, knownPlates, type WellPlatePlan } from '../../../src-shared/plan/well-plate.ts'
import { NumberField } from '../../components/number-field.tsx'
import { useServices } from '../../services.ts'
import { presentPosition } from '../../stores/plan-defaults.ts'
import { Field } from './field.tsx'
import { GridFields } from './grid-fields.tsx'
import { gridKinds, gridOfKind } from './grid-kinds.ts'
import { PlateDrawing } from './plate-drawing.tsx'
import styles from './plan-rows.module.css'
import { microscopeNow, useFieldOfView } from './use-microscope.ts'

export type PlateEditorProps = {
  readonly plan: WellPlatePlan
  onChange(plan: WellPlatePlan): void
}

/** Which plate, where it lies, which of its wells, and where in them. */
export function PlateEditor({ plan, onChange }: PlateEditorProps) {
  const services = useServices()
  const fieldOfView = useFieldOfView()
  const { plate, a1Um, wells } = plan
  const names = Object.keys(knownPlates)
  const options = [...(names.includes(plate.name) ? [] : ['']), ...names].map((name) => ({
    value: name,
    label: name === '' ? plate.name || `${plate.rows} × ${plate.columns}, as in the file` : name,
  }))
  const change = (patch: Partial<WellPlatePlan>) => onChange({ ...plan, ...patch })

  function choosePlate(name: string | null) {
    const chosen = name === null ? undefined : knownPlate(name)
    if (chosen === undefined) return
    const kept = wells.filter(([row, column]) => row < chosen.rows && column < chosen.columns)
    change({ plate: chosen, wells: kept.length > 0 ? kept : [[0, 0]] })
  }
  function setA1Here() {
    const { xUm, yUm } = presentPosition(microscopeNow(services))
    if (xUm !== undefined && yUm !== undefined) change({ a1Um: [xUm, yUm] })
  }
  return (
    <>
      <div className={styles['fields']}>
        <Field title="Plate" path="stage_positions.plate">
          <Select
            aria-label="Plate"
            data={options}
            value={names.includes(plate.name) ? plate.name : ''}
            onChange={choosePlate}
          />
        </Field>
        <Field title="Rotation" path="stage_positions.rotation">
          <NumberField
            label="Rotation of the plate"
            value={plan.rotationDeg}
            unit="°"
            onCommit={(rotationDeg) => change({ rotationDeg })}
          />
        </Field>
      </div>
      <Field title="Centre of A1 on the stage" path="stage_positions.a1_center_xy">
        <span className={styles['withButton']}>
          <NumberField
            label="A1 X"
            value={a1Um[0]}
            unit="µm X"
            step={0.1}
            onCommit={(xUm) => change({ a1Um: [xUm, a1Um[1]] })}
          />
          <NumberField
            label="A1 Y"
            value={a1Um[1]}
            unit="µm Y"
            step={0.1}
            onCommit={(yUm) => change({ a1Um: [a1Um[0], yUm] })}
          />
          <Button
            variant="default"
            size="compact-xs"
            h={24}
            aria-label="A1 here"
            title="The stage is at the centre of A1 now"
            onClick={setA1Here}
          >
            Here
          </Button>
        </span>
      </Field>
      <PlateDrawing plan={plan} onChange={(next) => change({ wells: next })} />
      <Field title="In each well" path="stage_positions.well_points_plan">
        <Select
          aria-label="Points in each well"
          data={wellPoints(plan.points).map((kind) => ({ ...kind }))}
          value={plan.points.kind}
          onChange={(value) => {
            const kind = gridKinds.find((each) => each.value === value)?.value
            if (kind !== undefined)
              change({ points: gridOfKind(plan.points, kind, { centre: [0, 0], fieldOfView }) })
          }}
        />
      </Field>
      <GridFields
        plan={plan.points}
        path="stage_positions.well_points_plan"
        onChange={(points) => change({ points })}
      />
    </>
  )
}

/** What lies around the middle of a well. */
function wellPoints(points: GridPlan) {
  return gridKinds
    .filter(({ value }) => value === points.kind || (value !== 'edges' && value !== 'polygon'))
    .map((kind) => (kind.value === 'point' ? { ...kind, label: 'One point' } : kind))
}
