import { Button, Select } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { TimePhase, TimePlan } from '../../../src-shared/plan/time-plan.ts'
import { DurationField } from '../../components/duration-field.tsx'
import { NumberField } from '../../components/number-field.tsx'
import { usePlan, useServices } from '../../services.ts'
import { withSequence } from '../../stores/plan-draft.ts'
import { useHasProblem } from './plan-check.tsx'
import { PlanSection } from './plan-section.tsx'
import styles from './plan-rows.module.css'
import { changed, moved, rowKeys, withAdded, without } from './row-keys.ts'
import { moveRowByKeys, RowTools, type RowToolsProps } from './row-tools.tsx'
import { phaseFacts, phaseKinds, phaseOfKind } from './time-phases.ts'

/** When images are taken: one phase, or several one after the other. */
export function TimeSection() {
  const time = usePlan((draft) => draft.sequence.time)
  return (
    <PlanSection section="time" title="Time" path="time_plan">
      {time !== undefined && <Phases time={time} />}
    </PlanSection>
  )
}

function Phases({ time: { phases } }: { readonly time: TimePlan }) {
  const { plan } = useServices()
  const change = (next: readonly TimePhase[]) =>
    plan.setState((draft) => withSequence(draft, { time: next.length === 0 ? undefined : { phases: next } }))
  const keys = rowKeys(phases)
  const last = phases.at(-1)
  return (
    <>
      <div className={styles['rows']} role="list" aria-label="Phases of the time lapse">
        {phases.map((phase, index) => (
          <PhaseRow
            key={keys[index]}
            phase={phase}
            index={index}
            count={phases.length}
            onChange={(next) => change(changed(phases, index, next))}
            onMove={(by) => change(moved(phases, index, by))}
            onRemove={() => change(without(phases, index))}
          />
        ))}
      </div>
      <div className={styles['buttons']}>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconPlus size={13} />}
          onClick={() => {
            if (last !== undefined) change(withAdded(phases, last))
          }}
        >
          Add phase
        </Button>
        {phases.length > 1 && <span className={styles['note']}>Each begins where the one before ended.</span>}
      </div>
    </>
  )
}

type PhaseRowProps = Omit<RowToolsProps, 'name'> & {
  readonly phase: TimePhase
  onChange(phase: TimePhase): void
}

function PhaseRow({ phase, onChange, ...row }: PhaseRowProps) {
  const path = `time_plan.phases[${row.index}]`
  const problem = useHasProblem(path)
  const facts = phaseFacts(phase)
  const setInterval = (intervalS: number) => {
    if (phase.kind !== 'durationLoops') onChange({ ...phase, intervalS })
  }
  const setDuration = (durationS: number) => {
    if (phase.kind !== 'intervalLoops') onChange({ ...phase, durationS })
  }
  return (
    <div
      className={styles['row']}
      data-kind="phase"
      role="listitem"
      aria-label={`Phase ${row.index + 1}`}
      data-path={path}
      data-problem={problem || undefined}
      onKeyDown={(event) => moveRowByKeys(event, row)}
    >
      <Select
        aria-label="Given by"
        data={phaseKinds.map((kind) => ({ ...kind }))}
        value={phase.kind}
        onChange={(value) => {
          const kind = phaseKinds.find((each) => each.value === value)?.value
          if (kind !== undefined) onChange(phaseOfKind(phase, kind))
        }}
      />
      {/* In the order in which the choice names them. */}
      {phase.kind !== 'durationLoops' && (
        <DurationField
          label="Interval"
          seconds={facts.intervalS}
          // As fast as possible goes on for a number of time points, but for no duration.
          zero={phase.kind === 'intervalLoops' ? 'allowed' : 'refused'}
          onCommit={setInterval}
        />
      )}
      {phase.kind !== 'intervalLoops' && (
        <DurationField label="Duration" seconds={phase.durationS} zero="allowed" onCommit={setDuration} />
      )}
      {phase.kind !== 'intervalDuration' && (
        <NumberField
          label="Number of time points"
          value={phase.loops}
          step={1}
          unit="×"
          limits={{ whole: true, min: 1 }}
          onCommit={(loops) => onChange({ ...phase, loops })}
        />
      )}
      <RowTools name={`phase ${row.index + 1}`} {...row} />
    </div>
  )
}
