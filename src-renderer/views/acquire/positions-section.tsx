import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { MdaSequence, PlanPosition } from '../../../src-shared/plan/sequence.ts'
import { knownPlate } from '../../../src-shared/plan/well-plate.ts'
import { Choice } from '../../components/choice.tsx'
import { LazyRows } from '../../components/lazy-rows.tsx'
import { usePlan, useServices } from '../../services.ts'
import { presentPosition } from '../../stores/plan-defaults.ts'
import { withSequence } from '../../stores/plan-draft.ts'
import { PlanSection } from './plan-section.tsx'
import { PlateEditor } from './plate-editor.tsx'
import { PositionRow } from './position-row.tsx'
import styles from './plan-rows.module.css'
import { changed, moved, rowKeys, withAdded, without } from './row-keys.ts'
import { microscopeNow } from './use-microscope.ts'

/** Places on the stage: a list of them, or the wells of a plate. */
export function PositionsSection() {
  const services = useServices()
  const positions = usePlan((draft) => draft.sequence.positions)
  const change = (next: MdaSequence['positions']) =>
    services.plan.setState((draft) => withSequence(draft, { positions: next }))
  const kind = 'plate' in positions ? 'plate' : 'list'

  function choose(chosen: string) {
    if (chosen === kind) return
    const present = presentPosition(microscopeNow(services))
    const plate = knownPlate('96-well')
    if (chosen === 'list') change([present])
    else if (plate !== undefined) {
      const a1Um = [present.xUm ?? 0, present.yUm ?? 0] as const
      change({ plate, a1Um, rotationDeg: 0, wells: [[0, 0]], points: { kind: 'point', xUm: 0, yUm: 0 } })
    }
  }
  return (
    <PlanSection section="positions" title="Positions" path="stage_positions">
      <Choice
        label="Kind of positions"
        value={kind}
        options={[
          { value: 'list', label: 'Places' },
          { value: 'plate', label: 'Well plate' },
        ]}
        onChange={choose}
      />
      {'plate' in positions ? (
        <PlateEditor plan={positions} onChange={change} />
      ) : (
        <PositionList positions={positions} onChange={change} />
      )}
    </PlanSection>
  )
}

type PositionListProps = {
  readonly positions: readonly PlanPosition[]
  onChange(positions: readonly PlanPosition[]): void
}

type Numbered = {
  readonly index: number
  readonly position: PlanPosition
  readonly rowKey: number | undefined
}

function PositionList({ positions, onChange }: PositionListProps) {
  const services = useServices()
  const keys = rowKeys(positions)
  const numbered = positions.map((position, index): Numbered => ({ position, index, rowKey: keys[index] }))
  const present = () => presentPosition(microscopeNow(services))
  return (
    <>
      <div className={styles['rows']}>
        <div className={styles['head']} data-kind="position" aria-hidden="true">
          <span />
          <span>Name</span>
          <span>X µm</span>
          <span>Y µm</span>
          <span>Z µm</span>
          <span />
        </div>
        <div className={styles['scroll']} role="list" aria-label="Positions of the plan">
          <LazyRows items={numbered} rowHeight={29}>
            {({ position, index, rowKey }) => (
              <PositionRow
                key={rowKey}
                position={position}
                index={index}
                count={positions.length}
                onChange={(patch) => onChange(changed(positions, index, { ...position, ...patch }))}
                onReplace={() => {
                  const { xUm, yUm, zUm } = present()
                  onChange(changed(positions, index, { ...position, xUm, yUm, zUm }))
                }}
                onMove={(by) => onChange(moved(positions, index, by))}
                onRemove={() => onChange(without(positions, index))}
              />
            )}
          </LazyRows>
        </div>
      </div>
      <div className={styles['buttons']}>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          onClick={() => onChange(withAdded(positions, present()))}
        >
          Add current
        </Button>
      </div>
    </>
  )
}
