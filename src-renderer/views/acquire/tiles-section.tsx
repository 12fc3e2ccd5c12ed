import { Button, Select } from '@mantine/core'
import { IconPolygon, IconSelect } from '@tabler/icons-react'
import type { GridPlan } from '../../../src-shared/plan/grid-plan.ts'
import { usePlan, useServices, useSession } from '../../services.ts'
import { presentPosition } from '../../stores/plan-defaults.ts'
import { withSequence } from '../../stores/plan-draft.ts'
import { Field } from './field.tsx'
import { GridFields } from './grid-fields.tsx'
import { gridKinds, gridOfKind } from './grid-kinds.ts'
import { PlanSection } from './plan-section.tsx'
import styles from './plan-rows.module.css'
import { microscopeNow, useFieldOfView } from './use-microscope.ts'

/** Images side by side, around each position or over an area of the stage. */
export function TilesSection() {
  const grid = usePlan((draft) => draft.sequence.grid)
  return (
    <PlanSection section="grid" title="Tiles" path="grid_plan">
      {grid !== undefined && <TileFields grid={grid} />}
    </PlanSection>
  )
}

function TileFields({ grid }: { readonly grid: GridPlan }) {
  const services = useServices()
  const { session } = services
  const fieldOfView = useFieldOfView()
  const tool = useSession((state) => state.mapTool)
  const change = (next: GridPlan) => services.plan.setState((draft) => withSequence(draft, { grid: next }))
  const pick = (wanted: 'area' | 'polygon') =>
    session.setState({ mapTool: tool === wanted ? 'move' : wanted, acquirePane: 'map' })
  return (
    <>
      <Field title="Where">
        <Select
          aria-label="Kind of tiles"
          data={gridKinds
            .filter(({ value }) => value !== 'point' || grid.kind === 'point')
            .map((kind) => ({ ...kind }))}
          value={grid.kind}
          onChange={(value) => {
            const kind = gridKinds.find((each) => each.value === value)?.value
            const { xUm = 0, yUm = 0 } = presentPosition(microscopeNow(services))
            if (kind !== undefined) change(gridOfKind(grid, kind, { centre: [xUm, yUm], fieldOfView }))
          }}
        />
      </Field>
      <GridFields plan={grid} path="grid_plan" onChange={change} />
      <div className={styles['buttons']}>
        {grid.kind !== 'polygon' && grid.kind !== 'point' && (
          <Button
            variant={tool === 'area' ? 'light' : 'default'}
            size="compact-xs"
            aria-pressed={tool === 'area'}
            leftSection={<IconSelect size={13} />}
            onClick={() => pick('area')}
          >
            Draw on the map
          </Button>
        )}
        {grid.kind === 'polygon' && (
          <Button
            variant={tool === 'polygon' ? 'light' : 'default'}
            size="compact-xs"
            aria-pressed={tool === 'polygon'}
            leftSection={<IconPolygon size={13} />}
            onClick={() => pick('polygon')}
          >
            Draw polygon on the map
          </Button>
        )}
        {fieldOfView === undefined && (
          <span className={styles['note']}>
            Start the live view once: the size of an image is not known yet.
          </span>
        )}
      </div>
    </>
  )
}
